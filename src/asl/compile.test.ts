import { describe, expect, it } from 'vitest';
import { printJson } from '../ground/json.ts';
import { compileMachine } from './compile.ts';
import type { ChoiceState, MapState, PassState, TaskState, WaitState } from './machine.ts';
import { fillTemplate } from './template.ts';
import { testEnv } from './testing.ts';

const compile = (states: Record<string, unknown>, top: Record<string, unknown> = {}) =>
  compileMachine(JSON.stringify({ ...top, StartAt: 'X', States: states }));

const only = <T>(state: Record<string, unknown>, top: Record<string, unknown> = {}): T =>
  compile({ X: state }, top).states.get('X') as T;

describe('compileMachine', () => {
  it('counts with the numbers of the definition, and passes on those of results as written', () => {
    const text =
      '{"StartAt":"T","TimeoutSeconds":6e1,"States":{' +
      '"T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f",' +
      '"TimeoutSeconds":3e1,"Retry":[{"ErrorEquals":["A"],"BackoffRate":2.0}],"Next":"P"},' +
      '"P":{"Type":"Pass","Result":{"n":1.50},"End":true}}}';
    const { states, timeoutSeconds } = compileMachine(text);
    const task = states.get('T') as TaskState;
    expect(timeoutSeconds).toBe(60);
    expect(task.retry[0]!.backoffRate).toBe(2);
    expect(task.timeoutSeconds).toEqual({ kind: 'literal', value: 30 });
    expect(printJson((states.get('P') as PassState).result!.value)).toBe('{"n":1.50}');
  });

  it('fills in the defaults of retriers', () => {
    const task = only<TaskState>({
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Retry: [{ ErrorEquals: ['A'] }],
      End: true,
    });
    expect(task.retry).toEqual([
      {
        errorEquals: ['A'],
        intervalSeconds: 1,
        maxAttempts: 3,
        backoffRate: 2,
        jitterStrategy: 'NONE',
      },
    ]);
    expect(task.resource).toMatchObject({
      kind: 'integration',
      service: 'sqs',
      action: 'sendMessage.waitForTaskToken',
      pattern: 'waitForTaskToken',
    });
    expect(task.catch).toEqual([]);
    expect('next' in task).toBe(false);
  });

  it('tells literals, paths and expressions apart', () => {
    const wait = (fields: Record<string, unknown>) =>
      only<WaitState>({ Type: 'Wait', End: true, ...fields });
    expect(wait({ Seconds: 5 }).seconds).toEqual({ kind: 'literal', value: 5 });
    expect(wait({ SecondsPath: '$.s' }).seconds).toMatchObject({
      kind: 'path',
      field: 'SecondsPath',
    });
    const language = { QueryLanguage: 'JSONata' };
    expect(wait({ ...language, Seconds: '{% $s %}' }).seconds).toEqual({
      kind: 'jsonata',
      field: 'Seconds',
      source: '$s',
    });
    expect(wait({ ...language, Timestamp: '2024-01-01T00:00:00Z' }).timestamp).toEqual({
      kind: 'literal',
      value: '2024-01-01T00:00:00Z',
    });
  });

  it('keeps null paths apart from absent ones', () => {
    const task = only<TaskState>({ Type: 'Pass', InputPath: null, ResultPath: null, End: true });
    expect(task.inputPath).toBeNull();
    expect(task.resultPath).toBeNull();
    expect('outputPath' in task).toBe(false);
  });

  it('names the fields of rules and catchers by their place', () => {
    const choice = only<ChoiceState>(
      {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $a %}', Next: 'X', Output: '{% $b %}' },
          { Condition: true, Next: 'X' },
        ],
      },
      { QueryLanguage: 'JSONata' },
    );
    expect(choice.choices[0]!.condition).toEqual({
      kind: 'jsonata',
      field: 'Choices[0]/Condition',
      source: '$a',
    });
    expect(choice.choices[0]!.output?.field).toBe('Choices[0]/Output');
    expect(choice.choices[1]!.condition).toEqual({ kind: 'constant', value: true });
  });

  it('takes a nested state’s language from the machine and not from the Map', () => {
    const inner = { StartAt: 'I', States: { I: { Type: 'Pass', End: true } } };
    const map = only<MapState>({
      Type: 'Map',
      QueryLanguage: 'JSONata',
      ItemProcessor: inner,
      End: true,
    });
    expect(map.queryLanguage).toBe('JSONata');
    expect(map.processor.states.get('I')!.queryLanguage).toBe('JSONPath');
    expect(map.mode).toBe('INLINE');
    expect('distributed' in map).toBe(false);
  });

  it('reads legacy Map fields', () => {
    const map = only<MapState>({
      Type: 'Map',
      Iterator: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        StartAt: 'I',
        States: { I: { Type: 'Succeed' } },
      },
      Parameters: { 'a.$': '$$.Map.Item.Value' },
      Label: 'L',
      End: true,
    });
    expect(map.itemSelector?.field).toBe('Parameters');
    expect(map.distributed).toEqual({ executionType: 'EXPRESS', label: 'L' });
    expect(map.processor.states.get('I')!.end).toBe(true);
  });

  const distributed = {
    ProcessorConfig: { Mode: 'DISTRIBUTED' },
    StartAt: 'I',
    States: { I: { Type: 'Pass', End: true } },
  };

  it('compiles what a Map Run works by', () => {
    const map = only<MapState>({
      Type: 'Map',
      ItemProcessor: distributed,
      ItemReader: {
        Resource: 'arn:aws:states:::s3:listObjectsV2',
        ReaderConfig: { InputType: 'JSON', MaxItemsPath: '$.most', ItemsPointer: '/a' },
        Parameters: { 'Bucket.$': '$.bucket' },
      },
      ItemBatcher: { MaxItemsPerBatch: 5, BatchInput: { 'x.$': '$.x' } },
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Parameters: { Bucket: 'b' },
        WriterConfig: { OutputType: 'JSONL' },
      },
      End: true,
    });
    const { itemReader, itemBatcher, resultWriter } = map.distributed!;
    expect(itemReader).toMatchObject({
      action: 'listObjectsV2',
      parameters: { language: 'JSONPath', field: 'ItemReader/Parameters' },
      maxItems: { kind: 'path', field: 'MaxItemsPath', path: { text: '$.most' } },
    });
    expect(fillTemplate(itemReader!.config, testEnv({}))).toEqual({
      InputType: 'JSON',
      ItemsPointer: '/a',
    });
    expect(itemBatcher).toMatchObject({ itemsMax: { kind: 'literal', value: 5 } });
    expect(fillTemplate(itemBatcher!.batchInput!, testEnv({ x: 1 }))).toEqual({ x: 1 });
    expect(resultWriter).toMatchObject({
      exports: true,
      transformation: 'NONE',
      outputType: 'JSONL',
    });
  });

  it('compiles it in JSONata, with places for errors; a writer without a target only shapes', () => {
    const map = only<MapState>(
      {
        Type: 'Map',
        ItemProcessor: distributed,
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: '{% $kind %}', MaxItems: '{% $most %}' },
          Arguments: { Bucket: '{% $bucket %}' },
        },
        ItemBatcher: { MaxInputBytesPerBatch: '{% 9 %}' },
        ResultWriter: { WriterConfig: {} },
        End: true,
      },
      { QueryLanguage: 'JSONata' },
    );
    const { itemReader, itemBatcher, resultWriter } = map.distributed!;
    const expression = (field: string, source: string) => ({ kind: 'expression', field, source });
    expect(itemReader!.config.node).toEqual({
      kind: 'object',
      members: [['InputType', expression('ItemReader/ReaderConfig/InputType', '$kind')]],
    });
    expect(itemReader!.maxItems).toEqual({
      kind: 'jsonata',
      field: 'ItemReader/ReaderConfig/MaxItems',
      source: '$most',
    });
    expect(itemReader!.parameters?.field).toBe('ItemReader/Arguments');
    expect(itemBatcher).toEqual({
      bytesMax: { kind: 'jsonata', field: 'ItemBatcher/MaxInputBytesPerBatch', source: '9' },
    });
    expect(resultWriter).toEqual({ exports: false, transformation: 'COMPACT', outputType: 'JSON' });
  });

  it('takes a reader’s configuration in JSONPath as it is written', () => {
    const ReaderConfig = { InputType: 'JSON', 'ItemsPointer.$': '$.no' };
    const map = only<MapState>({
      Type: 'Map',
      ItemProcessor: distributed,
      ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig },
      End: true,
    });
    expect(fillTemplate(map.distributed!.itemReader!.config, testEnv({}))).toEqual(ReaderConfig);
  });
});
