/** Distributed Maps: the execution that waits, the Map Run, and children that stand alone. */
import type { ChildEnding } from '../../../src/execution/maprun.ts';
import {
  after,
  began,
  fail,
  mapRunFails,
  mapRunSucceeds,
  redrive,
  type Scenario,
  start,
  stop,
  succeed,
  tick,
} from '../play.ts';
import { INVOKE, machine, only } from './resources.ts';

const ARN = 'arn:aws:states:eu-central-1:123456789012';
const CALL = {
  Type: 'Task',
  Resource: INVOKE,
  Parameters: { FunctionName: 'price', 'Payload.$': '$' },
};
const processor = (ExecutionType: 'STANDARD' | 'EXPRESS'): object => ({
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType },
  ...only('Call', CALL),
});
const EACH = { Type: 'Map', Label: 'Each', ItemProcessor: processor('STANDARD'), End: true };

const ending = (
  index: number,
  status: ChildEnding['status'],
  more: Partial<ChildEnding> = {},
): { readonly type: 'Ended'; readonly child: ChildEnding } => ({
  type: 'Ended',
  child: { index, execution: 100 + index, items: 1, status, redriven: false, ...more },
});

const WAITING: readonly Scenario[] = [
  {
    name: 'distributed-map',
    about: 'Items from the state itself, an object among them; a tolerance; the result selected',
    definition: machine({
      Each: {
        ...EACH,
        InputPath: '$.order',
        ItemsPath: '$.stock',
        ItemSelector: {
          'sku.$': '$$.Map.Item.Key',
          'count.$': '$$.Map.Item.Value',
          'at.$': '$$.Map.Item.Index',
          'share.$': '$.share',
        },
        MaxConcurrency: 3,
        ToleratedFailureCount: 1,
        ToleratedFailurePercentagePath: '$.share',
        ResultSelector: { 'all.$': '$' },
        ResultPath: '$.results',
      },
    }),
    mapRun: {
      batched: false,
      signals: [
        { type: 'Started', cursor: { children: 2, items: 2, position: 2, done: true } },
        ending(1, 'SUCCEEDED'),
        ending(0, 'FAILED'),
        { type: 'Gathered' },
      ],
    },
    steps: [start({ order: { stock: { a: 1, b: 2 }, share: 12.5 } }), mapRunSucceeds([{ ok: 1 }])],
  },
  {
    name: 'distributed-map-reader',
    about: 'Items from a CSV object, in batches, results written as objects; changed while it runs',
    definition: machine({
      Each: {
        ...EACH,
        ItemProcessor: processor('EXPRESS'),
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: {
            InputType: 'CSV',
            CSVHeaderLocation: 'FIRST_ROW',
            MaxItemsPath: '$.most',
          },
          Parameters: { 'Bucket.$': '$.bucket', Key: 'orders.csv' },
        },
        ItemSelector: { 'row.$': '$$.Map.Item.Value' },
        ItemBatcher: {
          MaxItemsPerBatch: 10,
          MaxInputBytesPerBatchPath: '$.bytes',
          BatchInput: { 'bucket.$': '$.bucket' },
        },
        ResultWriter: {
          Resource: 'arn:aws:states:::s3:putObject',
          Parameters: { Bucket: 'results', 'Prefix.$': '$.bucket' },
          WriterConfig: { OutputType: 'JSONL', Transformation: 'COMPACT' },
        },
      },
    }),
    mapRun: {
      batched: true,
      signals: [
        {
          type: 'Started',
          cursor: { children: 1, items: 10, position: { line: 11 }, done: false },
        },
        { type: 'Update', maxConcurrency: 2, toleratedFailurePercentage: 60 },
        { type: 'Started', cursor: { children: 2, items: 14, position: null, done: true } },
        ending(0, 'SUCCEEDED', { items: 10 }),
        ending(1, 'TIMED_OUT', { items: 4 }),
        { type: 'Gathered' },
      ],
    },
    steps: [
      start({ bucket: 'in', most: '2000', bytes: 4096 }),
      mapRunSucceeds({
        MapRunArn: 'arn:run',
        ResultWriterDetails: { Bucket: 'results', Key: 'k' },
      }),
    ],
  },
  {
    name: 'distributed-map-jsonata',
    about: 'Every field of a distributed Map as an expression',
    definition: machine(
      {
        Each: {
          ...EACH,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            ...only('Keep', { Type: 'Pass' }),
          },
          ItemReader: {
            Resource: 'arn:aws:states:::s3:listObjectsV2',
            ReaderConfig: { MaxItems: '{% $states.input.most %}' },
            Arguments: { Bucket: '{% $states.input.bucket %}', Prefix: 'orders/' },
          },
          ItemBatcher: {
            MaxItemsPerBatch: '{% $states.input.most / 2 %}',
            BatchInput: '{% { "of": $states.input.bucket } %}',
          },
          ResultWriter: { WriterConfig: { OutputType: 'JSON', Transformation: 'FLATTEN' } },
          MaxConcurrency: '{% $states.input.most - 1 %}',
          ToleratedFailurePercentage: '{% 100 %}',
          Output: '{% $states.result[0] %}',
        },
      },
      { QueryLanguage: 'JSONata' },
    ),
    steps: [start({ bucket: 'in', most: 8 }), mapRunSucceeds([3])],
  },
  {
    name: 'distributed-map-fails',
    about: 'A Map Run fails, is begun anew by Retry, and its second failure is caught',
    definition: machine({
      Each: {
        ...EACH,
        Label: undefined,
        Retry: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }],
      },
      Done: { Type: 'Succeed' },
    }),
    mapRun: {
      batched: false,
      signals: [
        { type: 'Started', cursor: { children: 2, items: 2, position: 2, done: true } },
        ending(0, 'FAILED'),
        ending(1, 'ABORTED'),
        { type: 'Gathered' },
      ],
    },
    steps: [
      start([1, 2]),
      mapRunFails('States.ExceedToleratedFailureThreshold', 'too many'),
      tick,
      mapRunFails('States.ItemReaderFailed', 'gone'),
    ],
  },
  {
    name: 'distributed-map-stopped',
    about: 'StopExecution while a Map Run is under way: it is aborted with its children',
    definition: machine({ Each: EACH }),
    mapRun: {
      batched: false,
      signals: [
        { type: 'Started', cursor: { children: 1, items: 1, position: 1, done: false } },
        { type: 'Abort' },
        ending(0, 'ABORTED'),
        { type: 'Gathered' },
      ],
    },
    steps: [start([1, 2]), stop('Operator')],
  },
  {
    name: 'redrive-map-run',
    about: 'A redriven execution goes on with its Map Run, twice; only failed items run again',
    definition: machine({ Each: EACH }),
    mapRun: {
      batched: false,
      signals: [
        { type: 'Started', cursor: { children: 3, items: 3, position: 3, done: true } },
        ending(0, 'SUCCEEDED'),
        ending(1, 'FAILED'),
        ending(2, 'ABORTED'),
        { type: 'Gathered' },
        { type: 'Redrive', attempt: 9, redriveCount: 1 },
        { type: 'Redriven', after: 102, executions: 2, items: 2, kept: [], done: true },
        ending(1, 'SUCCEEDED', { redriven: true }),
        ending(2, 'SUCCEEDED', { redriven: true }),
        { type: 'Gathered' },
      ],
    },
    steps: [
      start([1, 2, 3]),
      mapRunFails('States.ExceedToleratedFailureThreshold', 'too many'),
      after(1_000, redrive()),
      mapRunFails('States.ExceedToleratedFailureThreshold', 'again'),
      after(1_000, redrive('token')),
      mapRunSucceeds(['a', 'b', 'c']),
    ],
  },
];

const child = {
  machineArn: `${ARN}:stateMachine:Orders/Each`,
  machineName: 'Orders/Each',
};

const STANDING_ALONE: readonly Scenario[] = [
  {
    name: 'map-run-child',
    about: 'A child of a Map Run by itself: it fails, and is redriven with its Map Run',
    definition: machine({ Each: EACH }),
    processor: 'Each',
    facts: { ...child, arn: `${ARN}:execution:Orders/Each:map-run-child` },
    steps: [
      start({ Value: 7 }),
      began(),
      fail('Bad', 'item 7'),
      after(1_000, redrive()),
      began(),
      succeed({ ok: 7 }),
    ],
  },
  {
    name: 'map-run-child-express',
    about: 'An Express child of a Map Run, with a batch of items',
    definition: machine({ Each: { ...EACH, ItemProcessor: processor('EXPRESS') } }),
    processor: 'Each',
    facts: { ...child, type: 'EXPRESS', arn: `${ARN}:express:Orders/Each:map-run-child-express:1` },
    steps: [start({ BatchInput: { a: 1 }, Items: [1, 2] }), began(), succeed([1, 2])],
  },
];

export const MAP_RUNS: readonly Scenario[] = [...WAITING, ...STANDING_ALONE];
