/** Requests that are refused before anything runs. */
import { describe, expect, test } from 'vitest';
import { debug, INVOKE, mocked, ROLE, refusal } from './testing.ts';

const PASS = { Type: 'Pass', End: true } as const;
const TASK = { Type: 'Task', Resource: INVOKE, End: true } as const;
const flow = { StartAt: 'X', States: { X: PASS } };
const MAP = { Type: 'Map', ItemProcessor: flow, End: true } as const;
const other = { StartAt: 'Y', States: { Y: PASS } };
const PARALLEL = { Type: 'Parallel', Branches: [flow, other], End: true } as const;
const invalid = (what: string): string =>
  `InvalidDefinition: Invalid State Machine Definition: '${what}'`;

describe('definitions', () => {
  test('what a state refers to need not exist; what is in it must', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Z' }];
    expect(await refusal({ ...TASK, Catch, Next: 'Y', End: false }, { mock: mocked({}) })).toBe(
      'accepted',
    );
    const choice = {
      Type: 'Choice',
      Choices: [{ Variable: '$', IsNull: false, Next: 'N' }],
      Default: 'D',
    };
    expect(await refusal(choice)).toBe('accepted');
    const states = { X: { ...PASS, End: undefined, Next: 'Gone' } };
    const broken = { ...PARALLEL, Branches: [{ StartAt: 'X', States: states }] };
    expect(await refusal(broken, { mock: { result: '[1]' } })).toBe(
      invalid(
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: Gone at " +
          '/States/StateName/Branches[0]/States/X/Next',
      ),
    );
  });

  test('diagnostics name a tested state, and others by their own name', async () => {
    expect(await refusal({ Type: 'Nope' })).toMatch(/ at \/States\/StateName\/Type'$/);
    const machine = { StartAt: 'A', States: { A: { Type: 'Nope' }, B: { Type: 'Succeed' } } };
    expect(await refusal(machine, { stateName: 'B' })).toMatch(/ at \/States\/A\/Type, /);
    expect(await refusal('nothing')).toMatch(/^InvalidDefinition: .*INVALID_JSON_DESCRIPTION/);
    expect(await refusal('[]')).toMatch(/Definition must be a valid JSON object at null'$/);
  });

  test('a name that no state has', async () => {
    expect(await refusal(flow, { stateName: 'Z' })).toBe(
      'ValidationException: State not found in definition',
    );
  });
});

describe('mocks', () => {
  const unsupported =
    'InvalidDefinition: TestState API does not support Map or Parallel states. ' +
    'Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]';

  test('states that need one and states that take none', async () => {
    expect(await refusal(MAP)).toBe(unsupported);
    expect(await refusal(PARALLEL)).toBe(unsupported);
    const callback = { ...TASK, Resource: `${INVOKE}.waitForTaskToken` };
    expect(await refusal(callback, { roleArn: ROLE })).toMatch(/^InvalidDefinition: /);
    const activity = 'arn:aws:states:us-east-1:000000000000:activity:a';
    expect(await refusal({ ...TASK, Resource: activity })).toMatch(/^InvalidDefinition: /);
    for (const Type of ['Pass', 'Wait']) {
      const state = { ...PASS, Type, ...(Type === 'Wait' && { Seconds: 1 }) };
      expect(await refusal(state, { mock: { errorOutput: {} } })).toBe(
        `ValidationException: State type '${Type}' is not supported when a mock is specified`,
      );
    }
  });

  test('either a result or an error', async () => {
    const expected =
      'ValidationException: A test mock should have only one of the following fields: ' +
      '[result, errorOutput].';
    expect(await refusal(TASK, { mock: {} })).toBe(expected);
    expect(await refusal(TASK, { mock: { result: '{}', errorOutput: {} } })).toBe(expected);
  });

  test('results that cannot be', async () => {
    const of = (state: object, result: string, mode?: 'NONE') =>
      refusal(state, { input: '[]', mock: { result, fieldValidationMode: mode } });
    expect(await of(TASK, '{', 'NONE')).toBe(
      'ValidationException: Mocked result must be valid JSON',
    );
    const array = 'ValidationException: Mocked result must be an array.';
    expect(await of(MAP, '{}')).toBe(array);
    expect(await of(PARALLEL, '{}', 'NONE')).toBe(array);
    expect(await of(PARALLEL, '[1]')).toBe(
      'ValidationException: Mocked result must contain the same number of items as number of ' +
        'Parallel branches.',
    );
    const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' };
    const distributed = { ...MAP, ItemProcessor: { ...flow, ProcessorConfig } };
    const Resource = 'arn:aws:states:::s3:putObject';
    const ResultWriter = { Resource, Parameters: { Bucket: 'b' } };
    expect(await of({ ...distributed, ResultWriter }, '[]')).toBe(
      'ValidationException: Mocked result must be a JSON object.',
    );
    expect(await of({ ...distributed, ResultWriter }, '{}')).toBe('accepted');
    const shaped = { WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSON' } };
    expect(await of({ ...distributed, ResultWriter: shaped }, '[]')).toBe('accepted');
  });

  test('secrets, and configuration that only mocks have', async () => {
    expect(await refusal(TASK, { mock: mocked({}), revealSecrets: true })).toBe(
      'ValidationException: TestState does not support RevealSecrets when a mock is specified.',
    );
    expect(await refusal(MAP, { stateConfiguration: { mapIterationFailureCount: 0 } })).toBe(
      'ValidationException: TestState does not support MapIterationFailureCount when a mock is ' +
        'not specified.',
    );
    const many = { mapIterationFailureCount: 3 };
    const mock = { result: '[1]' };
    expect(await refusal(MAP, { input: '[1,2]', mock, stateConfiguration: many })).toBe(
      'ValidationException: Map iteration failure count must be less than or equal to the number ' +
        'of Map iterations',
    );
  });
});

describe('everything else', () => {
  test('roles', async () => {
    expect(await refusal(TASK)).toBe(
      'ValidationException: RoleArn must be specified when testing a Task state',
    );
    expect(await refusal(PASS, { roleArn: 'r' })).toBe("InvalidArn: Invalid Role Arn: 'r'");
  });

  test('input and variables', async () => {
    expect(await refusal(PASS, { input: '{' })).toMatch(/^InvalidExecutionInput: /);
    expect(await refusal(PASS, { input: '' })).toMatch(/^InvalidExecutionInput: /);
    expect(await refusal(PASS, { ...debug({}), variables: '[]' })).toMatch(
      /^ValidationException: /,
    );
  });

  test('context objects', async () => {
    const of = async (context: object | string, state: object = TASK) => {
      const text = typeof context === 'string' ? context : JSON.stringify(context);
      const answer = await refusal(state, { mock: mocked({}), context: text });
      return answer.replace('ValidationException: Invalid Context object provided: ', '');
    };
    expect(await of({ Execution: { Id: 1 } })).toBe('Execution.Id must be a string');
    expect(await of({ State: { RetryCount: '1' } })).toBe('State.RetryCount must be a number');
    expect(await of({ Map: {} })).toBe(
      "'Map' field is not supported when mocking a Context object",
    );
    expect(await of({ Other: {} })).toBe("Field 'Other' is not allowed");
    expect(await of({ Execution: { toString: 1 } })).toBe(
      "Field 'Execution.toString' is not allowed",
    );
    expect(await of('[')).toBe('Context must be a JSON object');
    const task = { Task: { Token: 't' } };
    expect(await of(task)).toBe(
      "Context object contains 'Task' when state is not a Task state with a '.sync' or " +
        "'.waitForTaskToken' service integration pattern",
    );
    expect(await of(task, { ...TASK, Resource: `${INVOKE}.waitForTaskToken` })).toBe('accepted');
    expect(await of({ Execution: { Input: null } })).toBe('accepted');
    expect(await refusal(PASS, { context: '{}' })).toMatch(/^ValidationException: /);
  });
});
