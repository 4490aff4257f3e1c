/**
 * One machine in both query languages, side by side: ten Pass states that count and carry a member
 * along, many executions at once, durable, without HTTP.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chain, chainRate, openEngine, tools } from './in-process.mjs';

const { Expressions } = await import('../../dist/src/edge/expressions.js');

const CHAINS = 3_000;

const definitions = {
  JSONPath: chain({
    Type: 'Pass',
    Parameters: {
      'order.$': '$.order',
      'items.$': '$.items',
      'count.$': 'States.ArrayLength($.items)',
    },
  }),
  JSONata: chain(
    {
      Type: 'Pass',
      Output: {
        order: '{% $states.input.order %}',
        items: '{% $states.input.items %}',
        count: '{% $count($states.input.items) %}',
      },
    },
    undefined,
    { QueryLanguage: 'JSONata' },
  ),
};

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'steplight-bench-'));
  const expressions = new Expressions();
  const evaluate = (request) => expressions.evaluate(request, tools);
  try {
    const figures = [];
    for (const language of Object.keys(definitions)) {
      const { engine, close } = await openEngine(folder, definitions, evaluate);
      const value = await chainRate(engine, language, CHAINS);
      await close();
      const name = `durable, 10 Pass states of 3 values in ${language}`;
      figures.push({ name, value, unit: 'transitions/s' });
    }
    return figures;
  } finally {
    await expressions.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
