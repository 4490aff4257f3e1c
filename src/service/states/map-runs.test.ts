/** Distributed Maps from StartExecution to DescribeMapRun. */

import { beforeEach, expect, test } from 'vitest';
import { wrapped } from '../../../test/support/wrapped-database.ts';
import { settle } from '../engine/testing.ts';
import { context, definition, openDatabase, ROLE, STATES_ARN, statesWorld } from './testing.ts';

type World = Awaited<ReturnType<typeof statesWorld>>;

let world: World;
let sfn: World['handlers'];
let machines = 0;

beforeEach(async () => {
  world = await statesWorld();
  sfn = world.handlers;
});

const PASS = { P: { Type: 'Pass', End: true } };
const TASK = { T: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true } };
const READ = 'arn:aws:states:::s3:getObject';
const LIST = 'arn:aws:states:::s3:listObjectsV2';
const WRITER = {
  Resource: 'arn:aws:states:::s3:putObject',
  Parameters: { Bucket: 'out', Prefix: 'jobs' },
};

const map = (fields: object, states: object = PASS, type = 'STANDARD') => ({
  Type: 'Map',
  Label: 'L',
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: type },
    StartAt: Object.keys(states)[0],
    States: states,
  },
  End: true,
  ...fields,
});

async function begin(states: object, input: unknown): Promise<string> {
  const name = `m${++machines}`;
  const machine = { name, definition: definition(states as never), roleArn: ROLE };
  const { stateMachineArn } = await sfn.CreateStateMachine(machine, context);
  const text = JSON.stringify(input);
  const started = await sfn.StartExecution({ stateMachineArn, input: text }, context);
  return started.executionArn!;
}

/** Lets things happen until the execution is over. */
async function end(executionArn: string) {
  for (let i = 0; i < 500; i++) {
    await settle();
    const head = await sfn.DescribeExecution({ executionArn }, context);
    if (head.status !== 'RUNNING') return head;
    world.clock.tick();
  }
  throw new Error('the execution does not end');
}

async function run(states: object, input: unknown) {
  const executionArn = await begin(states, input);
  const head = await end(executionArn);
  const { events } = await sfn.GetExecutionHistory({ executionArn }, context);
  const chain = events!.map((one) => `${one.id}<-${one.previousEventId} ${one.type}`);
  const { mapRuns } = await sfn.ListMapRuns({ executionArn }, context);
  const mapRunArn = mapRuns![0]?.mapRunArn;
  return { executionArn, head, events: events!, chain, mapRunArn: mapRunArn! };
}

const output = ({ output: text }: { output?: string | undefined }) => JSON.parse(text!);
const describe = (mapRunArn: string) => sfn.DescribeMapRun({ mapRunArn }, context);

const NONE = { failed: 0, timedOut: 0, aborted: 0, pending: 0, running: 0 };

test('events, counts and children as AWS shows them', async () => {
  const done = await run({ M: map({}) }, ['a', { b: 1 }]);
  expect(done.chain).toEqual([
    '1<-0 ExecutionStarted',
    '2<-0 MapStateEntered',
    '3<-2 MapStateStarted',
    '4<-3 MapRunStarted',
    '5<-4 MapRunSucceeded',
    '6<-5 MapStateSucceeded',
    '7<-4 MapStateExited',
    '8<-7 ExecutionSucceeded',
  ]);
  expect(output(done.head)).toEqual(['a', { b: 1 }]);
  const { mapRunArn, executionArn } = done;
  const machine = executionArn.split(':').at(-2);
  expect(mapRunArn).toMatch(new RegExp(`^${STATES_ARN}:mapRun:${machine}/L:[0-9a-f-]{36}$`));
  expect(done.events[2]!.mapStateStartedEventDetails).toEqual({ length: 2 });
  expect(done.events[3]!.mapRunStartedEventDetails).toEqual({ mapRunArn });
  expect(done.events[4]).not.toHaveProperty('mapRunSucceededEventDetails');
  const counts = { ...NONE, succeeded: 2, total: 2, resultsWritten: 2 };
  expect(await describe(mapRunArn)).toEqual({
    mapRunArn,
    executionArn,
    status: 'SUCCEEDED',
    startDate: expect.any(Date),
    stopDate: expect.any(Date),
    maxConcurrency: 0,
    toleratedFailureCount: 0,
    toleratedFailurePercentage: 0,
    itemCounts: counts,
    executionCounts: counts,
    redriveCount: 0,
  });
  const { mapRuns } = await sfn.ListMapRuns({ executionArn }, context);
  const stateMachineArn = `${STATES_ARN}:stateMachine:${machine}/L`;
  expect(mapRuns).toEqual([
    {
      executionArn,
      mapRunArn,
      stateMachineArn,
      startDate: expect.any(Date),
      stopDate: expect.any(Date),
    },
  ]);
  const { executions } = await sfn.ListExecutions({ mapRunArn }, context);
  expect(executions).toHaveLength(2);
  expect(executions![0]).toMatchObject({ mapRunArn, itemCount: 1, stateMachineArn });
  const child = executions![0]!.executionArn!;
  expect(child).toBe(`${STATES_ARN}:execution:${machine}/L:${executions![0]!.name}`);
  const described = await sfn.DescribeStateMachineForExecution({ executionArn: child }, context);
  expect(described).toMatchObject({ mapRunArn, label: 'L', stateMachineArn });
  expect(JSON.parse(described.definition!)).toMatchObject({ StartAt: 'P' });
  const whole = await sfn.DescribeStateMachine({ stateMachineArn }, context);
  expect(whole).toMatchObject({ name: `${machine}/L`, label: 'L', type: 'STANDARD' });
  expect(whole.definition).toBe(described.definition);
  await expect(
    sfn.DescribeStateMachine({ stateMachineArn: `${stateMachineArn}x` }, context),
  ).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
});

test('an empty list is a Map Run too', async () => {
  const done = await run({ M: map({}) }, []);
  expect(output(done.head)).toEqual([]);
  expect(done.chain).toContain('4<-3 MapRunStarted');
});

test('selected, batched, with keys, one at a time', async () => {
  const context = { i: '{% $states.context.Map.Item %}' };
  const selected = map({ QueryLanguage: 'JSONata', ItemSelector: context, MaxConcurrency: 1 });
  expect(output((await run({ M: selected }, { k: 1, l: 2 })).head)).toEqual([
    { i: { Index: 0, Key: 'k', Value: 1, Source: 'STATE_DATA' } },
    { i: { Index: 1, Key: 'l', Value: 2, Source: 'STATE_DATA' } },
  ]);
  const batched = map({
    ItemsPath: '$.items',
    ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'n.$': '$.n' } },
    ItemSelector: { 'v.$': '$$.Map.Item.Value' },
  });
  const done = await run({ M: batched }, { n: 7, items: [1, 2, 3] });
  expect(output(done.head)).toEqual([
    { BatchInput: { n: 7 }, Items: [{ v: 1 }, { v: 2 }] },
    { BatchInput: { n: 7 }, Items: [{ v: 3 }] },
  ]);
  const { itemCounts, executionCounts } = await describe(done.mapRunArn);
  expect(itemCounts).toMatchObject({ total: 3, succeeded: 3 });
  expect(executionCounts).toMatchObject({ total: 2, succeeded: 2 });
});

test('more items than one commit takes', async () => {
  const many = Array.from({ length: 2_500 }, (_, i) => i);
  const done = await run({ M: map({}) }, many);
  expect(output(done.head)).toEqual(many);
});

test('Express children', async () => {
  const done = await run({ M: map({}, PASS, 'EXPRESS') }, [1, 2, 3]);
  expect(output(done.head)).toEqual([1, 2, 3]);
  const { executions } = await sfn.ListExecutions({ mapRunArn: done.mapRunArn }, context);
  expect(executions!.map(({ executionArn }) => executionArn!.split(':')[5])).toEqual([
    'express',
    'express',
    'express',
  ]);
});

test('a failure fails it, and stops the others', async () => {
  world.lambda.answer = ({ order }) =>
    order.parameters === '"bad"'
      ? { type: 'Failed', error: 'E', cause: 'c' }
      : new Promise(() => undefined);
  const done = await run({ M: map({}, TASK) }, ['a', 'bad', 'b']);
  expect(done.chain.slice(4)).toEqual([
    '5<-4 MapRunFailed',
    '6<-5 MapStateFailed',
    '7<-6 ExecutionFailed',
  ]);
  const failure = {
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  };
  expect(done.events[4]!.mapRunFailedEventDetails).toEqual(failure);
  expect(done.head).toMatchObject({ status: 'FAILED', ...failure });
  const described = await describe(done.mapRunArn);
  expect(described).toMatchObject({
    status: 'FAILED',
    itemCounts: { failed: 1, aborted: 2, succeeded: 0, running: 0 },
  });
});

test('tolerated failures leave no hole; what is beyond is caught', async () => {
  world.lambda.answer = ({ order }) =>
    order.parameters.includes('bad')
      ? { type: 'Failed', error: 'E' }
      : { type: 'Succeeded', output: order.parameters };
  const items = ['a', 'bad', 'b', 'bad2'];
  const tolerant = await run({ M: map({ ToleratedFailureCount: 2 }, TASK) }, items);
  expect(output(tolerant.head)).toEqual(['a', 'b']);
  const percent = await run({ M: map({ ToleratedFailurePercentage: 50 }, TASK) }, items);
  expect(output(percent.head)).toEqual(['a', 'b']);
  const Catch = [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'C' }];
  const either = {
    ToleratedFailurePercentage: 49.9,
    ToleratedFailureCount: 3,
    Catch,
    End: undefined,
  };
  const caught = await run(
    { M: map({ ...either, Next: 'C' }, TASK), C: { Type: 'Succeed' } },
    items,
  );
  expect(output(caught.head)).toMatchObject({ Error: 'States.ExceedToleratedFailureThreshold' });
});

test('Retry begins another Map Run', async () => {
  let fails = 1;
  world.lambda.answer = () =>
    fails-- > 0 ? { type: 'Failed', error: 'E' } : { type: 'Succeeded', output: '1' };
  const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }];
  const done = await run({ M: map({ Retry }, TASK) }, [1]);
  expect(done.chain.slice(4, 7)).toEqual([
    '5<-4 MapRunFailed',
    '6<-5 MapStateStarted',
    '7<-6 MapRunStarted',
  ]);
  const { mapRuns } = await sfn.ListMapRuns({ executionArn: done.executionArn }, context);
  expect(mapRuns).toHaveLength(2);
});

test('StopExecution aborts the Map Run and its children', async () => {
  for (const type of ['STANDARD', 'EXPRESS']) {
    const states = { M: map({}, { W: { Type: 'Wait', Seconds: 60, End: true } }, type) };
    const executionArn = await begin(states, [1, 2, 3]);
    await settle();
    const { mapRuns } = await sfn.ListMapRuns({ executionArn }, context);
    const { mapRunArn } = mapRuns![0]!;
    await settle();
    expect(await describe(mapRunArn!)).toMatchObject({
      status: 'RUNNING',
      itemCounts: { running: 3, pending: 0, total: 3, resultsWritten: 0 },
    });
    await sfn.StopExecution({ executionArn }, context);
    for (let i = 0; i < 10; i++) await settle();
    expect(await describe(mapRunArn!)).toMatchObject({
      status: 'ABORTED',
      stopDate: expect.any(Date),
      executionCounts: { aborted: 3, running: 0 },
    });
    const { executions } = await sfn.ListExecutions({ mapRunArn }, context);
    expect(executions!.map(({ status }) => status)).toEqual(['ABORTED', 'ABORTED', 'ABORTED']);
    const { events } = await sfn.GetExecutionHistory({ executionArn }, context);
    expect(events!.slice(-2).map(({ type }) => type)).toEqual([
      'MapRunAborted',
      'ExecutionAborted',
    ]);
    expect(world.mapRuns.size).toBe(0);
  }
});

test('UpdateMapRun reaches the Map Run at work', async () => {
  const states = { M: map({ MaxConcurrency: 1 }, { W: { Type: 'Wait', Seconds: 60, End: true } }) };
  const executionArn = await begin(states, [1, 2, 3]);
  await settle();
  const { mapRuns } = await sfn.ListMapRuns({ executionArn }, context);
  const { mapRunArn } = mapRuns![0]!;
  await settle();
  expect(await describe(mapRunArn!)).toMatchObject({ itemCounts: { running: 1, pending: 2 } });
  const gone = `${mapRunArn}x`;
  await expect(sfn.UpdateMapRun({ mapRunArn: gone }, context)).rejects.toMatchObject({
    code: 'ValidationException',
    members: { reason: 'MISSING_REQUIRED_PARAMETER' },
  });
  await expect(sfn.UpdateMapRun({ mapRunArn }, context)).rejects.toMatchObject({
    code: 'ValidationException',
    members: { reason: 'MISSING_REQUIRED_PARAMETER' },
  });
  await sfn.UpdateMapRun({ mapRunArn, maxConcurrency: 3, toleratedFailureCount: 2 }, context);
  await settle();
  expect(await describe(mapRunArn!)).toMatchObject({
    maxConcurrency: 3,
    toleratedFailureCount: 2,
    itemCounts: { running: 3 },
  });
  await end(executionArn);
  await expect(sfn.UpdateMapRun({ mapRunArn, maxConcurrency: 1 }, context)).rejects.toMatchObject({
    members: { reason: 'CANNOT_UPDATE_COMPLETED_MAP_RUN' },
  });
});

test('an update that comes while a Map Run closes is refused', async () => {
  const shared = await openDatabase();
  let update: Promise<unknown> | undefined;
  const database = wrapped(shared, {
    write: async (unit) => {
      const { sql, params } = unit.statements[0]!;
      if (sql.startsWith('UPDATE map_run') && params[2] === 'closed') {
        const { mapRuns } = await sfn.ListMapRuns({ executionArn }, context);
        const { mapRunArn } = mapRuns![0]!;
        update = sfn.UpdateMapRun({ mapRunArn, maxConcurrency: 1 }, context);
        update.catch(() => undefined);
        await settle();
      }
      return shared.write(unit);
    },
  });
  world = await statesWorld({ database });
  sfn = world.handlers;
  const executionArn = await begin({ M: map({}) }, [1]);
  await end(executionArn);
  await expect(update).rejects.toMatchObject({ code: 'ValidationException' });
});

test('names that lead nowhere', async () => {
  const missing = `${STATES_ARN}:mapRun:m/L:x`;
  await expect(describe(missing)).rejects.toMatchObject({ code: 'ResourceNotFound' });
  await expect(sfn.ListExecutions({ mapRunArn: missing }, context)).rejects.toMatchObject({
    code: 'ResourceNotFound',
  });
  await expect(describe('x')).rejects.toMatchObject({ code: 'InvalidArn' });
  const plain = await run(PASS, {});
  expect(plain.mapRunArn).toBeUndefined();
});

test('reads, writes, and names what it has written', async () => {
  world.objects.put('in', 'a.jsonl', '{"n":1}\n\n{"n":2}\n{"n":3}');
  world.lambda.answer = ({ order }) =>
    order.parameters === '{"n":2}'
      ? { type: 'Failed', error: 'E', cause: 'c' }
      : { type: 'Succeeded', output: order.parameters };
  const done = await run(
    {
      M: map(
        {
          ItemReader: {
            Resource: READ,
            ReaderConfig: { InputType: 'JSONL' },
            Parameters: { 'Bucket.$': '$.b', Key: 'a.jsonl' },
          },
          ResultWriter: WRITER,
          ToleratedFailureCount: 1,
        },
        TASK,
      ),
    },
    { b: 'in' },
  );
  expect(done.events[2]!.mapStateStartedEventDetails).toEqual({ length: 0 });
  const folder = `jobs/${done.mapRunArn.split(':').at(-1)}`;
  expect(output(done.head)).toEqual({
    MapRunArn: done.mapRunArn,
    ResultWriterDetails: { Bucket: 'out', Key: `${folder}/manifest.json` },
  });
  const good = world.objects.text('out', `${folder}/SUCCEEDED_0.json`)!;
  const bad = world.objects.text('out', `${folder}/FAILED_0.json`)!;
  expect(JSON.parse(world.objects.text('out', `${folder}/manifest.json`)!)).toEqual({
    DestinationBucket: 'out',
    MapRunArn: done.mapRunArn,
    ResultFiles: {
      FAILED: [{ Key: `${folder}/FAILED_0.json`, Size: bad.length }],
      PENDING: [],
      SUCCEEDED: [{ Key: `${folder}/SUCCEEDED_0.json`, Size: good.length }],
    },
  });
  expect(JSON.parse(good)).toHaveLength(2);
  expect(JSON.parse(good)[0]).toMatchObject({
    Input: '{"n":1}',
    InputDetails: { Included: true },
    Output: '{"n":1}',
    OutputDetails: { Included: true },
    RedriveStatus: 'NOT_REDRIVABLE',
    Status: 'SUCCEEDED',
  });
  expect(JSON.parse(bad)).toMatchObject([{ Error: 'E', Cause: 'c', Status: 'FAILED' }]);
});

test('a reader that cannot read, a selector that finds nothing, a writer that cannot write', async () => {
  const reader = { Resource: READ, ReaderConfig: { InputType: 'JSON' } };
  const from = (key: string, config: object = {}) => ({
    ...reader,
    ReaderConfig: { InputType: 'JSON', ...config },
    Parameters: { Bucket: 'in', Key: key },
  });
  const failure = async (fields: object) => {
    const { events, head } = await run({ M: map(fields) }, [1]);
    expect(events.at(-1)!.executionFailedEventDetails).toEqual(
      events.find(({ type }) => type === 'MapRunFailed')!.mapRunFailedEventDetails,
    );
    return [head.error, head.cause];
  };
  expect(await failure({ ItemReader: from('none') })).toEqual([
    'States.ItemReaderFailed',
    'The specified key does not exist.',
  ]);
  world.objects.put('in', 'n', '12');
  expect(await failure({ ItemReader: from('n') })).toEqual([
    'States.ItemReaderFailed',
    'Attempting to map over non-iterable node.',
  ]);
  const [error, cause] = await failure({ ItemSelector: { 'x.$': '$$.Map.Item.Value.no' } });
  expect(error).toBe('States.Runtime');
  expect(cause).toContain("executing the state 'M' (entered at the event id #2).");
  world.objects.refuse = () => true;
  expect(await failure({ ResultWriter: WRITER })).toEqual([
    'States.ResultWriterFailed',
    'Access Denied',
  ]);
});

test('what a failed Map Run did not start is exported as pending', async () => {
  world.lambda.answer = () => ({ type: 'Failed', error: 'E' });
  const fields = { ResultWriter: WRITER, MaxConcurrency: 1 };
  const done = await run({ M: map(fields, TASK) }, [1, 2, 3]);
  const folder = `jobs/${done.mapRunArn.split(':').at(-1)}`;
  const pending = JSON.parse(world.objects.text('out', `${folder}/PENDING_0.json`)!);
  expect(pending).toMatchObject([
    { Input: '2', Status: 'PENDING' },
    { Input: '3', Status: 'PENDING' },
  ]);
});

test('results in their shapes', async () => {
  const shape = async (WriterConfig: object, input: unknown) =>
    output((await run({ M: map({ ResultWriter: { WriterConfig } }) }, input)).head);
  expect(await shape({ Transformation: 'FLATTEN' }, [[1, 2], 3, []])).toEqual([1, 2, 3]);
  expect(await shape({ Transformation: 'NONE' }, [1])).toMatchObject([{ Output: '1' }]);
  const large = Array.from({ length: 100 }, () => 'x'.repeat(2_600));
  const { head } = await run(
    { M: map({ ItemSelector: { 'a.$': '$', i: 1 } }) },
    large.slice(0, 60),
  );
  expect(head).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

test('listed objects, and the items of all of them', async () => {
  for (const [key, text] of Object.entries({ 'p/1': '1\n2', 'p/2/': '', 'p/3': '3', q: '9' })) {
    world.objects.put('in', key, text);
  }
  const list = { Resource: LIST, Parameters: { Bucket: 'in', Prefix: 'p/' } };
  const listed = output((await run({ M: map({ ItemReader: list }) }, {})).head);
  expect(JSON.stringify(listed[0])).toBe(
    '{"Etag":"\\"e\\"","LastModified":1700000000,"Key":"p/1","Size":3,"StorageClass":"STANDARD"}',
  );
  expect(listed.map(({ Key }: { Key: string }) => Key)).toEqual(['p/1', 'p/2/', 'p/3']);
  const ReaderConfig = { InputType: 'JSONL', Transformation: 'LOAD_AND_FLATTEN' };
  const ItemSelector = { 'v.$': '$$.Map.Item.Value', 's.$': '$$.Map.Item.Source' };
  const flat = map({ ItemReader: { ...list, ReaderConfig }, ItemSelector });
  expect(output((await run({ M: flat }, {})).head)).toEqual([
    { v: 1, s: 'S3://in/p/1' },
    { v: 2, s: 'S3://in/p/1' },
    { v: 3, s: 'S3://in/p/3' },
  ]);
});
