/** One task attempt: clocks, tokens, answers that come too early, late or never. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pending } from './pending.ts';
import { CALLBACK, FACTS, INVOKE, LAMBDA, plainState, TestExecution } from './testing.ts';
import { decodeTaskToken, encodeTaskToken } from './token.ts';

const START = FACTS.startedAt;
const task = (fields: object = {}) => ({
  StartAt: 'S',
  States: { S: { Type: 'Task', Resource: INVOKE, End: true, ...fields } },
});

test('the order of an attempt comes from its record alone', () => {
  const definition = task({
    Resource: CALLBACK,
    Parameters: { 'Token.$': '$$.Task.Token', QueueUrl: 'q' },
    TimeoutSecondsPath: '$.t',
    HeartbeatSeconds: 4,
    Credentials: { 'RoleArn.$': '$.role' },
  });
  const run = new TestExecution(definition).start({ t: 30, role: 'arn:r' });
  const effect = run.effects.at(-1)!;
  if (effect.type !== 'task') throw new Error('no task');
  const { token, parameters, ...order } = effect.order;
  expect(order).toEqual({
    resource: CALLBACK,
    stateName: 'S',
    retryCount: 0,
    timeoutSeconds: 30,
    heartbeatSeconds: 4,
    credentialsRoleArn: 'arn:r',
  });
  expect(JSON.parse(parameters)).toEqual({ Token: token, QueueUrl: 'q' });
  expect(decodeTaskToken(token!)).toMatchObject({ execution: 7, scope: '', attempt: 3 });
  expect(run.last.details).toEqual({
    resourceType: 'sqs',
    resource: 'sendMessage.waitForTaskToken',
    region: 'us-east-1',
    parameters,
    timeoutInSeconds: 30,
    heartbeatInSeconds: 4,
    taskCredentials: { roleArn: 'arn:r' },
  });
});

test('the clocks start when the work begins, and a heartbeat restarts its own only', () => {
  const run = new TestExecution(task({ TimeoutSeconds: 10, HeartbeatSeconds: 4 })).start();
  run.now += 60_000;
  expect(pending(run.state)[0]).toMatchObject({ due: undefined });
  const begun = run.now;
  run.began();
  const deadline = { type: 'deadline', scope: '', attempt: 3 };
  expect(run.effects.at(-1)).toEqual({ ...deadline, due: begun + 4000, heartbeat: true });
  run.now += 3000;
  run.send({ type: 'TaskHeartbeat', ...run.attempt });
  expect(run.effects.at(-1)).toEqual({ ...deadline, due: begun + 7000, heartbeat: true });
  run.now += 3999;
  expect(run.send({ type: 'TaskTimedOut', ...run.attempt, heartbeat: true })).toEqual([]);
  run.send({ type: 'TaskHeartbeat', ...run.attempt });
  expect(run.effects.at(-1)).toEqual({ ...deadline, due: begun + 10_000, heartbeat: false });
  run.tick();
  expect(run.now).toBe(begun + 10_000);
  expect(run.last.details).toEqual({ error: 'States.Timeout' });
});

test('a late start report carries its own time', () => {
  const run = new TestExecution(task({ TimeoutSeconds: 10 })).start();
  run.now += 500;
  run.send({ type: 'TaskStarted', ...run.attempt, at: START + 20 });
  expect(run.last).toMatchObject({ at: START + 20, hidden: { due: START + 10_020 } });
  expect(run.send({ type: 'TaskStarted', ...run.attempt, at: START + 30 })).toEqual([]);
});

test('a missed heartbeat meets States.HeartbeatTimeout and States.Timeout', () => {
  const caughtBy = (name: string) => {
    const definition = {
      StartAt: 'S',
      States: {
        ...task({ HeartbeatSeconds: 2, Catch: [{ ErrorEquals: [name], Next: 'C' }] }).States,
        C: { Type: 'Succeed' },
      },
    };
    return new TestExecution(definition).start().began().tick().state.status;
  };
  expect(caughtBy('States.HeartbeatTimeout')).toBe('SUCCEEDED');
  expect(caughtBy('States.Timeout')).toBe('SUCCEEDED');
  expect(caughtBy('States.TaskFailed')).toBe('FAILED');
});

test('an answer by token that comes before the request was accepted is kept', () => {
  for (const answer of [
    { type: 'TaskSucceeded', output: '5' },
    { type: 'TaskFailed', error: 'E', cause: 'c' },
  ] as const) {
    const run = new TestExecution(task({ Resource: CALLBACK })).start();
    const { attempt } = run;
    run.send({ ...answer, ...attempt, byToken: true });
    expect(run.last.type).toBe('answerKept');
    expect(run.send({ ...answer, ...attempt, byToken: true })).toEqual([]);
    expect(plainState(run.folded())).toEqual(plainState(run.state));
    run.began();
    run.send({ type: 'TaskSubmitted', ...attempt, output: '{}' });
    const outcome = answer.type;
    expect(run.chain.slice(4, 6)).toEqual(['5<-4 TaskSubmitted', `6<-5 ${outcome}`]);
  }
});

test('a kept answer outlives a failure of the request and the death of its process', () => {
  for (const end of [{ type: 'TaskFailed', error: 'X' }, { type: 'TaskLost' }] as const) {
    const run = new TestExecution(task({ Resource: CALLBACK })).start();
    run.send({ type: 'TaskSucceeded', output: '5', ...run.attempt, byToken: true });
    run.send({ ...end, ...run.attempt });
    expect(run.output).toBe(5);
  }
});

test('a kept answer outlives the timeout of the request', () => {
  const state = task({ Resource: CALLBACK, TimeoutSeconds: 5 });
  const run = new TestExecution(state).start().began();
  run.send({ type: 'TaskSucceeded', output: '5', ...run.attempt, byToken: true });
  run.now += 5_000;
  run.send({ type: 'TaskTimedOut', ...run.attempt, heartbeat: false });
  expect(run.output).toBe(5);
});

test('a failure of the request itself needs no TaskSubmitted', () => {
  const run = new TestExecution(task({ Resource: CALLBACK })).start().failed('SQS.X', 'no');
  expect(run.chain.slice(2)).toEqual([
    '3<-2 TaskScheduled',
    '4<-3 TaskStarted',
    '5<-4 TaskSubmitFailed',
    '6<-5 ExecutionFailed',
  ]);
});

test('a lost attempt fails visibly, under a name that Retry knows', () => {
  const Retry = [{ ErrorEquals: ['Lambda.Unknown'] }];
  const lambda = new TestExecution(task({ Resource: LAMBDA, Retry })).start().began();
  lambda.send({ type: 'TaskLost', ...lambda.attempt });
  expect(lambda.records.at(-2)).toMatchObject({
    type: 'LambdaFunctionFailed',
    details: { error: 'Lambda.Unknown' },
  });
  expect(lambda.records.at(-2)!.details!.cause).toContain('outcome of the task is unknown');
  expect(lambda.tick().last.type).toBe('LambdaFunctionScheduled');
  const other = new TestExecution(task({ Resource: 'arn:aws:states:::states:startExecution' }));
  other.start();
  other.send({ type: 'TaskLost', ...other.attempt });
  expect(other.last.details!.error).toBe('States.TaskFailed');
  const accepted = new TestExecution(task({ Resource: CALLBACK })).start();
  accepted.send({ type: 'TaskSubmitted', ...accepted.attempt, output: '{}' });
  expect(accepted.send({ type: 'TaskLost', ...accepted.attempt })).toEqual([]);
});

test('a failure without error and cause', () => {
  const definition = {
    StartAt: 'S',
    States: {
      ...task({ Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'C' }] }).States,
      C: { Type: 'Succeed' },
    },
  };
  const caught = new TestExecution(definition).start().failed();
  expect(caught.output).toEqual({ Error: null, Cause: null });
  expect(new TestExecution(task()).start().failed().last.details).toEqual({});
});

test('long errors and causes are cut, an output that is no JSON becomes a string', () => {
  const long = new TestExecution(task()).start().failed('e'.repeat(300), 'c'.repeat(40_000));
  expect((long.last.details!.error as string).length).toBe(256);
  expect((long.last.details!.cause as string).length).toBe(32_768);
  const odd = new TestExecution(task()).start();
  odd.send({ type: 'TaskSucceeded', ...odd.attempt, output: 'not json' });
  expect(odd.output).toBe('not json');
});

test('retries: counters per retrier, growing delays, jitter recorded as a due time', () => {
  const Retry = [
    { ErrorEquals: ['A'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3, MaxDelaySeconds: 10 },
    { ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL', IntervalSeconds: 8, MaxAttempts: 1 },
  ];
  const run = new TestExecution(task({ Retry }), { random: () => 0.25 }).start();
  const delays: number[] = [];
  for (const error of ['A', 'B', 'A', 'A']) {
    run.failed(error);
    delays.push((run.last.hidden!.due as number) - run.now);
    run.tick();
  }
  expect(delays).toEqual([2000, 2000, 6000, 10_000]);
  expect(run.effects.at(-1)).toMatchObject({ type: 'task', order: { retryCount: 4 } });
  expect(run.failed('B').state.status).toBe('FAILED');
});

test('tokens: every one reads back, everything else is none', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.nat(),
      fc.stringMatching(/^(\/\d{1,5}\.\d{1,4}){0,9}$/),
      fc.uuid(),
      (execution, attempt, scope, nonce) => {
        const token = { execution, scope, attempt, nonce };
        expect(decodeTaskToken(encodeTaskToken(token))).toEqual(token);
      },
    ),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(decodeTaskToken(text)).toBeUndefined();
      expect(decodeTaskToken(`AQ${text}`)).toBeUndefined();
    }),
  );
  expect(decodeTaskToken(`AQ${btoa('["1","",2,"n"]')}`)).toBeUndefined();
});
