import { describe, expect, it } from 'vitest';
import type { Retrier } from './machine.ts';
import { delaySeconds, type ErrorKind, findCatcher, findRetrier, matches } from './retry.ts';

describe('matches', () => {
  it.each<[string, string, ErrorKind, boolean]>([
    ['Mine', 'Mine', 'task', true],
    ['Mine', 'mine', 'task', false],
    ['States.ALL', 'Mine', 'task', true],
    ['States.ALL', 'States.Runtime', 'state', false],
    ['States.Runtime', 'States.Runtime', 'state', false],
    ['States.ALL', 'States.DataLimitExceeded', 'state', false],
    ['States.ALL', 'States.DataLimitExceeded', 'task', true],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', 'task', true],
    ['States.TaskFailed', 'Lambda.Unknown', 'task', true],
    ['States.TaskFailed', 'States.Timeout', 'task', false],
    ['States.TaskFailed', 'States.Timeout', 'heartbeat', false],
    ['States.TaskFailed', 'States.QueryEvaluationError', 'state', true],
    ['States.TaskFailed', 'States.Runtime', 'state', false],
    ['States.Timeout', 'States.Timeout', 'heartbeat', true],
    ['States.HeartbeatTimeout', 'States.Timeout', 'heartbeat', true],
    ['States.HeartbeatTimeout', 'States.Timeout', 'task', false],
    ['States.ALL', 'States.QueryEvaluationError', 'state', true],
  ])('%s covers %s of kind %s', (name, error, kind, expected) => {
    expect(matches(['Other', name], error, kind)).toBe(expected);
  });

  it('finds the first', () => {
    const handlers = [['A'], ['B', 'A'], ['States.ALL']].map((errorEquals) => ({
      ...retrier({}),
      errorEquals,
      next: 'N',
    }));
    expect(findRetrier(handlers, 'B', 'task')).toBe(1);
    expect(findCatcher(handlers, 'A', 'task')).toBe(0);
    expect(findCatcher(handlers.slice(0, 1), 'C', 'task')).toBeUndefined();
  });
});

describe('delaySeconds', () => {
  it('grows by the rate up to the maximum', () => {
    const growing = retrier({ intervalSeconds: 2, backoffRate: 3, maxDelaySeconds: 20 });
    expect([1, 2, 3, 4].map((n) => delaySeconds(growing, n, () => 0))).toEqual([2, 6, 18, 20]);
  });

  it('spreads over the whole delay with FULL jitter', () => {
    const jittery = retrier({ intervalSeconds: 8, jitterStrategy: 'FULL' });
    expect(delaySeconds(jittery, 2, () => 0.25)).toBe(4);
    expect(delaySeconds(jittery, 1, () => 0)).toBe(0);
  });

  it('stays a number of seconds for any attempt', () => {
    expect(delaySeconds(retrier({}), 99_999_999, () => 0)).toBe(31_536_000);
  });
});

function retrier(fields: Partial<Retrier>): Retrier {
  return {
    errorEquals: ['States.ALL'],
    intervalSeconds: 1,
    maxAttempts: 3,
    backoffRate: 2,
    jitterStrategy: 'NONE',
    ...fields,
  };
}
