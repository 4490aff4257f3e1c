import { expect, test } from 'vitest';
import { AWS_LIMITS } from '../../execution/limits.ts';
import type { HistoryRecord } from '../../execution/record.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import { ManualClock, testLog } from '../engine/testing.ts';
import { context, definition, ROLE, statesWorld } from '../states/testing.ts';
import { LimitWatch } from './watch.ts';

const record = (id: number, details?: object) =>
  ({ type: 'PassStateEntered', id, at: 0, scope: '', details }) as HistoryRecord;
const head = (arn: string, type = 'STANDARD') => ({ arn, type }) as ExecutionHead;

function newWatch(limits = AWS_LIMITS) {
  const log = testLog();
  const clock = new ManualClock();
  const watch = new LimitWatch({ limits, clock, log });
  const told = () => log.lines.map(({ fields }) => fields as { limit: string; of: string });
  return { watch, clock, log, told };
}

test('a history at four fifths, a payload at four fifths: once for each execution', () => {
  const { watch, told } = newWatch();
  watch.project(head('a'), [record(19_998), record(19_999)]);
  const near = Math.ceil(0.8 * 262_144);
  watch.project(head('a'), [record(1, { input: 'x'.repeat(near - 1) })]);
  expect(told()).toEqual([]);
  watch.project(head('a'), [record(20_000), record(20_001)]);
  watch.project(head('x', 'EXPRESS'), [record(20_000)]);
  // Two bytes each.
  watch.project(head('a'), [record(1, { output: 'ü'.repeat(near / 2) })]);
  watch.project(head('a'), [record(2, { parameters: 'x'.repeat(near) })]);
  watch.project(head('b'), [record(2, { parameters: 'x'.repeat(near) })]);
  expect(told()).toEqual([
    { limit: 'history-events', of: 'a', used: 20_000, most: 25_000 },
    { limit: 'payload-bytes', of: 'a', used: 209_716, most: 262_144 },
    { limit: 'payload-bytes', of: 'b', used: 209_716, most: 262_144 },
  ]);
  expect(watch.report['history-events']).toEqual({
    limit: 25_000,
    warnings: 1,
    latest: { of: 'a', used: 20_000, at: 1_700_000_000_000 },
  });
  expect(watch.report['payload-bytes']!.warnings).toBe(2);
  expect(watch.report.tags).toEqual({ limit: 50, warnings: 0 });
});

test('a few lines a minute, however much there is to tell', () => {
  const { watch, told } = newWatch();
  for (let n = 0; n < 100; n++) watch.note('tags', `arn:${n}`, 45);
  expect(told()).toHaveLength(10);
  expect(watch.report.tags!.warnings).toBe(100);
});

test('later minutes have lines of their own', async () => {
  const { watch, clock, told } = newWatch();
  for (let n = 0; n < 20; n++) watch.note('tags', `arn:${n}`, 45);
  await clock.pass(60_000);
  watch.note('tags', 'arn:later', 50);
  expect(told()).toHaveLength(11);
});

test('executions and definitions are watched', async () => {
  const { handlers, log, watch } = await statesWorld({
    limits: { historyEvents: 10, definitionLength: 150, payloadBytes: 1_000 },
  });
  const states = { P: { Type: 'Pass', Next: 'Q' }, Q: { Type: 'Pass', End: true } };
  const text = definition(states, { Comment: 'x'.repeat(60) });
  expect(text.length).toBeGreaterThan(120);
  const input = { name: 'm', definition: text, roleArn: ROLE };
  const { stateMachineArn } = await handlers.CreateStateMachine(input, context);
  await handlers.StartExecution(
    { stateMachineArn, name: 'e', input: JSON.stringify('x'.repeat(900)) },
    context,
  );
  const lines = log.lines.map(({ level, fields }) => [level, (fields as { limit: string }).limit]);
  expect(lines).toEqual([
    ['warn', 'definition-length'],
    ['warn', 'payload-bytes'],
  ]);
  expect(watch.report['definition-length']!.latest).toMatchObject({ of: stateMachineArn });
});
