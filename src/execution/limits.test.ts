/** Limits other than AWS's, where executions meet them. */
import { expect, test } from 'vitest';
import { AWS_LIMITS, limitName } from './limits.ts';
import { TestExecution } from './testing.ts';

const PASS = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
const ENDLESS = { StartAt: 'P', States: { P: { Type: 'Pass', Next: 'P' } } };
const last = (run: TestExecution) => run.records.at(-1)!;

test('the payload, in bytes', () => {
  const limits = { ...AWS_LIMITS, payloadBytes: 300_000 };
  const large = 'x'.repeat(299_998);
  expect(last(new TestExecution(PASS).start(large))).toMatchObject({
    type: 'ExecutionFailed',
    details: { error: 'States.DataLimitExceeded' },
  });
  expect(last(new TestExecution(PASS, { limits }).start(large)).type).toBe('ExecutionSucceeded');
  expect(last(new TestExecution(PASS, { limits }).start(`${large}x`)).type).toBe('ExecutionFailed');
});

test('all variables together', () => {
  const assigning = {
    StartAt: 'P',
    States: {
      P: { Type: 'Pass', Assign: { 'a.$': '$' }, Next: 'Q' },
      Q: { Type: 'Pass', Assign: { 'b.$': '$' }, End: true },
    },
  };
  const value = 'x'.repeat(600);
  const limits = { ...AWS_LIMITS, variablesBytes: 1_024 };
  expect(last(new TestExecution(assigning).start(value)).type).toBe('ExecutionSucceeded');
  expect(last(new TestExecution(assigning, { limits }).start(value))).toMatchObject({
    type: 'ExecutionFailed',
    details: { cause: expect.stringContaining("'Q'") },
  });
});

test('the events of a history, and no redrive beyond them', () => {
  const limits = { ...AWS_LIMITS, historyEvents: 30 };
  const run = new TestExecution(ENDLESS, { limits }).start();
  expect(last(run)).toMatchObject({
    type: 'ExecutionFailed',
    id: 30,
    details: { cause: 'The execution reached the maximum number of history events (30).' },
  });
  expect(run.send({ type: 'Redrive' })).toEqual([]);
});

test('the iterations of an inline Map at once', () => {
  const map = {
    StartAt: 'M',
    States: {
      M: {
        Type: 'Map',
        ItemProcessor: {
          StartAt: 'W',
          States: { W: { Type: 'Wait', Seconds: 9, End: true } },
        },
        End: true,
      },
    },
  };
  const begun = (limits = AWS_LIMITS) =>
    new TestExecution(map, { limits })
      .start(Array.from({ length: 60 }, (_, i) => i))
      .records.filter(({ type }) => type === 'MapIterationStarted').length;
  expect(begun()).toBe(40);
  expect(begun({ ...AWS_LIMITS, inlineMapIterations: 50 })).toBe(50);
});

test('names of limits are those of settings', () => {
  expect(Object.keys(AWS_LIMITS).map((key) => limitName(key as keyof typeof AWS_LIMITS))).toContain(
    'map-run-children',
  );
});
