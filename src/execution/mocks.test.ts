import { describe, expect, it } from 'vitest';
import { MockConfig, MockConfigError, splitTestCase } from './mocks.ts';
import { ACTIVITY, LAMBDA, plainState, TestExecution } from './testing.ts';

const CONFIG = {
  StateMachines: {
    M: {
      TestCases: {
        Happy: { A: 'Ok' },
        Retry: { A: 'FailsTwice' },
        Dangling: { A: 'Nowhere' },
        Empty: { A: 'Nothing' },
      },
    },
  },
  MockedResponses: {
    Ok: { '0': { Return: { StatusCode: 200 } } },
    FailsTwice: {
      '0': { Throw: { Error: 'Lambda.ResourceNotReadyException', Cause: 'not ready' } },
      '1-2': { Throw: { Error: 'Lambda.TimeoutException' } },
      '3': { Return: [1] },
    },
    Nothing: {},
  },
};

describe('MockConfig', () => {
  const config = new MockConfig(CONFIG);

  it('answers single attempts and ranges', () => {
    const answers = [0, 1, 2, 3, 4].map((one) => config.answer('M', 'Retry', 'A', one));
    expect(answers).toEqual([
      { type: 'Throw', error: 'Lambda.ResourceNotReadyException', cause: 'not ready' },
      { type: 'Throw', error: 'Lambda.TimeoutException' },
      { type: 'Throw', error: 'Lambda.TimeoutException' },
      { type: 'Return', value: [1] },
      undefined,
    ]);
    expect(config.mocks('M', 'Retry', 'A')).toBe(true);
    expect(config.mocks('M', 'Retry', 'B')).toBe(false);
  });

  it.each([
    ['Other', 'Happy', "no test cases for the state machine 'Other'; it has some for 'M'"],
    ['M', 'Sad', "no test case 'Sad' in the mock configuration; it has 'Happy', 'Retry'"],
    ['M', 'Dangling', "answers the state 'A' with 'Nowhere', which MockedResponses does not have"],
  ])('refuses %s#%s', (machine, testCase, message) => {
    expect(() => config.check(machine, testCase)).toThrow(message);
  });

  it('lets what no state may ever ask for be empty', () => {
    expect(() => config.check('M', 'Empty')).not.toThrow();
    expect(config.answer('M', 'Empty', 'A', 0)).toBeUndefined();
  });

  const response = (one: unknown) => ({ StateMachines: {}, MockedResponses: { R: one } });
  it.each([
    [[], 'The mock configuration must be a JSON object.'],
    [{}, 'StateMachines must be a JSON object.'],
    [{ StateMachines: { M: {} } }, 'StateMachines.M.TestCases must be a JSON object.'],
    [{ StateMachines: { M: { TestCases: { T: { A: 1 } } } } }, 'T.A must be the name'],
    [response({ first: { Return: 1 } }), 'MockedResponses.R["first"]: the key must be the number'],
    [response({ '2-1': { Return: 1 } }), 'MockedResponses.R["2-1"]: the key must be the number'],
    [response({ '0-1': { Return: 1 }, '1': { Return: 1 } }), 'overlaps with another answer'],
    [response({ '0': {} }), 'must have either Return or Throw'],
    [response({ '0': { Return: 1, Throw: { Error: 'E' } } }), 'must have either Return or Throw'],
    [response({ '0': { Throw: { Cause: 'c' } } }), 'Throw.Error must be a text'],
    [response({ '0': { Throw: { Error: 'E', Cause: 1 } } }), 'Throw.Cause must be a text'],
  ])('refuses %j', (document, message) => {
    expect(() => new MockConfig(document as never)).toThrow(MockConfigError);
    expect(() => new MockConfig(document as never)).toThrow(message);
  });

  it('takes the test case from the ARN', () => {
    expect(splitTestCase('arn:m')).toEqual({ arn: 'arn:m' });
    expect(splitTestCase('arn:m#')).toEqual({ arn: 'arn:m' });
    expect(splitTestCase('arn:m:PROD#A b')).toEqual({ arn: 'arn:m:PROD', testCase: 'A b' });
  });
});

describe('the numbers of mocked attempts', () => {
  const task = { Type: 'Task', Resource: LAMBDA };
  const mocked = (definition: object, states: readonly string[]) =>
    new TestExecution(definition, {
      facts: { testCase: 'T' },
      mocked: (_facts, state) => states.includes(state),
    });
  const orders = (run: TestExecution) =>
    run.records
      .filter(({ type }) => type.endsWith('Scheduled'))
      .map(({ hidden }) => [hidden?.stateName, hidden?.mock]);

  it('go on through retries, loops and iterations, state by state', () => {
    const run = mocked(
      {
        StartAt: 'Each',
        States: {
          Each: {
            Type: 'Map',
            MaxConcurrency: 1,
            ItemProcessor: {
              StartAt: 'A',
              States: {
                A: { ...task, Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 1 }], Next: 'B' },
                B: { ...task, End: true },
              },
            },
            End: true,
          },
        },
      },
      ['A'],
    ).start([1, 2]);
    run.failed('E', 'c').tick();
    for (let i = 0; i < 4; i++) run.succeed({});
    expect(run.state.status).toBe('SUCCEEDED');
    expect(orders(run)).toEqual([
      ['A', 0],
      ['A', 1],
      ['B', undefined],
      ['A', 2],
      ['B', undefined],
    ]);
    expect(plainState(run.folded())).toEqual(plainState(run.state));
  });

  it('belong to activities too, even to ones that do not exist', () => {
    const definition = {
      StartAt: 'A',
      States: { A: { Type: 'Task', Resource: ACTIVITY, End: true } },
    };
    const options = { facts: { testCase: 'T' }, activityExists: () => false };
    const known = new TestExecution(definition, { ...options, mocked: () => true }).start({});
    expect(orders(known)).toEqual([['A', 0]]);
    const unknown = new TestExecution(definition, options).start({});
    expect(unknown.state.status).toBe('FAILED');
  });
});
