/** Sequences of events of single states, as recorded: `id<-previousEventId Type`. */
import { expect, test } from 'vitest';
import { parseJson } from '../ground/json.ts';
import { decideSync, usesJsonata } from './decide.ts';
import { createState } from './state.ts';
import { ACTIVITY, CALLBACK, FACTS, INVOKE, LAMBDA, plainState, TestExecution } from './testing.ts';

const one = (state: object, machine: object = {}) => ({
  StartAt: 'S',
  States: { S: { End: true, ...state } },
  ...machine,
});
const task = (fields: object = {}) => one({ Type: 'Task', Resource: INVOKE, ...fields });
const CATCH = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }] };
const withCatch = (fields: object = {}) => ({
  StartAt: 'S',
  States: {
    S: { Type: 'Task', Resource: INVOKE, End: true, ...CATCH, ...fields },
    C: { Type: 'Succeed' },
  },
});
const ENTERED = ['1<-0 ExecutionStarted', '2<-0 TaskStateEntered'];
const STARTED = [...ENTERED, '3<-2 TaskScheduled', '4<-3 TaskStarted'];

test('Pass', () => {
  const run = new TestExecution(one({ Type: 'Pass' })).start({ a: 1 });
  expect(run.chain).toEqual([
    '1<-0 ExecutionStarted',
    '2<-0 PassStateEntered',
    '3<-2 PassStateExited',
    '4<-3 ExecutionSucceeded',
  ]);
  expect(run.output).toEqual({ a: 1 });
  expect(run.state.status).toBe('SUCCEEDED');
});

test('large integers keep their digits on their way', () => {
  const id = '12345678901234567891';
  const Parameters = { 'id.$': '$.l[0]', 'text.$': "States.Format('{}', $.l[0])" };
  const shaped = { Type: 'Pass', Parameters, ResultPath: '$.r', OutputPath: '$.r' };
  const run = new TestExecution(one(shaped));
  run.send({ type: 'Start', input: `{"l":[${id}]}` });
  expect(run.last.details!.output).toBe(`{"id":${id},"text":"${id}"}`);
});

test('numbers keep their written form on their way', () => {
  const Parameters = { 'n.$': '$.l[0]', 'text.$': "States.Format('{}', $.l[0])", 'all.$': '$.l' };
  const shaped = { Type: 'Pass', Parameters, ResultPath: '$.r', OutputPath: '$.r' };
  const passed = (state: object, input: string): unknown => {
    const run = new TestExecution(one(state));
    run.send({ type: 'Start', input });
    return run.last.details!.output;
  };
  expect(passed({ Type: 'Pass' }, '0.0')).toBe('0.0');
  expect(passed(shaped, '{"l":[10.00, 1e3, 1]}')).toBe(
    '{"all":[10.00,1e3,1],"text":"10.00","n":10.00}',
  );
  const map = { Type: 'Map', ItemsPath: '$.l', ItemProcessor: one({ Type: 'Pass' }) };
  expect(passed(map, '{"l":[1.0,2]}')).toBe('[1.0,2]');
  const choice = {
    StartAt: 'C',
    States: {
      C: { Type: 'Choice', Choices: [{ Variable: '$.x', NumericEquals: 1, Next: 'Yes' }] },
      Yes: { Type: 'Succeed' },
    },
  };
  const run = new TestExecution(choice);
  run.send({ type: 'Start', input: '{"x":1.0}' });
  expect(run.last.details!.output).toBe('{"x":1.0}');
});

test('Task, answered by its request', () => {
  const run = new TestExecution(task()).start().began().succeed({ ok: true });
  expect(run.chain).toEqual([
    ...STARTED,
    '5<-4 TaskSucceeded',
    '6<-5 TaskStateExited',
    '7<-6 ExecutionSucceeded',
  ]);
  expect(run.output).toEqual({ ok: true });
});

test('Task whose request is only accepted', () => {
  const run = new TestExecution(task({ Resource: CALLBACK })).start().began();
  run.send({ type: 'TaskSubmitted', ...run.attempt, output: '{"MessageId":"1"}' });
  run.send({ type: 'TaskSucceeded', ...run.attempt, output: '1', byToken: true });
  expect(run.chain).toEqual([
    ...STARTED,
    '5<-4 TaskSubmitted',
    '6<-5 TaskSucceeded',
    '7<-6 TaskStateExited',
    '8<-7 ExecutionSucceeded',
  ]);
});

test('legacy Lambda function and activity', () => {
  const lambda = new TestExecution(task({ Resource: LAMBDA })).start({ n: 1 }).began().succeed(2);
  expect(lambda.chain.slice(2, 6)).toEqual([
    '3<-2 LambdaFunctionScheduled',
    '4<-3 LambdaFunctionStarted',
    '5<-4 LambdaFunctionSucceeded',
    '6<-5 TaskStateExited',
  ]);
  expect(lambda.records[2]!.details).toEqual({ resource: LAMBDA, input: '{"n":1}' });
  expect(lambda.records[3]!.details).toBeUndefined();
  const activity = new TestExecution(task({ Resource: ACTIVITY, TimeoutSeconds: 5 })).start();
  expect(activity.send({ type: 'TaskTimedOut', ...activity.attempt, heartbeat: false })).toEqual(
    [],
  );
  activity.began().tick();
  expect(activity.chain.slice(2)).toEqual([
    '3<-2 ActivityScheduled',
    '4<-3 ActivityStarted',
    '5<-4 ActivityTimedOut',
    '6<-5 ExecutionFailed',
  ]);
  expect(activity.records[3]!.details).toEqual({});
});

test('Retry, then failure or Catch', () => {
  const Retry = [{ ErrorEquals: ['E'], MaxAttempts: 1 }];
  const retried = [
    ...STARTED,
    '5<-4 TaskFailed',
    '6<-5 TaskScheduled',
    '7<-6 TaskStarted',
    '8<-7 TaskFailed',
  ];
  const play = (definition: object) =>
    new TestExecution(definition)
      .start()
      .began()
      .failed('E', 'why')
      .tick()
      .began()
      .failed('E', 'w');
  const failing = play(task({ Retry }));
  expect(failing.chain).toEqual([...retried, '9<-8 ExecutionFailed']);
  expect(failing.last.details).toEqual({ error: 'E', cause: 'w' });
  const caught = play(withCatch({ Retry }));
  expect(caught.chain.slice(0, 10)).toEqual([
    ...retried,
    '9<-8 TaskStateExited',
    '10<-9 SucceedStateEntered',
  ]);
  expect(caught.output).toEqual({ Error: 'E', Cause: 'w' });
});

test('a timeout has no cause in the history and an empty one in Catch', () => {
  const plain = new TestExecution(task({ TimeoutSeconds: 3 })).start().began().tick();
  expect(plain.chain).toEqual([...STARTED, '5<-4 TaskTimedOut', '6<-5 ExecutionFailed']);
  expect(plain.last.details).toEqual({ error: 'States.Timeout' });
  expect(plain.last.at).toBe(FACTS.startedAt + 3000);
  const caught = new TestExecution(withCatch({ TimeoutSeconds: 3 })).start().began().tick();
  expect(caught.output).toEqual({ Error: 'States.Timeout', Cause: '' });
});

test('Fail, with and without its texts', () => {
  const run = new TestExecution(one({ Type: 'Fail', Error: 'E', Cause: 'c', End: undefined }));
  run.start();
  expect(run.chain.slice(1)).toEqual(['2<-0 FailStateEntered', '3<-2 ExecutionFailed']);
  expect(run.last.details).toEqual({ error: 'E', cause: 'c' });
  const bare = new TestExecution(one({ Type: 'Fail', End: undefined })).start();
  expect(bare.last.details).toEqual({});
  const paths = { Type: 'Fail', ErrorPath: '$.e', CausePath: "States.Format('c{}', $.n)" };
  const read = new TestExecution(one({ ...paths, End: undefined })).start({ e: 'X', n: 2 });
  expect(read.last.details).toEqual({ error: 'X', cause: 'c2' });
});

test('Succeed', () => {
  const run = new TestExecution(one({ Type: 'Succeed', OutputPath: '$.a' })).start({ a: [1] });
  expect(run.chain.slice(1)).toEqual([
    '2<-0 SucceedStateEntered',
    '3<-2 SucceedStateExited',
    '4<-3 ExecutionSucceeded',
  ]);
  expect(run.output).toEqual([1]);
});

test('Stop', () => {
  const run = new TestExecution(one({ Type: 'Wait', Seconds: 9 })).start();
  run.send({ type: 'Stop' });
  expect(run.chain.slice(1)).toEqual(['2<-0 WaitStateEntered', '3<-0 ExecutionAborted']);
  expect(run.last.details).toEqual({});
  const told = new TestExecution(one({ Type: 'Wait', Seconds: 9 })).start();
  told.send({ type: 'Stop', error: 'E', cause: 'c' });
  expect(told.last.details).toEqual({ error: 'E', cause: 'c' });
  expect(told.send({ type: 'Stop' })).toEqual([]);
});

test('the machine times out at its deadline exactly, whenever that is noticed', () => {
  const machine = one({ Type: 'Wait', Seconds: 90 }, { TimeoutSeconds: 10 });
  const run = new TestExecution(machine).start();
  run.now += 9_999;
  expect(run.send({ type: 'ExecutionTimedOut' })).toEqual([]);
  run.now += 50_000;
  run.send({ type: 'TimerFired', ...{ scope: '', attempt: -1 } });
  expect(run.chain.slice(1)).toEqual(['2<-0 WaitStateEntered', '3<-0 ExecutionTimedOut']);
  expect(run.last.at).toBe(FACTS.startedAt + 10_000);
  const finish = run.effects.at(-1);
  expect(finish).toEqual({ type: 'finish', status: 'TIMED_OUT', at: FACTS.startedAt + 10_000 });
});

test('Wait', () => {
  const run = new TestExecution(one({ Type: 'Wait', SecondsPath: '$.s' })).start({ s: 7 });
  expect(run.effects.at(-1)).toEqual({
    type: 'timer',
    scope: '',
    attempt: -1,
    due: FACTS.startedAt + 7000,
  });
  expect(run.send({ type: 'TimerFired', scope: '', attempt: -2 })).toEqual([]);
  run.tick();
  expect(run.chain.slice(1)).toEqual([
    '2<-0 WaitStateEntered',
    '3<-2 WaitStateExited',
    '4<-3 ExecutionSucceeded',
  ]);
  const digits = new TestExecution(one({ Type: 'Wait', SecondsPath: '$.s' })).start({ s: '7' });
  expect(digits.last.hidden!.due).toBe(FACTS.startedAt + 7000);
  const past = { Type: 'Wait', Timestamp: '1970-01-01T00:00:01Z' };
  expect(new TestExecution(one(past)).start().state.status).toBe('SUCCEEDED');
  expect(new TestExecution(one({ Type: 'Wait', Seconds: 0 })).start().state.status).toBe(
    'SUCCEEDED',
  );
});

test.each([
  [{ Type: 'Wait', SecondsPath: '$.s' }, {}, 'does not reference an input value: $.s'],
  [{ Type: 'Wait', SecondsPath: '$.s' }, { s: -1 }, 'references a negative value: $.s == -1'],
  [
    { Type: 'Wait', SecondsPath: '$.s' },
    { s: 1.5 },
    'cannot be parsed as a long value: $.s == 1.5',
  ],
  [
    { Type: 'Wait', TimestampPath: '$.t' },
    { t: '2016-12-05 21:29:29Z' },
    'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time ' +
      'format string: $.t == 2016-12-05 21:29:29Z',
  ],
  [{ Type: 'Wait', TimestampPath: '$.t' }, { t: '2999-01-01T00:00:00Z' }, 'delay is too long.'],
  [
    { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'S' }], End: undefined },
    { n: 2 },
    'Failed to transition out of the state. The state does not point to a next state.',
  ],
  [
    { Type: 'Pass', Parameters: { 'a.$': '$.x' } },
    {},
    "The JSONPath '$.x' specified for the field 'a.$' could not be found in the input '{}'",
  ],
  [{ Type: 'Pass', InputPath: '$.x' }, {}, "Invalid path '$.x' : No results for path: $['x']"],
])('errors of the interpreter end the execution: %j', (state, input, text) => {
  const run = new TestExecution(one(state)).start(input);
  expect(run.chain.at(-1)).toBe('3<-2 ExecutionFailed');
  const { error, cause } = run.last.details!;
  expect(error).toBe('States.Runtime');
  expect(cause).toMatch(
    /^An error occurred while executing the state 'S' \(entered at the event id #2\)\. /,
  );
  expect(cause).toContain(text);
});

test('an interpreter error is not caught, a ResultPath that does not fit is', () => {
  const missing = withCatch({ Parameters: { 'a.$': '$.x' } });
  expect(new TestExecution(missing).start().chain).toEqual([...ENTERED, '3<-2 ExecutionFailed']);
  const seconds = withCatch({ TimeoutSecondsPath: '$.x' });
  expect(new TestExecution(seconds).start().chain).toEqual([...ENTERED, '3<-2 ExecutionFailed']);
  const misfit = new TestExecution(withCatch({ ResultPath: '$.a.b' })).start({ a: 1 });
  misfit.began().succeed(1);
  expect(misfit.chain.slice(4, 6)).toEqual(['5<-4 TaskSucceeded', '6<-5 TaskStateExited']);
  expect(misfit.output).toMatchObject({ Error: 'States.ResultPathMatchFailure' });
  const late = new TestExecution(withCatch({ ResultSelector: { 'a.$': '$.x' } })).start();
  late.began().succeed({});
  expect(late.chain.slice(4)).toEqual(['5<-4 TaskSucceeded', '6<-5 ExecutionFailed']);
});

test('data that are too large: a state fails for good, a task result can be caught', () => {
  const large = 'é'.repeat(131_073);
  const pass = new TestExecution(one({ Type: 'Pass', Result: large })).start();
  expect(pass.last.details).toEqual({
    error: 'States.DataLimitExceeded',
    cause:
      "The state/task 'S' returned a result with a size exceeding the maximum number of bytes " +
      'service limit.',
  });
  const caught = new TestExecution(withCatch()).start().began().succeed(large);
  expect(caught.chain.slice(4, 6)).toEqual(['5<-4 TaskFailed', '6<-5 TaskStateExited']);
  expect((caught.output as { Cause: string }).Cause).toContain("The state/task 'lambda' returned");
  const legacy = new TestExecution(task({ Resource: LAMBDA })).start().began().succeed(large);
  expect(legacy.last.details!.cause).toContain(`The state/task '${LAMBDA}' returned`);
});

test('the input is kept verbatim at the start and compact from the first state on', () => {
  const run = new TestExecution(one({ Type: 'Pass' }));
  run.send({ type: 'Start', input: ' {"a": [1, 2]} ' });
  expect(run.records.map((record) => record.details?.input ?? record.details?.output)).toEqual([
    ' {"a": [1, 2]} ',
    '{"a":[1,2]}',
    '{"a":[1,2]}',
    '{"a":[1,2]}',
  ]);
  const deep = new TestExecution(one({ Type: 'Pass' }));
  deep.send({ type: 'Start', input: '['.repeat(130_000) + ']'.repeat(130_000) });
  expect(deep.last.details).toMatchObject({ error: 'States.Runtime' });
});

test('variables: own scope, entry-time values, shown on exit', () => {
  const run = new TestExecution({
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Assign: { x: 1, 'y.$': '$.in', z: {} }, Next: 'B' },
      B: { Type: 'Pass', Assign: { 'x.$': '$y', 'y.$': '$x' }, Next: 'D' },
      D: { Type: 'Pass', Parameters: { 'x.$': '$x' }, Next: 'C' },
      C: { Type: 'Pass', Parameters: { 'x.$': '$x', 'y.$': '$y' }, Assign: {}, End: true },
    },
  }).start({ in: 'text' });
  expect(run.records[2]!.details!.assignedVariables).toEqual({ x: '1', y: '"text"', z: '{}' });
  expect(run.records[8]!.details).not.toHaveProperty('assignedVariables');
  expect(run.output).toEqual({ x: 'text', y: 1 });
  expect(plainState(run.folded())).toEqual(plainState(run.state));
});

test('the context object', () => {
  const look = one({ Type: 'Pass', Parameters: { 'c.$': '$$' } });
  const context = (options: object) => {
    const { c } = new TestExecution(look, options).start({ i: 1 }).output as { c: object };
    return c as { Execution: object; State: object };
  };
  const standard = context({});
  expect(JSON.stringify(standard)).toBe(
    JSON.stringify({
      Execution: {
        Id: FACTS.arn,
        Input: { i: 1 },
        StartTime: '1970-01-01T00:16:40Z',
        Name: 'run',
        RoleArn: FACTS.roleArn,
        RedriveCount: 0,
      },
      StateMachine: { Id: FACTS.machineArn, Name: 'M' },
      State: { Name: 'S', EnteredTime: '1970-01-01T00:16:40Z' },
    }),
  );
  const express = context({ facts: { type: 'EXPRESS', synchronous: true } });
  expect(Object.keys(express.Execution)).toEqual(['Id', 'Input', 'Name', 'RoleArn', 'StartTime']);
  const retry = task({
    Parameters: { 'p.$': '$$.State.RetryCount' },
    Retry: [{ ErrorEquals: ['E'] }],
  });
  const run = new TestExecution(retry).start().failed('E').tick();
  const parameters = run.records.flatMap((record) => record.details?.parameters ?? []);
  expect(parameters).toEqual(['{"p":0}', '{"p":1}']);
});

test('Choice takes the first rule that holds, or Default, with their own Assign', () => {
  const definition = {
    StartAt: 'S',
    States: {
      S: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.n', NumericEquals: 1, Next: 'A', Assign: { v: 'rule' } },
          { Variable: '$.n', NumericLessThan: 5, Next: 'B' },
        ],
        Default: 'A',
        Assign: { v: 'default' },
      },
      A: { Type: 'Pass', Parameters: { 'v.$': '$v' }, End: true },
      B: { Type: 'Pass', Result: 'b', End: true },
    },
  };
  const outputs = [1, 2, 9].map((n) => new TestExecution(definition).start({ n }).output);
  expect(outputs).toEqual([{ v: 'rule' }, 'b', { v: 'default' }]);
});

test('an endless machine ends at event 25,000, in folds of 500 events', () => {
  const loop = { StartAt: 'S', States: { S: { Type: 'Pass', Next: 'S' } } };
  const run = new TestExecution(loop).start();
  expect(run.records).toHaveLength(501);
  expect(run.last.type).toBe('continue');
  while (run.state.status === 'RUNNING') run.send({ type: 'Continue' });
  expect(run.last).toMatchObject({
    type: 'ExecutionFailed',
    id: 25_000,
    previousEventId: 24_999,
    details: {
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    },
  });
  expect(run.send({ type: 'Continue' })).toEqual([]);
  expect(plainState(run.folded())).toEqual(plainState(run.state));
});

test('the deadline is also seen within a fold', () => {
  const loop = { StartAt: 'S', TimeoutSeconds: 1, States: { S: { Type: 'Pass', Next: 'S' } } };
  const run = new TestExecution(loop);
  let now = FACTS.startedAt;
  const tools = { ...run.tools, now: () => (now += 3) };
  const budget = { ms: 60_000, events: 10_000 };
  const start = { type: 'Start', input: '1' } as const;
  const records = decideSync(run.machine, run.state, start, tools, { budget });
  expect(records.at(-1)).toMatchObject({ type: 'ExecutionTimedOut', at: FACTS.startedAt + 1000 });
});

test('a fold also ends when its time or its bytes are used up', () => {
  const loop = { StartAt: 'S', States: { S: { Type: 'Pass', Next: 'S' } } };
  const large = new TestExecution(loop, { budget: { bytes: 10_000 } }).start('x'.repeat(1000));
  expect(large.records.length).toBeLessThan(15);
  const slow = new TestExecution(loop);
  let now = FACTS.startedAt;
  const tools = { ...slow.tools, now: () => now++ };
  const records = decideSync(slow.machine, slow.state, { type: 'Start', input: '1' }, tools);
  expect(records.length).toBeLessThan(30);
  expect(records.at(-1)!.type).toBe('continue');
});

test('a repeated start and signals to what is over give nothing', () => {
  const run = new TestExecution(task()).start();
  const { attempt } = run;
  expect(run.send({ type: 'Start', input: '1' })).toEqual([]);
  expect(run.send({ type: 'Continue' })).toEqual([]);
  run.began().succeed(1);
  const signals = [
    { type: 'TaskStarted', at: 1, ...attempt },
    { type: 'TaskSucceeded', output: '1', ...attempt },
    { type: 'TaskFailed', ...attempt },
    { type: 'TaskLost', ...attempt },
    { type: 'TaskHeartbeat', ...attempt },
    { type: 'Redrive' },
  ] as const;
  for (const signal of signals) expect(run.send(signal)).toEqual([]);
});

test('an Express execution has no end of events, but ends after five minutes', () => {
  const facts = { type: 'EXPRESS' } as const;
  const loop = { StartAt: 'S', States: { S: { Type: 'Pass', Next: 'S' } } };
  const run = new TestExecution(loop, { facts, budget: { events: 13_000 } }).start();
  run.send({ type: 'Continue' });
  expect(run.state.nextId).toBeGreaterThan(26_000);
  run.now += 300_000;
  run.send({ type: 'Continue' });
  expect(run.state.status).toBe('TIMED_OUT');
});

test('which machines need an evaluator', () => {
  const machine = (definition: object) => new TestExecution(definition).machine;
  expect(usesJsonata(machine(task()))).toBe(false);
  const inner = {
    StartAt: 'P',
    States: { P: { Type: 'Pass', QueryLanguage: 'JSONata', End: true } },
  };
  expect(usesJsonata(machine(one({ Type: 'Map', ItemProcessor: inner })))).toBe(true);
  expect(usesJsonata(machine(one({ Type: 'Parallel', Branches: [inner] })))).toBe(true);
});

test('decide does not need more of a record than its JSON', () => {
  const run = new TestExecution(task({ TimeoutSeconds: 4, Retry: [{ ErrorEquals: ['E'] }] }));
  run.start(parseJson('{"a":{"b":1}}')).began().failed('E');
  const state = run.folded();
  expect(plainState(state)).toEqual(plainState(run.state));
  expect(plainState(createState(FACTS))).not.toEqual(plainState(state));
});
