/** The Map Run alone: stages, counts, tolerance, concurrency, redrive. */
import { expect, test } from 'vitest';
import type { ClosedStatus } from './effect.ts';
import { AWS_LIMITS } from './limits.ts';
import {
  countsOf,
  decideMapRun,
  isCountable,
  type MapRunSignal,
  type MapRunState,
  newMapRun,
  roomOf,
  runningOf,
} from './maprun.ts';
import type { MapRunOrder } from './maprun-order.ts';

const ORDER: MapRunOrder = {
  arn: 'arn:run',
  label: 'L',
  stateName: 'M',
  executionType: 'STANDARD',
  maxConcurrency: 0,
  total: 10,
};

const tell = (state: MapRunState, ...signals: MapRunSignal[]): MapRunState =>
  signals.reduce((now, signal) => decideMapRun(now, signal, 5_000), state);

const started = (children: number, done = false): MapRunSignal => ({
  type: 'Started',
  cursor: { children, items: children, position: children, done },
});

const ended = (index: number, status: ClosedStatus = 'SUCCEEDED', items = 1): MapRunSignal => ({
  type: 'Ended',
  child: { index, execution: 100 + index, items, status, redriven: false },
});

const begun = (children: number, order: Partial<MapRunOrder> = {}, done = false): MapRunState =>
  tell(newMapRun({ ...ORDER, ...order }, 4, 1_000), started(children, done));

test('children run, end, and the last one lets it be gathered', () => {
  const state = tell(begun(2, { total: 2 }, true), ended(0));
  expect([state.stage, runningOf(state)]).toEqual(['running', 1]);
  const last = tell(state, ended(1));
  expect(last.stage).toBe('gathering');
  const over = tell(last, { type: 'Gathered' });
  expect(over).toMatchObject({ stage: 'closed', status: 'SUCCEEDED', stoppedAt: 5_000 });
  expect(tell(over, ended(1), { type: 'Abort' }, started(9))).toBe(over);
  expect(countsOf(over, false).executions).toEqual({
    ...{ succeeded: 2, failed: 0, timedOut: 0, aborted: 0, pending: 0, running: 0 },
    ...{ total: 2, resultsWritten: 2, pendingRedrive: 0 },
  });
});

test('nothing to do is done at once', () => {
  expect(begun(0, { total: 0 }, true).stage).toBe('gathering');
});

test('an older cursor changes nothing', () => {
  const state = begun(5);
  expect(tell(state, started(3))).toMatchObject({ cursor: { children: 5 } });
});

test.each<[string, Partial<MapRunOrder>, number, boolean]>([
  ['without a tolerance the first failure is too many', {}, 1, true],
  ['a count', { toleratedFailureCount: 2 }, 2, false],
  ['a count', { toleratedFailureCount: 2 }, 3, true],
  ['a percentage of all items', { toleratedFailurePercentage: 20 }, 2, false],
  ['a percentage of all items', { toleratedFailurePercentage: 19.9 }, 2, true],
  ['of both the percentage', { toleratedFailureCount: 9, toleratedFailurePercentage: 10 }, 2, true],
  ['of both the count', { toleratedFailureCount: 1, toleratedFailurePercentage: 90 }, 2, true],
  ['none of either', { toleratedFailureCount: 2, toleratedFailurePercentage: 20 }, 2, false],
])('tolerance: %s', (_, order, failures, exceeded) => {
  let state = begun(10, order, true);
  for (let i = 0; i < failures; i++) state = tell(state, ended(i, i % 2 ? 'FAILED' : 'TIMED_OUT'));
  expect(state.stage).toBe(exceeded ? 'stopping' : 'running');
  if (!exceeded) return;
  expect(roomOf(state, AWS_LIMITS)).toBe(0);
  for (let i = failures; i < 10; i++) state = tell(state, ended(i, 'ABORTED'));
  expect(tell(state, { type: 'Gathered' })).toMatchObject({
    status: 'FAILED',
    failure: { error: 'States.ExceedToleratedFailureThreshold' },
  });
});

test('a share of items that are still being read is not known', () => {
  const order = { total: undefined, toleratedFailurePercentage: 40 } as Partial<MapRunOrder>;
  const state = tell(begun(2, order), ended(0, 'FAILED'));
  expect(state.stage).toBe('running');
  expect(tell(state, started(2, true)).stage).toBe('stopping');
  expect(tell(state, started(3, true)).stage).toBe('running');
  const none = begun(2, { ...order, toleratedFailurePercentage: 0 });
  expect(tell(none, ended(0, 'FAILED')).stage).toBe('stopping');
});

test('stopped children are no failures', () => {
  expect(tell(begun(2), ended(0, 'ABORTED')).stage).toBe('running');
});

test('an update counts at once', () => {
  const state = tell(begun(3, { toleratedFailureCount: 2, maxConcurrency: 3 }), ended(0, 'FAILED'));
  expect(roomOf(state, AWS_LIMITS)).toBe(1);
  expect(roomOf(tell(state, { type: 'Update', maxConcurrency: 1 }), AWS_LIMITS)).toBe(0);
  expect(roomOf(tell(state, { type: 'Update', maxConcurrency: 0 }), AWS_LIMITS)).toBe(9_998);
  expect(roomOf(tell(state, { type: 'Update', maxConcurrency: 50_000 }), AWS_LIMITS)).toBe(9_998);
  expect(tell(state, { type: 'Update', toleratedFailureCount: 0 }).stage).toBe('stopping');
});

test('the first reason to fail is the one that is told', () => {
  const failing = tell(begun(2), { type: 'Fail', error: 'A', cause: 'a' });
  const again = tell(failing, { type: 'Fail', error: 'B', cause: 'b' }, ended(0), ended(1));
  expect(again.stage).toBe('gathering');
  const over = tell(again, { type: 'Gathered', failure: { error: 'C', cause: 'c' } });
  expect(over.failure).toEqual({ error: 'A', cause: 'a' });
  const written = tell(begun(0, { total: 0 }, true), {
    type: 'Gathered',
    failure: { error: 'C', cause: 'c' },
  });
  expect(written).toMatchObject({ status: 'FAILED', failure: { error: 'C' } });
});

test('abort shows at once and ends with the last child', () => {
  const state = tell(begun(2), { type: 'Abort' });
  expect(state).toMatchObject({ stage: 'stopping', status: 'ABORTED', stoppedAt: 5_000 });
  const over = tell(state, ended(0, 'ABORTED'), ended(1), { type: 'Gathered' });
  expect(over).toMatchObject({ stage: 'closed', status: 'ABORTED', stoppedAt: 5_000 });
});

test('counts of items and of batches', () => {
  const order = { total: 10, batcher: { itemsMax: 4 } };
  const cursor = { children: 2, items: 8, position: 8, done: false };
  const state = tell(
    newMapRun({ ...ORDER, ...order }, 4, 0),
    { type: 'Started', cursor },
    ended(0, 'SUCCEEDED', 4),
  );
  const { items, executions } = countsOf(state, true);
  expect(items).toMatchObject({ total: 10, pending: 2, running: 4, succeeded: 4 });
  expect(executions).toMatchObject({ total: 2, pending: 0, running: 1, succeeded: 1 });
});

test('a redrive takes up what did not succeed, and what never began', () => {
  const failed = tell(begun(3), ended(0), ended(1, 'FAILED'), ended(2, 'ABORTED'), {
    type: 'Gathered',
  });
  expect(failed.status).toBe('FAILED');
  const again = tell(failed, { type: 'Redrive', attempt: 9, redriveCount: 1 });
  expect(again).toMatchObject({ stage: 'running', status: 'RUNNING', attempt: 9, redriveCount: 1 });
  expect(again).not.toHaveProperty('failure');
  expect(again).not.toHaveProperty('stoppedAt');
  expect(countsOf(again, false).executions).toMatchObject({
    ...{
      succeeded: 1,
      failed: 0,
      aborted: 0,
      running: 0,
      pendingRedrive: 2,
      pending: 7,
      total: 10,
    },
  });
  const child = (index: number, execution: number) =>
    ({ index, execution, items: 1, status: 'SUCCEEDED', redriven: true }) as const;
  expect(isCountable(again, child(1, 101))).toBe(false);
  const some = tell(again, {
    type: 'Redriven',
    after: 101,
    executions: 1,
    items: 1,
    kept: [],
    done: false,
  });
  expect(isCountable(some, child(1, 101))).toBe(true);
  expect(isCountable(some, child(2, 102))).toBe(false);
  expect(runningOf(some)).toBe(1);
  const rest = tell(
    some,
    { type: 'Ended', child: child(1, 101) },
    { type: 'Redriven', after: 102, executions: 1, items: 1, kept: [], done: true },
    { type: 'Ended', child: child(2, 102) },
    started(10, true),
  );
  expect(rest.executions).toMatchObject({ succeeded: 3 });
  expect([rest.stage, runningOf(rest)]).toEqual(['running', 7]);
  const good = tell(begun(0, { total: 0 }, true), { type: 'Gathered' });
  expect(tell(good, { type: 'Redrive', attempt: 9, redriveCount: 1 })).toMatchObject({
    ...{ stage: 'gathering', status: 'RUNNING', attempt: 9 },
  });
  expect(tell(again, { type: 'Abort', attempt: 4 })).toBe(again);
});
