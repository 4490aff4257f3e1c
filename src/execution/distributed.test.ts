/** A distributed Map as its execution sees it: what it asks of its Map Run, and what follows. */
import { expect, test } from 'vitest';
import type { MapRunOrder } from './maprun-order.ts';
import { plainState, TestExecution } from './testing.ts';

const PASS = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' };

const state = (fields: object) => ({
  Type: 'Map',
  Label: 'L',
  ItemProcessor: { ProcessorConfig, ...PASS },
  End: true,
  ...fields,
});
const machine = (fields: object, more: object = {}) => ({
  StartAt: 'M',
  States: { M: state(fields), C: { Type: 'Succeed' } },
  ...more,
});

/** The latest thing asked of a Map Run. */
const asked = (run: TestExecution) => {
  const effect = run.effects.findLast(({ type }) => type === 'mapRun');
  return effect?.type === 'mapRun' ? effect : undefined;
};
const over = (run: TestExecution) => {
  const { scope, attempt } = asked(run)!;
  return { scope, attempt };
};

function succeed(run: TestExecution, output = '[1]'): TestExecution {
  run.send({ type: 'MapRunSucceeded', ...over(run), output });
  expect(plainState(run.folded())).toEqual(plainState(run.state));
  return run;
}

function fail(run: TestExecution, error = 'E', cause = 'c'): TestExecution {
  run.send({ type: 'MapRunFailed', ...over(run), error, cause });
  expect(plainState(run.folded())).toEqual(plainState(run.state));
  return run;
}

test('everything that is declared is evaluated and stands in the order', () => {
  const run = new TestExecution(
    machine({
      MaxConcurrencyPath: '$.c',
      ToleratedFailureCountPath: '$.f',
      ToleratedFailurePercentage: 2.5,
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', MaxItemsPath: '$.m' },
        Parameters: { 'Bucket.$': '$.b', Key: 'k' },
      },
      ItemBatcher: { MaxItemsPerBatchPath: '$.i', BatchInput: { 'x.$': '$.c' } },
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Parameters: { Bucket: 'out', 'Prefix.$': '$.b' },
        WriterConfig: { OutputType: 'JSONL' },
      },
    }),
  ).start({ c: 3, f: '4', m: 200_000_000, b: 'bucket', i: 5 });
  expect(asked(run)!.note).toMatchObject({
    label: 'L',
    stateName: 'M',
    executionType: 'EXPRESS',
    maxConcurrency: 3,
    toleratedFailureCount: 4,
    toleratedFailurePercentage: 2.5,
    reader: {
      action: 'getObject',
      parameters: { Bucket: 'bucket', Key: 'k' },
      config: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
      maxItems: 100_000_000,
    },
    batcher: { itemsMax: 5, batchInput: '{"x":3}' },
    writer: {
      target: { bucket: 'out', prefix: 'bucket' },
      transformation: 'NONE',
      outputType: 'JSONL',
    },
  });
  expect(asked(run)!.note).not.toHaveProperty('total');
});

test('in JSONata too', () => {
  const definition = machine(
    {
      Items: '{% [7] %}',
      ItemBatcher: { MaxItemsPerBatch: '{% 9 %}' },
      ResultWriter: { WriterConfig: { Transformation: 'FLATTEN' } },
    },
    { QueryLanguage: 'JSONata' },
  );
  const evaluate = ({ source }: { source: string }) => JSON.parse(source);
  const run = new TestExecution(definition, { evaluate }).start({});
  expect(asked(run)!.note).toMatchObject({
    total: 1,
    batcher: { itemsMax: 9 },
    writer: { transformation: 'FLATTEN', outputType: 'JSON' },
  });
});

test('the same label in every execution, another Map Run each time', () => {
  const own = machine({ Label: undefined, Next: 'M', End: undefined });
  const run = new TestExecution(own).start([1]);
  const first = asked(run)!.note as MapRunOrder;
  const second = asked(succeed(run))!.note as MapRunOrder;
  expect(second.label).toBe(first.label);
  expect(second.arn).not.toBe(first.arn);
});

test('errors of its fields come after MapStateStarted, of MaxConcurrency before', () => {
  const tolerated = new TestExecution(
    machine({ ToleratedFailureCountPath: '$.f', ItemsPath: '$.i' }),
  );
  tolerated.start({ f: {}, i: [0] });
  expect(tolerated.chain.slice(2)).toEqual(['3<-2 MapStateStarted', '4<-3 ExecutionFailed']);
  expect(tolerated.last.details!.cause).toBe(
    "An error occurred while executing the state 'M' (entered at the event id #2). The " +
      'ToleratedFailureCountPath field refers to value "{}" which is not a valid integer: $.f',
  );
  const most = new TestExecution(machine({ MaxConcurrencyPath: '$.no' })).start({});
  expect(most.chain.slice(2)).toEqual(['3<-2 ExecutionFailed']);
});

test('its result goes through the fields of the state', () => {
  const run = new TestExecution(
    machine({ ResultSelector: { 'r.$': '$[0]' }, ResultPath: '$.out' }),
  );
  succeed(run.start({ a: 1 }));
  expect(run.chain.slice(4)).toEqual([
    '5<-4 MapRunSucceeded',
    '6<-5 MapStateSucceeded',
    '7<-4 MapStateExited',
    '8<-7 ExecutionSucceeded',
  ]);
  expect(run.output).toEqual({ a: 1, out: { r: 1 } });
  expect(run.send({ type: 'MapRunSucceeded', ...over(run), output: '[]' })).toEqual([]);
});

test('its failure is retried, caught, or ends the execution', () => {
  const Retry = [{ ErrorEquals: ['E'], MaxAttempts: 1 }];
  const Catch = [{ ErrorEquals: ['E'], Next: 'C' }];
  const run = new TestExecution(machine({ Retry, Catch })).start([1]);
  const first = over(run);
  fail(run);
  run.tick();
  expect(over(run)).not.toEqual(first);
  // The first Map Run is nobody's any more.
  expect(run.send({ type: 'MapRunFailed', ...first, error: 'E', cause: 'c' })).toEqual([]);
  fail(run);
  expect(run.chain.slice(4, 11)).toEqual([
    '5<-4 MapRunFailed',
    '6<-5 MapStateStarted',
    '7<-6 MapRunStarted',
    '8<-7 MapRunFailed',
    '9<-8 MapStateFailed',
    '10<-9 MapStateExited',
    '11<-10 SucceedStateEntered',
  ]);
  const runtime = fail(new TestExecution(machine({ Catch })).start([1]), 'States.Runtime');
  expect(runtime.last).toMatchObject({ type: 'ExecutionFailed' });
});

test('Stop and the deadline abort it; a failing sibling too', () => {
  const stopped = new TestExecution(machine({}, { TimeoutSeconds: 5 })).start([1]);
  stopped.send({ type: 'Stop' });
  expect(stopped.chain.slice(4)).toEqual(['5<-4 MapRunAborted', '6<-0 ExecutionAborted']);
  const late = new TestExecution(machine({}, { TimeoutSeconds: 5 })).start([1]);
  late.now += 6_000;
  late.send({ type: 'ExecutionTimedOut' });
  expect(late.chain.slice(4)).toEqual(['5<-4 MapRunAborted', '6<-0 ExecutionTimedOut']);
  const wait = { Type: 'Wait', Seconds: 1, Next: 'F' };
  const branch = { StartAt: 'W', States: { W: wait, F: { Type: 'Fail' } } };
  const beside = new TestExecution({
    StartAt: 'A',
    States: {
      A: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'M', States: { M: state({}) } }, branch],
        End: true,
      },
    },
  }).start([1]);
  beside.tick();
  expect(beside.types.slice(-5)).toEqual([
    'MapRunAborted',
    'MapStateAborted',
    'childrenClosed',
    'ParallelStateFailed',
    'ExecutionFailed',
  ]);
});

test('a redrive goes on with the Map Run, or begins another', () => {
  const run = fail(new TestExecution(machine({})).start([1]));
  run.send({ type: 'Redrive' });
  expect(run.chain.slice(-2)).toEqual(['8<-7 ExecutionRedriven', '9<-8 MapRunRedriven']);
  const { mapRunArn } = run.last.details as { mapRunArn: string };
  expect(run.last.details).toEqual({ mapRunArn, redriveCount: 1 });
  expect(asked(run)!.note).toEqual({ arn: mapRunArn, redriveCount: 1 });
  fail(run);
  run.send({ type: 'Redrive' });
  expect(run.last.details).toEqual({ mapRunArn, redriveCount: 2 });
  expect(succeed(run).output).toEqual([1]);
  const large = fail(new TestExecution(machine({})).start([1]), 'States.DataLimitExceeded');
  large.send({ type: 'Redrive' });
  expect(large.chain.slice(-2)).toEqual(['9<-8 MapStateStarted', '10<-9 MapRunStarted']);
});
