/** Parallel and Map: sequences of events as recorded, and what happens to siblings of a failure. */
import { expect, test } from 'vitest';
import { INVOKE, plainState, TestExecution } from './testing.ts';

const flow = (state: object) => ({ StartAt: 'X', States: { X: { End: true, ...state } } });
const TASK = { Type: 'Task', Resource: INVOKE };
const PASS = { Type: 'Pass' };
const FAIL = { Type: 'Fail', Error: 'E', End: undefined };
const NEXT = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }] };

const machine = (state: object) => ({
  StartAt: 'M',
  States: { M: { End: true, ...state }, C: { Type: 'Succeed' } },
});
const parallel = (branches: object[], fields: object = {}) =>
  machine({ Type: 'Parallel', Branches: branches.map(flow), ...fields });
const map = (state: object, fields: object = {}) =>
  machine({ Type: 'Map', ItemProcessor: flow(state), ...fields });

function check(run: TestExecution): TestExecution {
  expect(plainState(run.folded())).toEqual(plainState(run.state));
  return run;
}

const tail = (run: TestExecution, from: number) => check(run).chain.slice(from - 1);

test('Map whose iterations never wait', () => {
  const run = new TestExecution(map(PASS)).start([1, 2]);
  expect(tail(run, 2)).toEqual([
    '2<-0 MapStateEntered',
    '3<-2 MapStateStarted',
    '4<-3 MapIterationStarted',
    '5<-4 PassStateEntered',
    '6<-5 PassStateExited',
    '7<-6 MapIterationSucceeded',
    '8<-6 MapIterationStarted',
    '9<-8 PassStateEntered',
    '10<-9 PassStateExited',
    '11<-10 MapIterationSucceeded',
    '12<-11 MapStateSucceeded',
    '13<-11 MapStateExited',
    '14<-13 ExecutionSucceeded',
  ]);
  expect(run.output).toEqual([1, 2]);
  expect(run.records[2]!.details).toEqual({ length: 2 });
  expect(run.records[3]).toMatchObject({ scope: '/2.0', details: { name: 'M', index: 0 } });
});

test('Map without items', () => {
  expect(tail(new TestExecution(map(PASS)).start([]), 3)).toEqual([
    '3<-2 MapStateStarted',
    '4<-3 MapStateSucceeded',
    '5<-3 MapStateExited',
    '6<-5 ExecutionSucceeded',
  ]);
});

test('Map whose iterations run at the same time, one of which times out', () => {
  const run = new TestExecution(map({ ...TASK, TimeoutSeconds: 2 })).start([1, 2, 3, 4]);
  for (const attempt of run.attempts()) run.began(attempt);
  const started = run.chain.filter((line) => line.includes('MapIterationStarted'));
  expect(started.map((line) => line.split('<-')[1])).toEqual(
    Array(4).fill('3 MapIterationStarted'),
  );
  run.tick();
  expect(tail(run, 20)).toEqual([
    '20<-16 TaskTimedOut',
    '21<-20 MapIterationFailed',
    '22<-20 TaskStateAborted',
    '23<-20 MapIterationAborted',
    '24<-20 TaskStateAborted',
    '25<-20 MapIterationAborted',
    '26<-20 TaskStateAborted',
    '27<-20 MapIterationAborted',
    '28<-20 TaskStateAborted',
    '29<-20 MapStateFailed',
    '30<-29 ExecutionFailed',
  ]);
  expect(run.last.details).toEqual({ error: 'States.Timeout' });
  expect(run.effects).toContainEqual({ type: 'cancel', scope: '' });
});

test('MaxConcurrency: the next iteration follows the last event of the one it replaces', () => {
  const run = new TestExecution(map(TASK, { MaxConcurrency: 2 })).start([1, 2, 3]);
  expect(run.attempts()).toHaveLength(2);
  const [first] = run.attempts();
  run.succeed('a', first);
  expect(tail(run, 10)).toEqual([
    '10<-6 TaskStarted',
    '11<-10 TaskSucceeded',
    '12<-11 TaskStateExited',
    '13<-12 MapIterationSucceeded',
    '14<-12 MapIterationStarted',
    '15<-14 TaskStateEntered',
    '16<-15 TaskScheduled',
  ]);
  for (const attempt of run.attempts()) run.succeed(attempt.scope, attempt);
  expect(run.output).toEqual(['a', '/2.1', '/2.2']);
});

test('MaxConcurrency 0 runs forty iterations at once', () => {
  const run = new TestExecution(map(TASK)).start(Array(100).fill(0));
  expect(run.attempts()).toHaveLength(40);
  run.succeed(1, run.attempts()[7]);
  expect(run.attempts()).toHaveLength(40);
});

test('Map with a Fail inside, plain, caught and retried', () => {
  const head = ['4<-3 MapIterationStarted', '5<-4 FailStateEntered', '6<-5 MapIterationFailed'];
  const plain = new TestExecution(map(FAIL)).start([1, 2]);
  expect(tail(plain, 4)).toEqual([...head, '7<-5 MapStateFailed', '8<-7 ExecutionFailed']);
  const caught = new TestExecution(map(FAIL, NEXT)).start([1]);
  expect(tail(caught, 4).slice(0, 5)).toEqual([
    ...head,
    '7<-5 MapStateFailed',
    '8<-7 MapStateExited',
  ]);
  expect(caught.output).toEqual({ Error: 'E', Cause: null });
  const Retry = [{ ErrorEquals: ['E'], MaxAttempts: 1 }];
  const retried = new TestExecution(map(FAIL, { Retry })).start([1]).tick();
  expect(tail(retried, 4)).toEqual([
    ...head,
    '7<-5 MapStateStarted',
    '8<-7 MapIterationStarted',
    '9<-8 FailStateEntered',
    '10<-9 MapIterationFailed',
    '11<-9 MapStateFailed',
    '12<-11 ExecutionFailed',
  ]);
});

test('Map errors before and after MapStateStarted', () => {
  const concurrency = map(PASS, { MaxConcurrencyPath: '$.n', ItemsPath: '$.i' });
  const wrong = new TestExecution(concurrency).start({ n: {}, i: [1] });
  expect(tail(wrong, 3)).toEqual(['3<-2 ExecutionFailed']);
  expect(wrong.last.details!.cause).toMatch(
    /The MaxConcurrencyPath field refers to value "\{\}" which is not a valid integer: \$\.n$/,
  );
  const text = new TestExecution(concurrency).start({ n: '1', i: [1] });
  expect(text.state.status).toBe('SUCCEEDED');
  const tolerated = map(PASS, { ToleratedFailurePercentagePath: '$.n', ItemsPath: '$.i' });
  const range = new TestExecution(tolerated).start({ n: 100.1, i: [1] });
  expect(tail(range, 3)).toEqual(['3<-2 MapStateStarted', '4<-3 ExecutionFailed']);
  expect(range.last.details!.cause).toContain('must be between 0 and 100.');
  const nothing = new TestExecution(map(PASS)).start(1);
  expect(nothing.last.details!.cause).toContain('Reference path "$" must point to array.');
});

test('ItemSelector, the item in the context, and an object in place of items', () => {
  const selector = { 'i.$': '$$.Map.Item.Index', 'v.$': '$$.Map.Item.Value', 'all.$': '$.n' };
  const selected = map(PASS, { ItemsPath: '$.items', ItemSelector: selector });
  const run = new TestExecution(selected).start({ n: 9, items: ['a'] });
  expect(run.output).toEqual([{ i: 0, v: 'a', all: 9 }]);
  const look = { Type: 'Pass', Parameters: { 'item.$': '$$.Map.Item' } };
  const inside = check(new TestExecution(map(look)).start([{ x: 1 }]));
  const [item] = inside.output as [{ item: object }];
  expect(JSON.stringify(item.item)).toBe('{"Index":0,"Value":{"x":1}}');
  const object = new TestExecution(map(PASS)).start({ k: 1 });
  expect(object.last.details!.cause).toContain('Reference path "$" must point to array.');
});

test('Parallel', () => {
  const run = new TestExecution(parallel([PASS, PASS])).start({ a: 1 });
  expect(tail(run, 2)).toEqual([
    '2<-0 ParallelStateEntered',
    '3<-2 ParallelStateStarted',
    '4<-3 PassStateEntered',
    '5<-3 PassStateEntered',
    '6<-4 PassStateExited',
    '7<-5 PassStateExited',
    '8<-7 ParallelStateSucceeded',
    '9<-7 ParallelStateExited',
    '10<-9 ExecutionSucceeded',
  ]);
  expect(run.output).toEqual([{ a: 1 }, { a: 1 }]);
});

test('Parallel whose branch fails: plain, caught, retried', () => {
  const play = (fields: object) => {
    const run = new TestExecution(parallel([TASK, { Type: 'Wait', Seconds: 99 }], fields)).start();
    return run.failed('E', 'c');
  };
  const head = [
    '3<-2 ParallelStateStarted',
    '4<-3 TaskStateEntered',
    '5<-3 WaitStateEntered',
    '6<-4 TaskScheduled',
    '7<-6 TaskStarted',
    '8<-7 TaskFailed',
    '9<-8 TaskStateAborted',
    '10<-8 WaitStateAborted',
  ];
  expect(tail(play({}), 3)).toEqual([
    ...head,
    '11<-8 ParallelStateFailed',
    '12<-11 ExecutionFailed',
  ]);
  const caught = play(NEXT);
  expect(tail(caught, 3).slice(0, 10)).toEqual([
    ...head,
    '11<-8 ParallelStateFailed',
    '12<-11 ParallelStateExited',
  ]);
  expect(caught.output).toEqual({ Error: 'E', Cause: 'c' });
  const retried = play({ Retry: [{ ErrorEquals: ['E'] }] }).tick();
  expect(tail(retried, 3)).toEqual([
    ...head,
    '11<-8 ParallelStateStarted',
    '12<-11 TaskStateEntered',
    '13<-11 WaitStateEntered',
    '14<-12 TaskScheduled',
  ]);
});

test('a branch that ends in Fail writes nothing for itself', () => {
  expect(tail(new TestExecution(parallel([FAIL])).start(), 4)).toEqual([
    '4<-3 FailStateEntered',
    '5<-4 ParallelStateFailed',
    '6<-5 ExecutionFailed',
  ]);
  const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }];
  const retried = new TestExecution(parallel([FAIL], { Retry })).start().tick();
  expect(tail(retried, 4).slice(0, 2)).toEqual([
    '4<-3 FailStateEntered',
    '5<-4 ParallelStateStarted',
  ]);
});

test('an interpreter error inside a branch ends the execution at once', () => {
  const bad = { Type: 'Pass', InputPath: '$.no' };
  const run = new TestExecution(parallel([bad, TASK], NEXT)).start();
  expect(run.chain.at(-1)).toMatch(/<-4 ExecutionFailed$/);
  const cause = run.last.details!.cause as string;
  expect(cause.match(/An error occurred/g)).toHaveLength(1);
  expect(cause).toContain("executing the state 'X'");
});

test('nested containers are aborted from the outside in', () => {
  const inner = { Type: 'Map', ItemsPath: '$', ItemProcessor: flow2(TASK) };
  const run = new TestExecution(parallel([TASK, inner])).start([1]);
  const failing = run.attempts().find((attempt) => attempt.scope === '/2.0');
  run.failed('E', 'c', failing);
  const failed = run.chain.findIndex((line) => line.endsWith('TaskFailed')) + 1;
  expect(tail(run, failed + 1).map((line) => line.replace(/^\d+/, ''))).toEqual([
    `<-${failed} TaskStateAborted`,
    `<-${failed} MapIterationAborted`,
    `<-${failed} TaskStateAborted`,
    `<-${failed} MapStateAborted`,
    `<-${failed} ParallelStateFailed`,
    `<-${failed + 5} ExecutionFailed`,
  ]);
});

test('an inner failure goes through both containers', () => {
  const inner = { Type: 'Map', ItemProcessor: flow2(FAIL) };
  const run = new TestExecution(parallel([inner], NEXT)).start([1]);
  expect(tail(run, 5).slice(0, 7)).toEqual([
    '5<-4 MapStateStarted',
    '6<-5 MapIterationStarted',
    '7<-6 FailStateEntered',
    '8<-7 MapIterationFailed',
    '9<-7 MapStateFailed',
    '10<-9 ParallelStateFailed',
    '11<-10 ParallelStateExited',
  ]);
});

test('answers to aborted siblings are stale', () => {
  const run = new TestExecution(
    parallel([TASK, TASK], { Retry: [{ ErrorEquals: ['E'] }] }),
  ).start();
  const [first, second] = run.attempts();
  run.failed('E', 'c', first);
  expect(run.send({ type: 'TaskSucceeded', output: '1', ...second! })).toEqual([]);
  run.tick();
  expect(run.send({ type: 'TaskSucceeded', output: '1', ...second! })).toEqual([]);
  for (const attempt of run.attempts()) run.succeed(1, attempt);
  expect(run.output).toEqual([1, 1]);
  check(run);
});

test('variables of a branch are its own; outer ones can be read', () => {
  const branch = { Type: 'Pass', Parameters: { 'o.$': '$outer' }, Assign: { own: 1 } };
  const definition = {
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'P' },
      P: { Type: 'Parallel', Branches: [flow(branch)], Assign: { 'r.$': '$[0].o' }, Next: 'Z' },
      Z: { Type: 'Pass', Parameters: { 'r.$': '$r' }, End: true },
    },
  };
  const run = check(new TestExecution(definition).start());
  expect(run.output).toEqual({ r: 'o' });
  expect([...run.state.root.variables!.keys()]).toEqual(['outer', 'r']);
  expect(run.state.variableBytes).toBe('"o"'.length * 2);
});

test('Parameters of a Parallel are evaluated once for all branches', () => {
  const Parameters = { 'id.$': 'States.UUID()' };
  const run = check(new TestExecution(parallel([TASK, TASK], { Parameters })).start());
  const [a, b] = run.records.flatMap((record) => record.details?.parameters ?? []);
  expect(a).toBe(b);
  expect(run.records[2]!.hidden).toMatchObject({ branches: 2, input: a });
});

function flow2(state: object) {
  return { StartAt: 'Y', States: { Y: { End: true, ...state } } };
}
