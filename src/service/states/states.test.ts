import { beforeEach, expect, test } from 'vitest';
import { settle } from '../engine/testing.ts';
import { context, definition, openDatabase, ROLE, STATES_ARN, statesWorld } from './testing.ts';

type World = Awaited<ReturnType<typeof statesWorld>>;

let world: World;
let sfn: World['handlers'];

beforeEach(async () => {
  world = await statesWorld();
  sfn = world.handlers;
});

const PASS = definition({ P: { Type: 'Pass', End: true } });
const WAIT = definition({ W: { Type: 'Wait', Seconds: 100, End: true } });

async function create(name: string, text = PASS, more: object = {}): Promise<string> {
  const input = { name, definition: text, roleArn: ROLE, ...more };
  return (await sfn.CreateStateMachine(input, context)).stateMachineArn!;
}

const fault = (code: string, message?: string) =>
  expect.objectContaining({ code, ...(message !== undefined && { message }) });

test('creates idempotently but for the role and the tags', async () => {
  const arn = await create('m', PASS, { tags: [{ key: 'a', value: '1' }] });
  expect(arn).toBe(`${STATES_ARN}:stateMachine:m`);
  expect(await create('m', PASS, { roleArn: `${ROLE}2` })).toBe(arn);
  await expect(create('m', `${PASS} `)).rejects.toEqual(
    fault('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`),
  );
  await expect(create('m', PASS, { type: 'EXPRESS' })).rejects.toEqual(
    fault('StateMachineAlreadyExists'),
  );
  await expect(create('a b')).rejects.toEqual(fault('InvalidName', "Invalid Name: 'a b'"));
  await expect(create('x', PASS, { versionDescription: 'v' })).rejects.toEqual(
    fault('ValidationException', 'Version description can only be set when publish is true'),
  );
  await expect(create('x', '{}')).rejects.toEqual(
    fault(
      'InvalidDefinition',
      "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /'",
    ),
  );
});

test('describes with the defaults that AWS shows', async () => {
  const arn = await create('m');
  const described = await sfn.DescribeStateMachine({ stateMachineArn: arn }, context);
  expect(described).toMatchObject({
    status: 'ACTIVE',
    type: 'STANDARD',
    definition: PASS,
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
    encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
  });
  expect(described).not.toHaveProperty('revisionId');
  await expect(sfn.DescribeStateMachine({ stateMachineArn: `${arn}:1` }, context)).rejects.toEqual(
    fault('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}:1'`),
  );
});

test('an update that changes something has a revision of its own', async () => {
  const stateMachineArn = await create('m');
  const update = (more: object) => sfn.UpdateStateMachine({ stateMachineArn, ...more }, context);
  await expect(update({})).rejects.toEqual(fault('MissingRequiredParameter'));
  expect((await update({ definition: PASS })).revisionId).toBeUndefined();
  const { revisionId } = await update({ definition: WAIT });
  expect(revisionId).toBeDefined();
  expect((await update({ definition: WAIT, roleArn: ROLE })).revisionId).toBe(revisionId);
  const described = await sfn.DescribeStateMachine({ stateMachineArn }, context);
  expect(described).toMatchObject({ definition: WAIT, revisionId });
});

test('checks logging configurations', async () => {
  const group = (name: string) => ({
    cloudWatchLogsLogGroup: {
      logGroupArn: `arn:aws:logs:us-east-1:000000000000:log-group:${name}:*`,
    },
  });
  const logging = (loggingConfiguration: object) => create('m', PASS, { loggingConfiguration });
  await expect(logging({ level: 'ALL' })).rejects.toEqual(
    fault(
      'InvalidLoggingConfiguration',
      'Invalid Logging Configuration: Must specify exactly one Log Destination.',
    ),
  );
  await expect(logging({ level: 'ALL', destinations: [group('gone')] })).rejects.toEqual(
    fault(
      'InvalidLoggingConfiguration',
      'Invalid Logging Configuration: Log Destination not found.',
    ),
  );
  await logging({ level: 'ALL', destinations: [group('there')] });
});

test('starts idempotently while the execution runs', async () => {
  const stateMachineArn = await create('m', WAIT);
  const start = (name: string, input?: string) =>
    sfn.StartExecution({ stateMachineArn, name, ...(input !== undefined && { input }) }, context);
  const first = await start('e', '{"a":1}');
  expect(first.executionArn).toBe(`${STATES_ARN}:execution:m:e`);
  await world.clock.pass(1_000);
  expect(await start('e', '{"a":1}')).toEqual(first);
  const exists = fault(
    'ExecutionAlreadyExists',
    `Execution Already Exists: '${first.executionArn}'`,
  );
  await expect(start('e', '{"a": 1}')).rejects.toEqual(exists);
  await world.clock.pass(200_000);
  await expect(start('e', '{"a":1}')).rejects.toEqual(exists);
});

test('refuses inputs in the words of AWS', async () => {
  const stateMachineArn = await create('m');
  const start = (input: string) => sfn.StartExecution({ stateMachineArn, input }, context);
  await expect(start('')).rejects.toEqual(
    fault(
      'InvalidExecutionInput',
      "Invalid State Machine Execution Input: 'Invalid execution input.'",
    ),
  );
  await expect(start('not json')).rejects.toEqual(
    fault(
      'InvalidExecutionInput',
      "Invalid State Machine Execution Input: 'Unrecognized token 'not': was expecting " +
        "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')'",
    ),
  );
  for (const input of ['null', '1', '"s"']) expect(await start(input)).toBeDefined();
});

test('describes, stops, lists and tells the history of executions', async () => {
  const stateMachineArn = await create('m', WAIT);
  const { executionArn } = await sfn.StartExecution({ stateMachineArn, name: 'e' }, context);
  const describe = () => sfn.DescribeExecution({ executionArn: executionArn! }, context);
  expect(await describe()).toMatchObject({
    status: 'RUNNING',
    input: '{}',
    inputDetails: { included: true },
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
  });
  const stopped = await sfn.StopExecution({ executionArn: executionArn!, error: 'E' }, context);
  const described = await describe();
  expect(described).toMatchObject({ status: 'ABORTED', error: 'E', redriveStatus: 'REDRIVABLE' });
  expect(described).not.toHaveProperty('cause');
  expect(await sfn.StopExecution({ executionArn: executionArn! }, context)).toEqual(stopped);
  const { executions } = await sfn.ListExecutions({ stateMachineArn }, context);
  expect(executions).toMatchObject([{ executionArn, name: 'e', status: 'ABORTED' }]);
  const page = async (more: object) =>
    sfn.GetExecutionHistory({ executionArn: executionArn!, ...more }, context);
  const first = await page({ maxResults: 2 });
  expect(first.events!.map(({ id }) => id)).toEqual([1, 2]);
  const rest = await page({ maxResults: 2, nextToken: first.nextToken });
  expect(rest.events!.map(({ type }) => type)).toEqual(['ExecutionAborted']);
  expect(rest.nextToken).toBeUndefined();
  const reversed = await page({ reverseOrder: true });
  expect(reversed.events!.map(({ id }) => id)).toEqual([3, 2, 1]);
  await expect(page({ reverseOrder: true, nextToken: first.nextToken })).rejects.toEqual(
    fault('InvalidToken', "Invalid Token: 'Invalid token'"),
  );
  const express = executionArn!.replace(':execution:', ':express:');
  await expect(sfn.DescribeExecution({ executionArn: express }, context)).rejects.toEqual(
    fault('InvalidArn', "Invalid Arn: 'Resource type not valid in this context: express'"),
  );
});

test('deletes a machine, and ends what runs of it', async () => {
  const stateMachineArn = await create('m', WAIT);
  const { executionArn } = await sfn.StartExecution({ stateMachineArn }, context);
  await world.clock.pass(10);
  expect(await sfn.DeleteStateMachine({ stateMachineArn }, context)).toEqual({});
  expect(await sfn.DeleteStateMachine({ stateMachineArn }, context)).toEqual({});
  await settle();
  await expect(sfn.StartExecution({ stateMachineArn }, context)).rejects.toEqual(
    fault('StateMachineDoesNotExist'),
  );
  const described = await sfn.DescribeExecution({ executionArn: executionArn! }, context);
  expect(described.status).toBe('ABORTED');
});

test('pages through machines in the order of their creation', async () => {
  const names = ['b', 'a', 'c'];
  for (const name of names) await create(name);
  const listed: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.ListStateMachines({ maxResults: 2, nextToken }, context);
    listed.push(...page.stateMachines!.map(({ name }) => name!));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(listed).toEqual(names);
  await expect(sfn.ListStateMachines({ nextToken: 'x' }, context)).rejects.toEqual(
    fault('InvalidToken', "Invalid Token: 'Invalid token'"),
  );
});

test('keeps tags in the order they were given', async () => {
  const resourceArn = await create('m', PASS, { tags: [{ key: 'b', value: '1' }] });
  const tags = [
    { key: 'a', value: '2' },
    { key: 'b', value: '3' },
  ];
  await sfn.TagResource({ resourceArn, tags }, context);
  const list = async () => (await sfn.ListTagsForResource({ resourceArn }, context)).tags;
  expect(await list()).toEqual([
    { key: 'b', value: '3' },
    { key: 'a', value: '2' },
  ]);
  await sfn.UntagResource({ resourceArn, tagKeys: ['b', 'nothing'] }, context);
  expect(await list()).toEqual([{ key: 'a', value: '2' }]);
  const many = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: '' }));
  await expect(sfn.TagResource({ resourceArn, tags: many }, context)).rejects.toEqual(
    fault('TooManyTags'),
  );
  await expect(
    sfn.ListTagsForResource({ resourceArn: `${resourceArn}:1` }, context),
  ).rejects.toEqual(fault('ResourceNotFound', `Resource not found: '${resourceArn}:1'`));
});

const activityMachine = (arn: string) =>
  definition({ A: { Type: 'Task', Resource: arn, HeartbeatSeconds: 10, End: true } });

test('an activity is the same with the encryption that it has by default', async () => {
  const create = (more: object) => sfn.CreateActivity({ name: 'a', ...more }, context);
  const first = await create({});
  const own = { encryptionConfiguration: { type: 'AWS_OWNED_KEY' } };
  expect(await create(own)).toEqual(first);
  const other = { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'k' };
  await expect(create({ encryptionConfiguration: other })).rejects.toEqual(
    fault('ActivityAlreadyExists'),
  );
});

test('hands activity tasks to workers in order, each once', async () => {
  const { activityArn } = await sfn.CreateActivity({ name: 'a' }, context);
  const stateMachineArn = await create('m', activityMachine(activityArn!));
  const worker = (name: string) =>
    sfn.GetActivityTask({ activityArn: activityArn!, workerName: name }, context);
  const waiting = worker('first');
  await settle();
  const start = (input: string) => sfn.StartExecution({ stateMachineArn, input }, context);
  const { executionArn } = await start('1');
  const task = await waiting;
  expect(task.input).toBe('1');
  const { events } = await sfn.GetExecutionHistory({ executionArn: executionArn! }, context);
  expect(events!.at(-1)).toMatchObject({
    type: 'ActivityStarted',
    activityStartedEventDetails: { workerName: 'first' },
  });
  await start('2');
  await start('3');
  const [second, third, fourth] = [worker('b'), worker('c'), worker('d')];
  expect([(await second).input, (await third).input]).toEqual(['2', '3']);
  await world.clock.pass(8_000);
  const beat = (taskToken: string) => sfn.SendTaskHeartbeat({ taskToken }, context);
  await beat(task.taskToken!);
  await world.clock.pass(8_000);
  const { taskToken } = task;
  await sfn.SendTaskSuccess({ taskToken: taskToken!, output: '"done"' }, context);
  const described = await sfn.DescribeExecution({ executionArn: executionArn! }, context);
  expect(described).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  await expect(beat(taskToken!)).rejects.toEqual(
    fault('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'"),
  );
  await expect(beat('x')).rejects.toEqual(fault('InvalidToken', "Invalid Token: 'Invalid token'"));
  await world.clock.pass(60_000);
  expect(await fourth).toEqual({});
});

test('an activity that is gone fails its tasks and sends its workers home', async () => {
  const { activityArn } = await sfn.CreateActivity({ name: 'a' }, context);
  const waiting = sfn.GetActivityTask({ activityArn: activityArn! }, context);
  const stateMachineArn = await create('m', activityMachine(activityArn!));
  await settle();
  await sfn.DeleteActivity({ activityArn: activityArn! }, context);
  await expect(waiting).rejects.toEqual(
    fault('ActivityDoesNotExist', `Activity Does Not Exist: '${activityArn}'`),
  );
  const { executionArn } = await sfn.StartExecution({ stateMachineArn }, context);
  const described = await sfn.DescribeExecution({ executionArn: executionArn! }, context);
  expect(described).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(described.cause).toContain(`The activity ${activityArn} does not exist.`);
});

const nested = (arn: string, suffix: string, more: object = {}) =>
  definition({
    N: {
      Type: 'Task',
      Resource: `arn:aws:states:::states:startExecution${suffix}`,
      Parameters: { StateMachineArn: arn, Input: { a: 1 }, ...more },
      End: true,
    },
  });

test('a parent waits for its child and hears how it ended', async () => {
  const child = await create('child', definition({ W: { Type: 'Wait', Seconds: 5, End: true } }));
  for (const suffix of ['.sync', '.sync:2']) {
    const stateMachineArn = await create(`p${suffix.length}`, nested(child, suffix));
    const { executionArn } = await sfn.StartExecution({ stateMachineArn }, context);
    await world.clock.pass(6_000);
    const described = await sfn.DescribeExecution({ executionArn: executionArn! }, context);
    const output = JSON.parse(described.output!) as Record<string, unknown>;
    expect(output).toMatchObject({ Status: 'SUCCEEDED', StateMachineArn: child });
    expect(output.Output).toEqual(suffix === '.sync' ? '{"a":1}' : { a: 1 });
    expect(Object.keys(output)).toEqual(Object.keys(output).toSorted());
  }
});

test('a parent that is stopped stops its child', async () => {
  const child = await create('child', WAIT);
  const stateMachineArn = await create('parent', nested(child, '.sync', { Name: 'c' }));
  const { executionArn } = await sfn.StartExecution({ stateMachineArn }, context);
  await world.clock.pass(100);
  await sfn.StopExecution({ executionArn: executionArn! }, context);
  await world.clock.pass(100);
  const childArn = `${STATES_ARN}:execution:child:c`;
  const described = await sfn.DescribeExecution({ executionArn: childArn }, context);
  expect(described.status).toBe('ABORTED');
});

test('a nested start that is refused names the error as the SDK does', async () => {
  const missing = `${STATES_ARN}:stateMachine:none`;
  const stateMachineArn = await create('parent', nested(missing, ''));
  const { executionArn } = await sfn.StartExecution({ stateMachineArn }, context);
  await world.clock.pass(100);
  const described = await sfn.DescribeExecution({ executionArn: executionArn! }, context);
  expect(described).toMatchObject({
    status: 'FAILED',
    error: 'StepFunctions.StateMachineDoesNotExistException',
  });
  expect(described.cause).toMatch(
    /^State Machine Does Not Exist: '.*' \(Service: AWSStepFunctions; Status Code: 400; Error Code: StateMachineDoesNotExist; Request ID: .*; Proxy: null\)$/,
  );
});

test('a parent cannot wait for an Express execution', async () => {
  const child = await create('child', PASS, { type: 'EXPRESS' });
  const stateMachineArn = await create('parent', nested(child, '.sync:2'));
  const { executionArn } = await sfn.StartExecution({ stateMachineArn }, context);
  await world.clock.pass(100);
  const described = await sfn.DescribeExecution({ executionArn: executionArn! }, context);
  expect(described.error).toBe('StepFunctions.StateMachineTypeNotSupportedException');
  const { events } = await sfn.GetExecutionHistory({ executionArn }, context);
  expect(events!.map(({ type }) => type)).toContain('TaskSubmitFailed');
});

test('runs Express executions, waiting for them or not', async () => {
  const type = 'EXPRESS';
  const stateMachineArn = await create('x', WAIT, { type });
  const start = () => sfn.StartExecution({ stateMachineArn, name: 'same' }, context);
  const [first, second] = [await start(), await start()];
  expect(first.executionArn).toMatch(/:express:x:same:[0-9a-f-]{36}$/);
  expect(second.executionArn).not.toBe(first.executionArn);
  const answer = sfn.StartSyncExecution({ stateMachineArn, input: '{"a":1}' }, context);
  await world.clock.pass(100_000);
  expect(await answer).toMatchObject({
    status: 'SUCCEEDED',
    output: '{"a":1}',
    billingDetails: { billedDurationInMilliseconds: expect.any(Number), billedMemoryUsedInMB: 64 },
  });
  const head = await world.executions.headByArn(first.executionArn!);
  expect(head).toMatchObject({ status: 'SUCCEEDED', type });
  await expect(sfn.ListExecutions({ stateMachineArn }, context)).rejects.toEqual(
    fault(
      'StateMachineTypeNotSupported',
      'This operation is not supported by this type of state machine',
    ),
  );
  const standard = await create('s');
  await expect(sfn.StartSyncExecution({ stateMachineArn: standard }, context)).rejects.toEqual(
    fault('StateMachineTypeNotSupported'),
  );
});

test('ends Express executions after five minutes', async () => {
  const endless = definition({ W: { Type: 'Wait', Seconds: 301, End: true } });
  const stateMachineArn = await create('x', endless, { type: 'EXPRESS' });
  const answer = sfn.StartSyncExecution({ stateMachineArn }, context);
  await world.clock.pass(300_000);
  expect((await answer).status).toBe('TIMED_OUT');
});

test('after a crash asynchronous Express executions start again, synchronous ones are closed', async () => {
  const database = await openDatabase();
  world = await statesWorld({ database });
  sfn = world.handlers;
  const stateMachineArn = await create('x', WAIT, { type: 'EXPRESS' });
  const { executionArn } = await sfn.StartExecution({ stateMachineArn }, context);
  void sfn.StartSyncExecution({ stateMachineArn, name: 'sync' }, context);
  await world.clock.pass(10);
  world.clock.clear();
  const next = await statesWorld({ database, clock: world.clock, epoch: 2 });
  const statusOf = async (arn: string) => (await next.executions.headByArn(arn))?.status;
  expect(await statusOf(executionArn!)).toBe('RUNNING');
  await next.clock.pass(100_000);
  expect(await statusOf(executionArn!)).toBe('SUCCEEDED');
  const { items } = await next.executions.list({ ...context, limit: 10 });
  const sync = items.find(({ name }) => name === 'sync');
  expect(sync).toMatchObject({ status: 'ABORTED', cause: expect.stringContaining('stopped') });
});

test('decides what is traced: upstream first, then the machine and its sampling', async () => {
  const traced = { tracingConfiguration: { enabled: true } };
  const on = await create('on', PASS, traced);
  const off = await create('off', PASS);
  const traceOf = async (stateMachineArn: string, traceHeader?: string) => {
    const { executionArn } = await sfn.StartExecution(
      { stateMachineArn, ...(traceHeader !== undefined && { traceHeader }) },
      context,
    );
    return (await world.executions.headByArn(executionArn!))!.trace;
  };
  const root = '1-5759e988-bd862e3fe1be46a994272793';
  expect(await traceOf(on)).toMatchObject({ sampled: true });
  expect(await traceOf(off)).toBeUndefined();
  expect(await traceOf(off, `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`)).toEqual({
    traceId: root,
    parentId: '53995c3f42cd8ad8',
    sampled: true,
  });
  expect(await traceOf(on, `Root=${root};Sampled=0`)).toMatchObject({ sampled: false });
  expect(await traceOf(on, 'Root=not enabled;Sampled=0')).toBeUndefined();
});

test('validates definitions without ever throwing at them', async () => {
  const validate = (text: string) =>
    sfn.ValidateStateMachineDefinition({ definition: text }, context);
  expect(await validate(PASS)).toEqual({ result: 'OK', diagnostics: [], truncated: false });
  expect((await validate('nonsense')).diagnostics).toMatchObject([
    { code: 'INVALID_JSON_DESCRIPTION', severity: 'ERROR' },
  ]);
});
