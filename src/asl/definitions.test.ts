/**
 * Definitions that are known to be valid or invalid, from a folder of recordings that not everybody
 * has: $STEPLIGHT_CORPUS or ../shared/corpus.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileMachine } from './compile.ts';
import { validateDefinition } from './validate.ts';

const folder = join(process.env.STEPLIGHT_CORPUS ?? '../shared/corpus', 'data');
const available = existsSync(join(folder, 'definitions-valid.jsonl'));
if (!available) console.log(`definitions.test.ts skipped: there is no ${folder}`);

interface Sample {
  readonly id: string;
  readonly definition: { readonly $raw?: string };
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly disputed?: boolean;
}

function samples(file: string): Sample[] {
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Sample).filter(({ disputed }) => !disputed);
}

const textOf = ({ definition }: Sample): string => definition.$raw ?? JSON.stringify(definition);

function errorsOf(sample: Sample): string[] {
  const { diagnostics } = validateDefinition(textOf(sample), { type: sample.type });
  return diagnostics
    .filter(({ severity }) => severity === 'ERROR')
    .map(({ code, message, location }) => `${code}: ${message} at ${location}`);
}

describe.skipIf(!available)('recorded definitions', () => {
  it('accepts and compiles every valid one', () => {
    const all = samples('definitions-valid.jsonl');
    const refused = all.flatMap((sample) => {
      const errors = errorsOf(sample);
      if (errors.length > 0) return [`${sample.id}: ${errors.join('; ')}`];
      compileMachine(textOf(sample));
      return [];
    });
    expect(refused).toEqual([]);
    expect(all.length).toBeGreaterThan(400);
  });

  it('refuses invalid ones', () => {
    const all = samples('definitions-invalid.jsonl');
    const accepted = all.filter((sample) => errorsOf(sample).length === 0).map(({ id }) => id);
    console.log(`invalid definitions accepted: ${accepted.join(', ') || 'none'}`);
    expect(1 - accepted.length / all.length).toBeGreaterThanOrEqual(0.97);
  });
});
