/** What Retry and Catch make of errors, and the tolerance of Maps. */
import { describe, expect, test } from 'vitest';
import { debug, INVOKE, mocked, testState } from './testing.ts';

const TASK = { Type: 'Task', Resource: INVOKE, End: true } as const;

const failing = (error: string, cause?: string) => ({
  mock: { errorOutput: { error, ...(cause !== undefined && { cause }) } },
});

describe('Retry', () => {
  const Retry = [
    { ErrorEquals: ['A'], MaxAttempts: 0 },
    {
      ErrorEquals: ['B'],
      IntervalSeconds: 3,
      BackoffRate: 2,
      MaxAttempts: 9,
      MaxDelaySeconds: 20,
      JitterStrategy: 'FULL',
    },
    { ErrorEquals: ['States.ALL'] },
  ];

  test('RETRIABLE with the interval before the next attempt, capped', async () => {
    const state = { ...TASK, Retry };
    const answer = (count: number) =>
      testState(state, {
        ...debug({ a: 1 }),
        ...failing('B', 'why'),
        stateConfiguration: { retrierRetryCount: count },
      });
    expect(await answer(2)).toEqual({
      status: 'RETRIABLE',
      error: 'B',
      cause: 'why',
      inspectionData: {
        input: '{"a":1}',
        afterInputPath: '{"a":1}',
        afterParameters: '{"a":1}',
        errorDetails: { retryIndex: 1, retryBackoffIntervalSeconds: 12 },
      },
    });
    expect((await answer(8)).inspectionData!.errorDetails).toEqual({
      retryIndex: 1,
      retryBackoffIntervalSeconds: 20,
    });
    const used = await answer(9);
    expect(used.status).toBe('FAILED');
    expect(used.inspectionData!.errorDetails).toEqual({ retryIndex: 1 });
  });

  test('the first retrier that matches decides', async () => {
    const answer = await testState({ ...TASK, Retry }, { ...debug({}), ...failing('A') });
    expect(answer.status).toBe('FAILED');
    expect(answer.inspectionData!.errorDetails).toEqual({ retryIndex: 0 });
  });

  test('what nothing matches has no details; runtime errors match nothing', async () => {
    const one = await testState({ ...TASK, Retry: [Retry[0]] }, { ...debug({}), ...failing('X') });
    expect(one.inspectionData).not.toHaveProperty('errorDetails');
    const runtime = { ...TASK, Retry, Parameters: { FunctionName: 'f', 'Payload.$': '$.no' } };
    const answer = await testState(runtime, { ...debug({}), mock: mocked({}) });
    expect(answer).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(answer.inspectionData).not.toHaveProperty('errorDetails');
  });

  test('a heartbeat matches a timeout, and no failed task', async () => {
    const heartbeat = failing('States.HeartbeatTimeout');
    const by = async (name: string) => {
      const state = { ...TASK, Retry: [{ ErrorEquals: [name] }] };
      return (await testState(state, heartbeat)).status;
    };
    expect(await by('States.Timeout')).toBe('RETRIABLE');
    expect(await by('States.HeartbeatTimeout')).toBe('RETRIABLE');
    expect(await by('States.TaskFailed')).toBe('FAILED');
  });
});

describe('Catch', () => {
  test('CAUGHT_ERROR with the output of the catcher', async () => {
    const Catch = [
      { ErrorEquals: ['X'], Next: 'B' },
      { ErrorEquals: ['States.TaskFailed'], Next: 'C', ResultPath: '$.e', Assign: { v: 1 } },
    ];
    const state = { ...TASK, Retry: [{ ErrorEquals: ['A'], MaxAttempts: 0 }], Catch };
    expect(await testState(state, { ...debug({ a: 1 }), ...failing('A', 'why') })).toEqual({
      status: 'CAUGHT_ERROR',
      error: 'A',
      cause: 'why',
      output: '{"a":1,"e":{"Error":"A","Cause":"why"}}',
      nextState: 'C',
      inspectionData: {
        input: '{"a":1}',
        afterInputPath: '{"a":1}',
        afterParameters: '{"a":1}',
        variables: '{"v":1}',
        errorDetails: { catchIndex: 1 },
      },
    });
  });

  test('errors of the language are caught, too, and those of the catcher are not', async () => {
    const state = {
      ...TASK,
      QueryLanguage: 'JSONata',
      Arguments: { FunctionName: '{% $states.input.no %}' },
      Catch: [
        { ErrorEquals: ['States.ALL'], Next: 'B', Output: '{% $states.errorOutput.Error %}' },
      ],
    };
    const answer = await testState(state, { ...debug({}), mock: mocked({}) });
    expect(answer).toMatchObject({
      status: 'CAUGHT_ERROR',
      error: 'States.QueryEvaluationError',
      output: '"States.QueryEvaluationError"',
    });
    expect(answer.inspectionData).toEqual({ input: '{}', errorDetails: { catchIndex: 0 } });
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'B', Output: '{% $states.input.no %}' }];
    const failed = await testState({ ...state, Catch }, failing('A'));
    expect(failed).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(failed.nextState).toBeUndefined();
  });
});

describe('Map', () => {
  const ItemProcessor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'X',
    States: { X: { Type: 'Pass', End: true } },
  };
  const MAP = { Type: 'Map', ItemsPath: '$.i', ItemProcessor, End: true } as const;
  const input = '{"i": [1, "]", {"k": [2]}]}';
  const run = (state: object, failed: number, more: object = {}) =>
    testState(state, {
      input,
      inspectionLevel: 'DEBUG',
      mock: { result: '[0, 1]' },
      stateConfiguration: { mapIterationFailureCount: failed },
      ...more,
    });

  test('items with their text, the limits, and no result', async () => {
    const state = { ...MAP, MaxConcurrency: 2, ToleratedFailurePercentagePath: '$.p' };
    const answer = await run(state, 0, { input: '{"i": [1, "]" ], "p": 50}' });
    expect(answer.output).toBe('[0, 1]');
    expect(answer.inspectionData).toEqual({
      input: '{"i": [1, "]" ], "p": 50}',
      afterInputPath: '{"i": [1, "]" ], "p": 50}',
      afterItemsPath: '[1, "]" ]',
      maxConcurrency: 2,
      toleratedFailurePercentage: 50,
      afterResultSelector: '[0, 1]',
      afterResultPath: '[0, 1]',
    });
  });

  test('failures beyond a declared tolerance fail it, by count and by percentage', async () => {
    const exceeded = {
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      cause: 'The specified tolerated failure threshold was exceeded',
    };
    expect((await run(MAP, 3)).status).toBe('SUCCEEDED');
    expect((await run({ ...MAP, ToleratedFailureCount: 1 }, 1)).status).toBe('SUCCEEDED');
    expect(await run({ ...MAP, ToleratedFailureCount: 1 }, 2)).toMatchObject(exceeded);
    expect((await run({ ...MAP, ToleratedFailurePercentage: 34 }, 1)).status).toBe('SUCCEEDED');
    expect(await run({ ...MAP, ToleratedFailurePercentage: 33 }, 1)).toMatchObject(exceeded);
    const both = { ...MAP, ToleratedFailureCount: 2, ToleratedFailurePercentage: 50 };
    expect(await run(both, 2)).toMatchObject(exceeded);
  });

  test('a mocked error counts before any tolerance', async () => {
    const state = { ...MAP, ToleratedFailureCount: 0 };
    const more = {
      ...failing('E', 'why'),
      stateConfiguration: { mapIterationFailureCount: 2, errorCausedByState: 'X' },
    };
    const answer = await run(state, 0, more);
    expect(answer).toMatchObject({ status: 'FAILED', error: 'E', cause: 'why' });
    expect(answer.inspectionData).toEqual({
      input,
      afterInputPath: input,
      afterItemsPath: '[1, "]", {"k": [2]}]',
      maxConcurrency: 0,
      toleratedFailureCount: 0,
    });
  });

  test('items that are none', async () => {
    const inline = { ...MAP, ItemProcessor: { ...ItemProcessor, ProcessorConfig: undefined } };
    const answer = await run({ ...inline, ItemsPath: '$$.Execution.Input' }, 0);
    expect(answer).toMatchObject({
      error: 'States.Runtime',
      cause: 'Reference path "$.Execution.Input" must point to array.',
    });
    expect(answer.inspectionData).toEqual({ input, afterInputPath: input });
  });

  test('selected and batched items', async () => {
    const state = {
      ...MAP,
      ItemSelector: { 'n.$': '$$.Map.Item.Index' },
      ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'first.$': '$.i[0]' } },
    };
    const { inspectionData } = await run(state, 0);
    expect(inspectionData!.afterItemSelector).toBe('[{"n":0},{"n":1},{"n":2}]');
    expect(inspectionData!.afterItemBatcher).toBe(
      '[{"BatchInput":{"first":1},"Items":[{"n":0},{"n":1}]},' +
        '{"BatchInput":{"first":1},"Items":[{"n":2}]}]',
    );
  });

  test('what an ItemReader has read, in place of the input’s items', async () => {
    const ItemReader = {
      Resource: 'arn:aws:states:::s3:getObject',
      Parameters: { Bucket: 'b', 'Key.$': '$.key' },
      ReaderConfig: { InputType: 'JSON', ItemsPointer: '/a~1b/1' },
    };
    const more = (mapItemReaderData?: string) => ({
      input: '{"key":"k"}',
      stateConfiguration: { mapIterationFailureCount: 2, mapItemReaderData },
    });
    const tolerant = { ...MAP, ItemReader, ToleratedFailurePercentage: 50 };
    const answer = await run(tolerant, 0, more('{"a/b": [0, [ 1, 2 ,3,4]]}'));
    expect(answer.status).toBe('SUCCEEDED');
    expect(answer.inspectionData).not.toHaveProperty('afterItemsPath');
    expect(answer.inspectionData!.afterItemsPointer).toBe('[ 1, 2 ,3,4]');
    const lines = { ...ItemReader, ReaderConfig: { InputType: 'JSONL' } };
    const read = await run({ ...tolerant, ItemReader: lines }, 0, more('{"a":1}\n2\n\n3\n'));
    expect(read.error).toBe('States.ExceedToleratedFailureThreshold');
    expect((await run({ ...MAP, ItemReader }, 0, more())).status).toBe('SUCCEEDED');
  });
});
