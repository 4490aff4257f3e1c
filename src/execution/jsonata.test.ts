/** JSONata states: what expressions see, and what their errors leave in the history. */
import { expect, test } from 'vitest';
import type { ExpressionRequest } from '../asl/env.ts';
import { LanguageError } from '../asl/language-error.ts';
import type { Json, JsonObject } from '../ground/json.ts';
import { CALLBACK, INVOKE, plainState, TestExecution, type TestOptions } from './testing.ts';

const seen: ExpressionRequest[] = [];

/** Understands `a.b.c` below $states, `$name`, and numbers; everything else is undefined. */
function evaluate(request: ExpressionRequest): Json {
  seen.push(request);
  const { source, field, states, variables } = request;
  const [head = '', ...keys] = source.split('.');
  let value: Json | undefined;
  if (head === '$states') {
    value = keys.reduce<Json | undefined>((node, key) => (node as JsonObject)?.[key], states);
  } else if (head.startsWith('$')) value = variables[head.slice(1)];
  else if (/^-?\d+$/.test(source)) value = Number(source);
  if (value !== undefined) return value;
  throw new LanguageError(
    'States.QueryEvaluationError',
    `The JSONata expression '${source}' specified for the field '${field}' returned nothing (undefined).`,
    field,
  );
}

const options: TestOptions = { evaluate };
const machine = (states: object) => ({ QueryLanguage: 'JSONata', StartAt: 'S', States: states });
const run = (states: object, input: Json = {}) =>
  new TestExecution(machine(states), options).start(input);
const tail = (one: TestExecution, from: number) => {
  expect(plainState(one.folded())).toEqual(plainState(one.state));
  return one.chain.slice(from - 1);
};

test('Pass: Output and Assign see the input and the variables of the entry', () => {
  const one = run(
    {
      S: { Type: 'Pass', Assign: { a: '{% $states.input.n %}' }, Next: 'T' },
      T: {
        Type: 'Pass',
        Assign: { a: 5 },
        Output: { was: '{% $a %}', name: '{% $states.context.State.Name %}' },
        End: true,
      },
    },
    { n: 1 },
  );
  expect(one.output).toEqual({ was: 1, name: 'T' });
  expect(one.records[2]!.details!.assignedVariables).toEqual({ a: '1' });
  expect(one.records[2]!.details!.output).toBe('{"n":1}');
});

test('an evaluation that fails stands beside its …Entered event', () => {
  const one = run({ S: { Type: 'Pass', Output: { result: '{% $no %}' }, End: true } });
  expect(tail(one, 2)).toEqual([
    '2<-0 PassStateEntered',
    '3<-0 EvaluationFailed',
    '4<-3 ExecutionFailed',
  ]);
  const cause =
    "An error occurred while executing the state 'S' (entered at the event id #2). The JSONata " +
    "expression '$no' specified for the field 'Output/result' returned nothing (undefined).";
  const error = 'States.QueryEvaluationError';
  expect(one.records[2]!.details).toEqual({ error, cause, location: 'Output/result', state: 'S' });
  expect(one.last.details).toEqual({ error, cause });
});

test('Task: Arguments, Output, Assign, retried and caught evaluations', () => {
  const Retry = [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 1 }];
  const Catch = [
    {
      ErrorEquals: ['States.ALL'],
      Output: '{% $states.errorOutput.Error %}',
      Assign: { e: '{% $states.errorOutput %}' },
      Next: 'C',
    },
  ];
  const states = (fields: object) => ({
    S: { Type: 'Task', Resource: INVOKE, End: true, ...fields },
    C: { Type: 'Succeed' },
  });
  const good = run(
    states({
      Arguments: { FunctionName: '{% $states.input.f %}' },
      Output: { r: '{% $states.result.x %}' },
      TimeoutSeconds: '{% 7 %}',
    }),
    { f: 'fn' },
  );
  expect(good.last.details).toMatchObject({
    parameters: '{"FunctionName":"fn"}',
    timeoutInSeconds: 7,
  });
  good.succeed({ x: 3 });
  expect(good.output).toEqual({ r: 3 });
  const bad = run(states({ Arguments: { a: '{% $no %}' }, Retry, Catch })).tick();
  expect(tail(bad, 2).slice(0, 5)).toEqual([
    '2<-0 TaskStateEntered',
    '3<-0 EvaluationFailed',
    '4<-3 EvaluationFailed',
    '5<-4 TaskStateExited',
    '6<-5 SucceedStateEntered',
  ]);
  expect(bad.output).toBe('States.QueryEvaluationError');
  const late = run(states({ Output: '{% $no %}' })).succeed(1);
  expect(tail(late, 5)).toEqual([
    '5<-4 TaskSucceeded',
    '6<-5 EvaluationFailed',
    '7<-6 ExecutionFailed',
  ]);
  const catcher = { ErrorEquals: ['E'], Output: '{% $no %}', Next: 'C' };
  const twice = run(states({ Catch: [catcher, ...Catch] })).failed('E');
  expect(tail(twice, 5)).toEqual([
    '5<-4 TaskFailed',
    '6<-5 EvaluationFailed',
    '7<-6 ExecutionFailed',
  ]);
});

test('Choice: Condition must be a boolean; rules have their own Output', () => {
  const states = (Condition: Json) => ({
    S: {
      Type: 'Choice',
      Choices: [{ Condition, Output: 'rule', Next: 'C' }],
      Default: 'C',
      Output: 'default',
    },
    C: { Type: 'Succeed' },
  });
  expect(run(states('{% $states.input.b %}'), { b: true }).output).toBe('rule');
  expect(run(states('{% $states.input.b %}'), { b: false }).output).toBe('default');
  expect(run(states(true)).output).toBe('rule');
  const wrong = run(states('{% 1 %}'));
  expect(wrong.last.details!.cause).toContain(
    "The JSONata expression '1' specified for the field 'Choices[0]/Condition' returned an " +
      "unexpected result type. Expected 'boolean', but was 'number' for value: 1",
  );
});

test('Wait: a timestamp that is none points at the …Entered event', () => {
  const one = run({ S: { Type: 'Wait', Timestamp: '{% $states.input %}', End: true } }, 'soon');
  expect(tail(one, 2)).toEqual([
    '2<-0 WaitStateEntered',
    '3<-2 EvaluationFailed',
    '4<-3 ExecutionFailed',
  ]);
  expect(one.records[2]!.details!.location).toBe('Timestamp');
  expect(one.last.details!.cause).toMatch(/date-time format string: soon$/);
  const seconds = run({ S: { Type: 'Wait', Seconds: '{% 5 %}', End: true } });
  expect(seconds.last.hidden!.due).toBe(seconds.now + 5000);
  const wait = { S: { Type: 'Wait', Seconds: '{% $states.input %}', End: true } };
  expect(run(wait, 1.6).last.details!.cause).toContain("Expected 'integer', but was 'number'");
  const text = run(wait, 'x');
  expect(text.last.details!.cause).toContain(
    "Expected 'number', but was 'string' for value: \"x\"",
  );
});

test('Map: items of the wrong kind, inside and outside of an expression', () => {
  const map = (fields: object) => ({
    S: {
      Type: 'Map',
      ItemProcessor: { StartAt: 'X', States: { X: { Type: 'Pass', End: true } } },
      End: true,
      ...fields,
    },
  });
  const wrong = run(map({ Items: '{% $states.input %}' }), true);
  expect(tail(wrong, 2)).toEqual([
    '2<-0 MapStateEntered',
    '3<-0 EvaluationFailed',
    '4<-3 MapStateFailed',
    '5<-4 ExecutionFailed',
  ]);
  expect(wrong.last.details!.cause).toContain(
    "Expected 'array', but was 'boolean' for value: true",
  );
  const input = run(map({}), 1);
  expect(input.records[2]!.details).not.toHaveProperty('location');
  expect(input.last.details!.cause).toMatch(/Map state input must be an array but was: 1$/);
  const selected = run(map({ ItemSelector: { v: '{% $states.context.Map.Item.Value %}' } }), [7]);
  expect(selected.output).toEqual([{ v: 7 }]);
  expect(seen.at(-1)!.states).toHaveProperty('input', [7]);
});

test('what fails after the branches is the state’s own', () => {
  const branch = { StartAt: 'X', States: { X: { Type: 'Pass', End: true } } };
  const parallel = { Type: 'Parallel', Branches: [branch], Output: '{% $no %}', End: true };
  expect(tail(run({ S: parallel }), 6)).toEqual([
    '6<-5 ParallelStateSucceeded',
    '7<-5 EvaluationFailed',
    '8<-7 ExecutionFailed',
  ]);
});

test('a Task that fails in an evaluation is not aborted; outside it is a failed task', () => {
  const bad = { Type: 'Task', Resource: INVOKE, Arguments: '{% $no %}', End: true };
  const branch = { StartAt: 'X', States: { X: bad } };
  const Catch = [{ ErrorEquals: ['States.TaskFailed'], Next: 'C' }];
  const one = run({
    S: { Type: 'Parallel', Branches: [branch], Catch, End: true },
    C: { Type: 'Succeed' },
  });
  expect(tail(one, 4).slice(0, 4)).toEqual([
    '4<-3 TaskStateEntered',
    '5<-3 EvaluationFailed',
    '6<-5 ParallelStateFailed',
    '7<-6 ParallelStateExited',
  ]);
});

test('the token of a task can be seen until its state is left', () => {
  const token = '{% $states.context.Task.Token %}';
  const one = run({
    S: { Type: 'Task', Resource: CALLBACK, Arguments: { token }, Output: { token }, End: true },
  });
  const given = JSON.parse(one.last.details!.parameters as string) as Json;
  one.succeed(1);
  expect(one.output).toEqual(given);
});

test('an ItemSelector that fails stops the iterations that run', () => {
  const one = run(
    {
      S: {
        Type: 'Map',
        ItemSelector: '{% $states.context.Map.Item.Value.ok %}',
        ItemProcessor: {
          StartAt: 'X',
          States: { X: { Type: 'Task', Resource: INVOKE, End: true } },
        },
        Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'C' }],
        End: true,
      },
      C: { Type: 'Succeed' },
    },
    [{ ok: 1 }, {}],
  );
  expect(tail(one, 7)).toEqual([
    '7<-3 EvaluationFailed',
    '8<-7 MapIterationAborted',
    '9<-7 TaskStateAborted',
    '10<-7 MapStateFailed',
    '11<-10 MapStateExited',
    '12<-11 SucceedStateEntered',
    '13<-12 SucceedStateExited',
    '14<-13 ExecutionSucceeded',
  ]);
  expect(one.attempts()).toEqual([]);
});

test('an error inside an iteration, and Fail with expressions', () => {
  const inner = { StartAt: 'X', States: { X: { Type: 'Pass', Output: '{% $no %}', End: true } } };
  const one = run({ S: { Type: 'Map', ItemProcessor: inner, End: true } }, [1]);
  expect(tail(one, 4)).toEqual([
    '4<-3 MapIterationStarted',
    '5<-4 PassStateEntered',
    '6<-4 EvaluationFailed',
    '7<-6 MapIterationFailed',
    '8<-6 MapStateFailed',
    '9<-8 ExecutionFailed',
  ]);
  const fail = run({ S: { Type: 'Fail', Error: '{% $states.input.e %}', Cause: 'c' } }, { e: 'E' });
  expect(fail.last.details).toEqual({ error: 'E', cause: 'c' });
});

test('errors that are not the language’s leave decide as they are', () => {
  const broken = new TestExecution(machine({ S: { Type: 'Pass', Output: '{% 1 %}', End: true } }), {
    evaluate: () => {
      throw new TypeError('worker gone');
    },
  });
  expect(() => broken.start()).toThrow('worker gone');
});
