/** What emulators of Step Functions commonly get wrong: the data that flows through states. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  catchAll,
  causeIn,
  failing,
  jsonata,
  one,
  sequence,
  Workbench,
} from '../support/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

const expression = (source: unknown, input: unknown = {}) =>
  bench.express(jsonata({ S: { Type: 'Pass', Output: source } }), input);
const intrinsic = async (call: string, input: unknown = {}) =>
  (await bench.pass({ Parameters: { 'x.$': call } }, input)).x;

describe('paths and templates', () => {
  it('a template path that leads nowhere ends the execution, past every catcher', async () => {
    const branch = one({ Type: 'Pass', Parameters: { 'value.$': '$.x' } });
    const state = { Type: 'Parallel', Branches: [branch], Catch: [catchAll('Saved')] };
    const told = await bench.run(
      sequence({
        P: { ...state, Retry: [{ ErrorEquals: ['States.ALL'] }] },
        Saved: { Type: 'Succeed' },
      }),
      { a: 1 },
    );
    expect(told).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(told.cause).toBe(
      `${causeIn('S', 4)}The JSONPath '$.x' specified for the field 'value.$' could not be found ` +
        `in the input '{"a":1}'`,
    );
  });

  it('template results have constants first, then paths in hash order', async () => {
    const Parameters = { 'name.$': '$.a', 'total.$': '$.a', 'id.$': '$.a', z: 1 };
    const told = await bench.run(one({ Type: 'Pass', Parameters }), { a: 0 });
    const { output } = await bench.describe(told.executionArn);
    expect(output).toBe('{"z":1,"total":0,"name":0,"id":0}');
  });

  it('a Result keeps keys that end in .$ as they are', async () => {
    const Result = { 'a.$': '$.b', c: [{ 'd.$': 'States.UUID()' }] };
    expect(await bench.pass({ Result })).toEqual(Result);
  });

  it('null paths: no input, no result, no output', async () => {
    const input = { a: 1 };
    expect(await bench.pass({ InputPath: null }, input)).toEqual({});
    expect(await bench.pass({ Result: 5, ResultPath: null }, input)).toEqual(input);
    expect(await bench.pass({ OutputPath: null }, input)).toEqual({});
  });

  it('ResultPath writes into the raw input, makes objects, and fails on what is none', async () => {
    const input = { a: { b: 1 }, c: 2 };
    expect(await bench.pass({ InputPath: '$.a', Result: 5, ResultPath: '$.n.m' }, input)).toEqual({
      ...input,
      n: { m: 5 },
    });
    expect(await bench.pass({ Result: 5, ResultPath: '$.x' }, 'scalar')).toMatchObject({
      error: 'States.ResultPathMatchFailure',
    });
  });

  it('what is caught goes into the raw input of the state', async () => {
    const state = { ...failing('Mine'), Parameters: { only: 'this' } };
    const Catch = [{ ErrorEquals: ['Mine'], Next: 'Saved', ResultPath: '$.error' }];
    const saved = { Type: 'Pass' };
    const output = await bench.express(sequence({ P: { ...state, Catch }, Saved: saved }), {
      a: 1,
    });
    expect(output).toEqual({ a: 1, error: { Error: 'Mine', Cause: 'why' } });
  });

  it('a payload is measured in UTF-8 bytes', async () => {
    const half = 'é'.repeat(100_000);
    const told = await bench.express(
      one({ Type: 'Pass', Parameters: { 'x.$': "States.Format('{}{}', $.a, $.a)" } }),
      { a: 'é'.repeat(70_000) },
    );
    expect(told).toEqual({
      error: 'States.DataLimitExceeded',
      cause:
        "The state/task 'S' returned a result with a size exceeding the maximum number of bytes " +
        'service limit.',
    });
    expect(await bench.pass({}, half)).toBe(half);
    const stateMachineArn = await bench.machine(one({ Type: 'Pass' }));
    const started = await bench.raw('StartExecution', {
      stateMachineArn,
      input: JSON.stringify('é'.repeat(131_072)),
    });
    expect(started).toMatchObject({ status: 400, body: { __type: 'ValidationException' } });
  });

  it('intrinsic functions have the results of the Java runtime', async () => {
    expect(await intrinsic("States.Format('{}', $)", { Arg1: 1, Arg2: [] })).toBe(
      '{Arg1=1, Arg2=[]}',
    );
    expect(await intrinsic('States.StringToJson($)', ' ')).toBeNull();
    expect(await intrinsic("States.StringSplit('a,b;;c ,', ',;')")).toEqual(['a', 'b', 'c ']);
    expect(await intrinsic('States.MathAdd(1.5, 1.51)')).toBe(4);
    expect(await intrinsic('States.MathAdd(-1.5, -1.51)')).toBe(-3);
    expect(await intrinsic('States.MathAdd(1.49, -1.49)')).toBe(0);
  });
});

describe('expressions', () => {
  it('what is undefined fails the state, visibly, wherever it stands', async () => {
    const told = await bench.run(
      jsonata({ S: { Type: 'Pass', Output: { result: '{% $nope %}' } } }),
    );
    expect(told.chain).toEqual([
      '1<-0 ExecutionStarted',
      '2<-0 PassStateEntered',
      '3<-0 EvaluationFailed',
      '4<-3 ExecutionFailed',
    ]);
    expect(told.events[2]!.evaluationFailedEventDetails).toEqual({
      error: 'States.QueryEvaluationError',
      cause:
        `${causeIn('S')}The JSONata expression '$nope' specified for the field 'Output/result' ` +
        'returned nothing (undefined).',
      location: 'Output/result',
      state: 'S',
    });
    expect(told.cause).toBe(told.events[2]!.evaluationFailedEventDetails!.cause);
  });

  it('states inside a Map or Parallel have the language of the machine', async () => {
    const inner = {
      StartAt: 'I',
      States: { I: { Type: 'Pass', Parameters: { 'a.$': '$.b' }, End: true } },
    };
    const parent = { Type: 'Parallel', QueryLanguage: 'JSONata', Branches: [inner] };
    expect(await bench.express(sequence({ P: parent }), { b: 1 })).toEqual([{ a: 1 }]);
    const wrong = { ...inner, States: { I: { Type: 'Pass', Output: 1, End: true } } };
    await expect(
      bench.machine(sequence({ P: { ...parent, Branches: [wrong] } })),
    ).rejects.toMatchObject({ name: 'InvalidDefinition' });
  });

  it('only a text that is all expression is one, and keys are what they are', async () => {
    expect(await expression(' {% 1 %}')).toBe(' {% 1 %}');
    expect(await expression('{% 1 %} ')).toBe('{% 1 %} ');
    expect(await expression({ 'a.$': '$.b', c: '{% 1 + 1 %}' })).toEqual({ 'a.$': '$.b', c: 2 });
  });

  it('a sequence of one is that one', async () => {
    expect(await expression('{% $range(1, 9, 9) %}')).toBe(1);
    expect(await expression('{% [$range(1, 9, 9)] %}')).toEqual([1]);
    expect(await expression('{% $states.input.a[b=1] %}', { a: [{ b: 1 }, { b: 2 }] })).toEqual({
      b: 1,
    });
  });
});

describe('variables', () => {
  it('all of one Assign see what was there before', async () => {
    const output = await bench.express(
      sequence({
        Set: { Type: 'Pass', Assign: { a: 1, b: 2 } },
        Swap: { Type: 'Pass', Assign: { 'a.$': '$b', 'b.$': '$a' } },
        Read: { Type: 'Pass', Parameters: { 'a.$': '$a', 'b.$': '$b' } },
      }),
    );
    expect(output).toEqual({ a: 2, b: 1 });
  });

  it('an inner scope reads outer names, may not take them, and keeps its own', async () => {
    const map = (Assign: object): object => ({
      Type: 'Map',
      ItemProcessor: sequence({
        In: { Type: 'Pass', Assign },
        Out: { Type: 'Pass', Parameters: { 'outer.$': '$outer', 'own.$': '$own' } },
      }),
    });
    const set = { Type: 'Pass', Assign: { outer: 1 } };
    const good = sequence({ Set: set, M: map({ 'own.$': '$' }) });
    expect(await bench.express(good, [5, 6])).toEqual([
      { outer: 1, own: 5 },
      { outer: 1, own: 6 },
    ]);
    await expect(
      bench.machine(sequence({ Set: set, M: map({ outer: 2, own: 1 }) })),
    ).rejects.toMatchObject({ name: 'InvalidDefinition' });
    const leaking = sequence({
      Set: set,
      M: map({ own: 1 }),
      After: { Type: 'Pass', Parameters: { 'x.$': '$own' } },
    });
    expect(await bench.express(leaking, [5])).toMatchObject({ error: 'States.Runtime' });
  });

  it('the children of a distributed Map see none', async () => {
    const machine = sequence({
      Set: { Type: 'Pass', Assign: { outer: 1 } },
      M: {
        Type: 'Map',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          ...sequence({ In: { Type: 'Pass', Parameters: { 'x.$': '$outer' } } }),
        },
      },
    });
    const refused = bench.run(machine, [1]).then(
      ({ status }) => status,
      (error: Error) => error.name,
    );
    expect(['FAILED', 'InvalidDefinition']).toContain(await refused);
  });
});

describe('the context object', () => {
  it('counts retries in tasks, and redrives in executions that have them', async () => {
    const definition = one({ Type: 'Pass', Parameters: { 'c.$': '$$' } });
    const standard = (await bench.run(definition)).output.c;
    expect(standard.Execution).toMatchObject({ RedriveCount: 0, Input: {} });
    expect(standard.State).not.toHaveProperty('RetryCount');
    const express = (await bench.express(definition)).c;
    expect(express.Execution).not.toHaveProperty('RedriveCount');
    expect(express.Execution.Id).toMatch(/:express:made-\d+:[^:]+:[0-9a-f-]{36}$/);
    const retried = {
      Type: 'Parallel',
      Parameters: { 'count.$': '$$.State.RetryCount' },
      Branches: [
        sequence({
          C: {
            Type: 'Choice',
            Choices: [{ Variable: '$.count', NumericEquals: 2, Next: 'Ok' }],
            Default: 'No',
          },
          Ok: { Type: 'Pass', End: true },
          No: { Type: 'Fail', Error: 'Mine' },
        }),
      ],
      Retry: [{ ErrorEquals: ['Mine'] }],
    };
    expect(await bench.express(one(retried))).toEqual([{ count: 2 }]);
  });

  it('shows what item a Map is at, and for a distributed one its key and source', async () => {
    const map = (items: unknown, ProcessorConfig?: object) =>
      bench.run(
        one({
          Type: 'Map',
          ItemSelector: { 'item.$': '$$.Map.Item' },
          ItemProcessor: {
            ProcessorConfig,
            ...sequence({ I: { Type: 'Pass', OutputPath: '$.item' } }),
          },
        }),
        items,
      );
    expect((await map(['x'])).output).toEqual([{ Index: 0, Value: 'x' }]);
    const distributed = { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' };
    expect((await map({ k: 'v' }, distributed)).output).toEqual([
      { Index: 0, Key: 'k', Value: 'v', Source: 'STATE_DATA' },
    ]);
  });
});
