/** The data flow of tested states, as inspectionData shows it. */
import { describe, expect, test } from 'vitest';
import { Bench, debug, INVOKE, mocked, ROLE, testState } from './testing.ts';

const TASK = { Type: 'Task', Resource: INVOKE, End: true } as const;

describe('data flow', () => {
  test('INFO shows nothing but the outcome', async () => {
    expect(await testState({ Type: 'Pass', Next: 'B' }, { input: '{"a": [1, 2]}' })).toEqual({
      status: 'SUCCEEDED',
      output: '{"a": [1, 2]}',
      nextState: 'B',
    });
  });

  test('Pass: every stage, a template in recorded order', async () => {
    const state = {
      Type: 'Pass',
      InputPath: '$.a',
      Parameters: { 'v.$': '$.b', c: 1 },
      ResultPath: '$.r',
      OutputPath: '$.r',
      End: true,
    };
    const { output, nextState, inspectionData } = await testState(state, debug({ a: { b: 2 } }));
    expect(output).toBe('{"c":1,"v":2}');
    expect(nextState).toBeUndefined();
    expect(inspectionData).toEqual({
      input: '{"a":{"b":2}}',
      afterInputPath: '{"b":2}',
      afterParameters: '{"c":1,"v":2}',
      afterResultSelector: '{"c":1,"v":2}',
      afterResultPath: '{"a":{"b":2},"r":{"c":1,"v":2}}',
    });
  });

  test('Pass with a Result shows the result and not what it hides', async () => {
    const state = { Type: 'Pass', Result: [1], ResultPath: null, End: true };
    expect((await testState(state, debug({ a: 1 }))).inspectionData).toEqual({
      input: '{"a":1}',
      result: '[1]',
      afterResultSelector: '[1]',
      afterResultPath: '{"a":1}',
    });
  });

  test('a stage that fails is the last one shown; causes do not name the state', async () => {
    const state = { Type: 'Pass', Parameters: { 'v.$': '$.no' }, End: true };
    const { error, cause, inspectionData } = await testState(state, debug({ a: 1 }));
    expect(error).toBe('States.Runtime');
    expect(cause).toMatch(/^The JSONPath '\$\.no' specified for the field 'v\.\$'/);
    expect(inspectionData).toEqual({ input: '{"a":1}', afterInputPath: '{"a":1}' });
    const path = { Type: 'Succeed', InputPath: '$.no' };
    expect((await testState(path, debug({ a: 1 }))).inspectionData).toEqual({ input: '{"a":1}' });
    const timestamp = { Type: 'Wait', QueryLanguage: 'JSONata', Timestamp: "{% 'x' %}", End: true };
    expect((await testState(timestamp)).cause).toBe(
      'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format ' +
        'string: x',
    );
  });

  test('JSONPath Task with a mock', async () => {
    const state = {
      ...TASK,
      Parameters: { FunctionName: 'f', 'Payload.$': '$' },
      ResultSelector: { 'p.$': '$.Payload' },
      ResultPath: '$.r',
    };
    const mock = { result: '{ "Payload": 1 }' };
    const { output, inspectionData } = await testState(state, { ...debug({ a: 1 }), mock });
    expect(output).toBe('{"a":1,"r":{"p":1}}');
    expect(inspectionData).toEqual({
      input: '{"a":1}',
      afterInputPath: '{"a":1}',
      afterParameters: '{"FunctionName":"f","Payload":{"a":1}}',
      result: '{ "Payload": 1 }',
      afterResultSelector: '{"p":1}',
      afterResultPath: '{"a":1,"r":{"p":1}}',
    });
  });

  test('JSONata: a Task shows arguments and result, other states their input', async () => {
    const language = { QueryLanguage: 'JSONata' } as const;
    const task = { ...TASK, ...language, Arguments: { FunctionName: '{% $states.input.f %}' } };
    const mock = mocked({ Payload: 1 });
    const { output, inspectionData } = await testState(
      { ...task, Output: '{% $states.result.Payload %}' },
      { ...debug({ f: 'f' }), mock },
    );
    expect(output).toBe('1');
    expect(inspectionData).toEqual({
      input: '{"f":"f"}',
      afterArguments: '{"FunctionName":"f"}',
      result: '{"Payload":1}',
    });
    const choice = {
      Type: 'Choice',
      ...language,
      Choices: [{ Condition: '{% $states.input.f = "f" %}', Next: 'B', Output: 7 }],
    };
    expect(await testState(choice, debug({ f: 'f' }))).toEqual({
      status: 'SUCCEEDED',
      output: '7',
      nextState: 'B',
      inspectionData: { input: '{"f":"f"}' },
    });
  });

  test('Parallel: from the result on', async () => {
    const branch = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Succeed' } } });
    const Branches = [branch('X'), branch('Y')];
    const state = { Type: 'Parallel', Branches, ResultPath: '$.r', End: true };
    const mock = { result: '[1, {"b": 2}]' };
    expect((await testState(state, { ...debug({ a: 1 }), mock })).inspectionData).toEqual({
      input: '{"a":1}',
      afterResultSelector: '[1, {"b": 2}]',
      afterResultPath: '{"a":1,"r":[1,{"b":2}]}',
    });
  });

  test('Choice and Fail', async () => {
    const choice = { Type: 'Choice', Choices: [{ Variable: '$.n', IsPresent: true, Next: 'B' }] };
    expect((await testState(choice, debug({ n: 1 }))).nextState).toBe('B');
    expect(await testState(choice, debug({ m: 1 }))).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'Failed to transition out of the state. The state does not point to a next state.',
      inspectionData: { input: '{"m":1}', afterInputPath: '{"m":1}' },
    });
    expect(await testState({ Type: 'Fail', Cause: 'c' })).toEqual({ status: 'FAILED', cause: 'c' });
  });

  test('variables: as given, and with what the state assigns', async () => {
    const variables = '{"x": 1}';
    const pass = { Type: 'Pass', Parameters: { 'v.$': '$x' }, End: true };
    const given = await testState(pass, { ...debug({}), variables });
    expect(given.output).toBe('{"v":1}');
    expect(given.inspectionData!.variables).toBe('{"x": 1}');
    const assigning = { ...pass, Assign: { 'y.$': '$x' } };
    const assigned = await testState(assigning, { ...debug({}), variables });
    expect(assigned.inspectionData!.variables).toBe('{"x":1,"y":1}');
    const none = await testState({ Type: 'Succeed' }, { ...debug({}), variables: '{}' });
    expect(none.inspectionData).not.toHaveProperty('variables');
  });
});

describe('the context object', () => {
  test('by default an Express execution without a role', async () => {
    const { output } = await testState({ ...TASK, ResultSelector: { 'c.$': '$$' } }, {
      input: '{"a":1}',
      mock: mocked({}),
    } as const);
    const machine = '00000000-0000-4000-8000-000000000002';
    const name = '00000000-0000-4000-8000-000000000001';
    const arn = 'arn:aws:states:us-east-1:000000000000';
    expect(JSON.parse(output!)).toEqual({
      c: {
        Execution: {
          Id: `${arn}:express:${machine}:${name}`,
          Input: { a: 1 },
          Name: name,
          RoleArn: null,
          StartTime: '1970-01-01T00:16:40Z',
        },
        StateMachine: { Id: `${arn}:stateMachine:${machine}`, Name: machine },
        State: { Name: 'StateName', EnteredTime: '1970-01-01T00:16:40Z', RetryCount: 0 },
      },
    });
  });

  test('one that is given replaces all of it', async () => {
    const state = { ...TASK, ResultSelector: { 'c.$': '$$' } };
    const given = { mock: mocked({}), context: '{"State": {"Name": "X"}}' };
    expect((await testState(state, given)).output).toBe('{"c":{"State":{"Name":"X"}}}');
    expect((await testState(state, { ...given, context: '{}' })).output).toBe('{"c":{}}');
  });

  test('a task that waits for a token has one', async () => {
    const state = {
      Type: 'Task',
      Resource: `${INVOKE}.waitForTaskToken`,
      Parameters: { FunctionName: 'f', Payload: { 'token.$': '$$.Task.Token' } },
      End: true,
    };
    const { inspectionData } = await testState(state, { ...debug({}), mock: mocked([]) });
    expect(JSON.parse(inspectionData!.afterParameters!).Payload.token).toMatch(/^AQ/);
  });
});

describe('a state of a whole machine', () => {
  const inner = {
    StartAt: 'Inner',
    States: { Inner: { Type: 'Pass', Parameters: { 'n.$': '$$.State.Name' }, End: true } },
  };
  const machine = {
    StartAt: 'A',
    States: {
      A: { Type: 'Map', ItemProcessor: inner, Next: 'B' },
      B: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'C', States: { C: { Type: 'Succeed' } } }],
        End: true,
      },
    },
  };

  test('is found at any depth and has the name of a tested state', async () => {
    expect((await testState(machine, { stateName: 'Inner' })).output).toBe('{"n":"StateName"}');
    expect((await testState(machine, { stateName: 'C' })).status).toBe('SUCCEEDED');
    const mock = { result: '[1]' };
    const found = await testState(machine, { stateName: 'A', input: '[0]', mock });
    expect(found).toEqual({ status: 'SUCCEEDED', output: '[1]', nextState: 'B' });
  });

  test('has the language of the machine', async () => {
    const jsonata = {
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: { A: { Type: 'Pass', Output: '{% 1 + 1 %}', End: true } },
    };
    expect((await testState(jsonata, { stateName: 'A' })).output).toBe('2');
  });
});

describe('time', () => {
  test('a Wait is waited for', async () => {
    const bench = new Bench();
    const answer = bench.test({ Type: 'Wait', Seconds: 20, Next: 'B' }, debug({ a: 1 }));
    await bench.ring();
    expect(await answer).toEqual({
      status: 'SUCCEEDED',
      output: '{"a":1}',
      nextState: 'B',
      inspectionData: { input: '{"a":1}', afterInputPath: '{"a":1}' },
    });
    expect(bench.clock.now()).toBe(1_020_000);
  });

  test('a test ends after five minutes', async () => {
    const bench = new Bench();
    const answer = bench.test({ Type: 'Wait', Seconds: 301, End: true }, { roleArn: ROLE });
    await bench.ring();
    expect(await answer).toEqual({ status: 'FAILED', error: 'States.Timeout' });
    expect(bench.clock.now()).toBe(1_300_000);
  });
});
