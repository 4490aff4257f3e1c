/**
 * Definitions and data that ask for much work, on a real server: whatever becomes of them, others
 * are answered meanwhile. Undone, each of these kept everybody waiting for a second or minutes.
 */
import {
  DescribeStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slowestAnswer } from '../support/server.ts';
import { one, sequence, Workbench } from '../support/workbench.ts';

/** In pieces of a few milliseconds: far from those of the work that is asked for. */
const WAIT_MAX = 100;

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

const responsive = async (meanwhile: Promise<unknown>): Promise<void> =>
  expect(await slowestAnswer(bench.server, meanwhile)).toBeLessThan(WAIT_MAX);

const many = (count: number, state: (n: number) => object): Record<string, object> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`S${n}`, state(n)]));

describe('a definition of a megabyte', () => {
  const states = many(6_000, (n) => ({
    Type: 'Pass',
    QueryLanguage: 'JSONata',
    Output: `{% $states.input.a + ${n} %}`,
    Assign: { [`v${n}`]: `{% $v${Math.max(0, n - 1)} %}` },
  }));

  it('is created, described and started', async () => {
    const whole = async (): Promise<void> => {
      const stateMachineArn = await bench.machine(sequence(states));
      const told = await bench.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
      expect(Object.keys(told.variableReferences!)).toHaveLength(6_000);
      await bench.begin(stateMachineArn, { a: 1 });
    };
    await responsive(whole());
  });

  it('is refused', async () => {
    const wrong = many(8_000, () => ({ Type: 'Pass', Next: 'Nowhere', Foo: 1 }));
    const definition = JSON.stringify({ StartAt: 'S0', States: wrong });
    const validated = bench.sfn.send(new ValidateStateMachineDefinitionCommand({ definition }));
    await responsive(validated);
    expect(await validated).toMatchObject({ result: 'FAIL', truncated: true });
  });
});

describe('an execution', () => {
  const numbers = Array.from({ length: 30_000 }, (_, n) => n);
  const array = (inner: string): string => `States.Array(${Array(10).fill(inner).join(',')})`;

  it('whose batches are made of hundreds of searches ends in the end', async () => {
    const map = {
      Type: 'Map',
      ItemsPath: '$.items',
      ItemBatcher: { MaxItemsPerBatch: 1_000 },
      ItemSelector: { 'x.$': '$.data[?(@ == -1)]' },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        ...sequence({ P: { Type: 'Pass' } }),
      },
    };
    const input = { items: numbers.slice(0, 1_000), data: numbers };
    const run = bench.run(one(map), input);
    await responsive(run);
    expect(await run).toMatchObject({ status: 'SUCCEEDED' });
  });

  it.each<[string, unknown]>([
    ['$[?($..x)]', numbers],
    ['$[?($ subsetof $)]', numbers],
    ['$..*..*', JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`)],
    ['$[?(@ =~ /(((a?){30}){30})b/)]', ['a'.repeat(200_000)]],
    [array(array(array(array('$')))), 'x'.repeat(200_000)],
    ["States.Format('{}', $)", JSON.parse(`${'['.repeat(900)}${']'.repeat(900)}`)],
  ])('with %s fails or ends soon', async (path, input) => {
    const run = bench.run(one({ Type: 'Pass', Parameters: { 'x.$': path } }), input);
    await responsive(run);
    const { status, error } = await run;
    if (status !== 'SUCCEEDED') {
      expect(error).toMatch(/^States\.(Runtime|DataLimitExceeded)$/);
    }
  });
});
