/** Redrive: what goes on, what is kept, what starts anew. */
import { expect, test } from 'vitest';
import { AWS_LIMITS } from './limits.ts';
import { redriveRefusal } from './redrive.ts';
import { FACTS, INVOKE, plainState, TestExecution } from './testing.ts';

const TASK = { Type: 'Task', Resource: INVOKE, End: true };
const RETRY = [{ ErrorEquals: ['E'], MaxAttempts: 1 }];
const flow = (state: object) => ({ StartAt: 'X', States: { X: state } });

function redrive(run: TestExecution): TestExecution {
  run.now += 60_000;
  run.send({ type: 'Redrive' });
  expect(plainState(run.folded())).toEqual(plainState(run.state));
  return run;
}

test('a Task is scheduled again with new counters, and the machine’s time starts anew', () => {
  const definition = { ...flow({ ...TASK, Retry: RETRY }), TimeoutSeconds: 100 };
  const run = new TestExecution(definition).start({ a: 1 });
  run.failed('E').tick().failed('E');
  redrive(run);
  const id = run.chain.length;
  expect(run.chain.slice(-3)).toEqual([
    `${id - 2}<-${id - 3} ExecutionFailed`,
    `${id - 1}<-${id - 2} ExecutionRedriven`,
    `${id}<-${id - 1} TaskScheduled`,
  ]);
  expect(run.effects.slice(-3)).toMatchObject([
    { type: 'reopen', redriveCount: 1, at: run.now },
    { type: 'executionDeadline', due: run.now + 100_000 },
    { type: 'task', order: { retryCount: 0, parameters: '{"a":1}' } },
  ]);
  run.failed('E').tick().succeed('done');
  expect(run.output).toBe('done');
  expect(run.send({ type: 'Redrive' })).toEqual([]);
});

test('a stopped Wait waits for what is left', () => {
  const run = new TestExecution(flow({ Type: 'Wait', Seconds: 100, End: true })).start();
  run.now += 30_000;
  run.send({ type: 'Stop' });
  redrive(run);
  expect(run.effects.at(-1)).toMatchObject({ type: 'timer', due: FACTS.startedAt + 100_000 });
  run.send({ type: 'Stop' });
  run.now += 60_000;
  expect(redrive(run).state.status).toBe('SUCCEEDED');
});

test('only branches that failed or were stopped go on', () => {
  const branches = [TASK, TASK, { Type: 'Wait', Seconds: 500, End: true }].map(flow);
  const run = new TestExecution({
    StartAt: 'P',
    States: { P: { Type: 'Parallel', Branches: branches, End: true } },
  }).start();
  const [first, second] = run.attempts();
  run.succeed('kept', first).failed('E', 'c', second);
  expect(run.state.status).toBe('FAILED');
  redrive(run);
  expect(run.attempts().map((attempt) => attempt.scope)).toEqual(['/2.1']);
  run.succeed('again');
  run.tick();
  expect(run.output).toEqual(['kept', 'again', {}]);
  expect(run.types.filter((type) => type === 'ParallelStateStarted')).toHaveLength(1);
});

test('a Map goes on with its failed and its missing iterations', () => {
  const run = new TestExecution({
    StartAt: 'M',
    States: { M: { Type: 'Map', MaxConcurrency: 2, ItemProcessor: flow(TASK), End: true } },
  }).start([0, 1, 2, 3]);
  run.succeed('a', run.attempts()[0]);
  run.failed('E', 'c', run.attempts()[0]);
  redrive(run);
  expect(run.attempts().map((attempt) => attempt.scope)).toEqual(['/2.1', '/2.2']);
  while (run.attempts().length > 0) run.succeed(run.attempts()[0]!.scope, run.attempts()[0]);
  expect(run.output).toEqual(['a', '/2.1', '/2.2', '/2.3']);
});

test('a Parallel that failed after its branches runs them all again', () => {
  const run = new TestExecution({
    StartAt: 'P',
    States: {
      P: {
        Type: 'Parallel',
        Branches: [flow(TASK), flow(TASK)],
        ResultSelector: { 'x.$': '$[5].no' },
        End: true,
      },
    },
  }).start();
  for (const attempt of run.attempts()) run.succeed(1, attempt);
  expect(run.state.status).toBe('FAILED');
  redrive(run);
  expect(run.attempts()).toHaveLength(2);
});

test('an execution that is stopped during a back-off of its Parallel keeps good branches', () => {
  const run = new TestExecution({
    StartAt: 'P',
    States: {
      P: { Type: 'Parallel', Branches: [flow(TASK), flow(TASK)], Retry: RETRY, End: true },
    },
  }).start();
  const [first, second] = run.attempts();
  run.succeed('kept', first).failed('E', 'c', second);
  run.send({ type: 'Stop' });
  redrive(run);
  expect(run.attempts().map((attempt) => attempt.scope)).toEqual(['/2.1']);
});

test('Fail fails again; the context counts', () => {
  const definition = {
    StartAt: 'P',
    States: {
      P: { Type: 'Pass', Assign: { v: 1 }, Next: 'F' },
      F: { Type: 'Fail', CausePath: "States.Format('{}', $$.Execution.RedriveCount)" },
    },
  };
  const run = redrive(new TestExecution(definition).start());
  expect(run.last).toMatchObject({ type: 'ExecutionFailed', details: { cause: '1' } });
  expect(run.state.redrivenAt).toBe(run.now);
  expect(run.state.root.variables!.get('v')!.value).toBe(1);
});

test('who may be redriven', () => {
  const failed = {
    type: 'STANDARD',
    status: 'FAILED',
    startedAt: 0,
    stoppedAt: 10,
    events: 12,
    machineDeleting: false,
  } as const;
  const day = 24 * 3_600_000;
  expect(redriveRefusal(failed, day, AWS_LIMITS)).toBeUndefined();
  expect(redriveRefusal({ ...failed, status: 'RUNNING' }, day, AWS_LIMITS)).toBe(
    'Execution is RUNNING and cannot be redriven',
  );
  expect(redriveRefusal(failed, 15 * day, AWS_LIMITS)).toBe('Execution redrivable period exceeded');
  expect(redriveRefusal({ ...failed, stoppedAt: 365 * day }, 366 * day, AWS_LIMITS)).toBe(
    'Execution has exceeded the max execution time',
  );
  expect(redriveRefusal({ ...failed, events: 24_999 }, day, AWS_LIMITS)).toBe(
    'Execution history event limit exceeded',
  );
  expect(redriveRefusal({ ...failed, machineDeleting: true }, day, AWS_LIMITS)).toContain(
    'DELETING',
  );
});
