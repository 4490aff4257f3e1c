import { describe, expect, it } from 'vitest';
import { compileMachine } from './compile.ts';
import type { Retrier, TaskState } from './machine.ts';
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
  // Defaults and growth: the table of retrier fields in the language's specification.
  it.each<[object, number[]]>([
    [{}, [1, 2, 4]],
    [{ IntervalSeconds: 3 }, [3, 6, 12]],
    [{ BackoffRate: 1 }, [1, 1, 1]],
    [{ BackoffRate: 1.5, IntervalSeconds: 2 }, [2, 3, 4.5]],
    [{ BackoffRate: 10, MaxAttempts: 5 }, [1, 10, 100, 1_000, 10_000]],
    [{ MaxDelaySeconds: 3, MaxAttempts: 4 }, [1, 2, 3, 3]],
    [{ IntervalSeconds: 2, MaxDelaySeconds: 5, BackoffRate: 2.5 }, [2, 5, 5]],
    [{ JitterStrategy: 'NONE', MaxAttempts: 1 }, [1]],
    [{ JitterStrategy: 'FULL' }, [0.5, 1, 2]],
    [{ JitterStrategy: 'FULL', IntervalSeconds: 4, MaxDelaySeconds: 6 }, [2, 3, 3]],
    [{ MaxAttempts: 0 }, []],
  ])('of %j', (fields, expected) => {
    const Retry = [{ ErrorEquals: ['States.ALL'], ...fields }];
    const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Retry, End: true };
    const machine = compileMachine(JSON.stringify({ StartAt: 'T', States: { T: task } }));
    const compiled = (machine.states.get('T') as TaskState).retry![0]!;
    const attempts = Array.from({ length: compiled.maxAttempts }, (_, n) => n + 1);
    expect(attempts.map((n) => delaySeconds(compiled, n, () => 0.5))).toEqual(expected);
  });

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
