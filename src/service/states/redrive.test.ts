/** RedriveExecution through the operations: who may be, what is told of it, and how often it counts. */
import { beforeEach, expect, test } from 'vitest';
import { settle } from '../engine/testing.ts';
import type { TaskOutcome } from '../ports/tasks.ts';
import { context, definition, openDatabase, ROLE, statesWorld } from './testing.ts';

type World = Awaited<ReturnType<typeof statesWorld>>;

let world: World;
let sfn: World['handlers'];
/** Answers the task that runs. */
let resolve: (outcome: TaskOutcome) => void;

beforeEach(async () => {
  world = await statesWorld();
  sfn = world.handlers;
  world.lambda.answer = (task) => {
    task.started(world.clock.now());
    return new Promise((answered) => {
      resolve = answered;
    });
  };
});

const TASK = {
  Type: 'Task',
  Resource: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  End: true,
};
const DAY_MS = 24 * 3_600_000;

async function start(states: object, more: object = {}): Promise<string> {
  const input = { name: 'm', definition: definition(states), roleArn: ROLE, ...more };
  const { stateMachineArn } = await sfn.CreateStateMachine(input, context);
  const { executionArn } = await sfn.StartExecution({ stateMachineArn }, context);
  await settle();
  return executionArn!;
}

const describe = (executionArn: string) => sfn.DescribeExecution({ executionArn }, context);
const redrive = (executionArn: string, clientToken?: string) =>
  sfn.RedriveExecution({ executionArn, clientToken }, context);
const stop = (executionArn: string) => sfn.StopExecution({ executionArn }, context);

async function answer(outcome: TaskOutcome): Promise<void> {
  await world.clock.pass(100);
  resolve(outcome);
  await settle();
}

const failed: TaskOutcome = { type: 'Failed', error: 'E', cause: 'c' };
const fault = (code: string, message?: string) =>
  expect.objectContaining({ code, ...(message !== undefined && { message }) });
const refused = (message: string) => fault('ExecutionNotRedrivable', message);

test('goes on where it failed, with all that was told of its end forgotten', async () => {
  const arn = await start({ A: { Type: 'Pass', Result: 1, Next: 'B' }, B: TASK });
  await answer(failed);
  expect(await describe(arn)).toMatchObject({
    status: 'FAILED',
    error: 'E',
    redriveStatus: 'REDRIVABLE',
    redriveCount: 0,
  });
  await world.clock.pass(5000);
  const { redriveDate } = await redrive(arn);
  expect(redriveDate!.getTime()).toBe(world.clock.now());
  const running = await describe(arn);
  expect(running).toMatchObject({
    status: 'RUNNING',
    redriveCount: 1,
    redriveDate,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
  });
  for (const member of ['stopDate', 'error', 'cause', 'output', 'outputDetails']) {
    expect(running).not.toHaveProperty(member);
  }
  await settle();
  await answer({ type: 'Succeeded', output: '"done"' });
  expect(await describe(arn)).toMatchObject({
    status: 'SUCCEEDED',
    output: '"done"',
    redriveCount: 1,
    redriveDate,
    stopDate: new Date(world.clock.now()),
  });
  await expect(redrive(arn)).rejects.toEqual(
    refused('Execution is SUCCEEDED and cannot be redriven'),
  );
  const { events } = await sfn.GetExecutionHistory({ executionArn: arn }, context);
  expect(events!.map(({ type, previousEventId }) => `${type}<-${previousEventId}`)).toEqual([
    'ExecutionStarted<-0',
    'PassStateEntered<-0',
    'PassStateExited<-2',
    'TaskStateEntered<-3',
    'LambdaFunctionScheduled<-4',
    'LambdaFunctionStarted<-5',
    'LambdaFunctionFailed<-6',
    'ExecutionFailed<-7',
    'ExecutionRedriven<-8',
    'LambdaFunctionScheduled<-9',
    'LambdaFunctionStarted<-10',
    'LambdaFunctionSucceeded<-11',
    'TaskStateExited<-12',
    'ExecutionSucceeded<-13',
  ]);
  expect(events![8]).toMatchObject({ executionRedrivenEventDetails: { redriveCount: 1 } });
  expect(events![8]!.executionRedrivenEventDetails).toEqual({ redriveCount: 1 });
});

test('an execution that fails again at once has the new end', async () => {
  const arn = await start({
    F: { Type: 'Fail', CausePath: "States.Format('{}', $$.Execution.RedriveCount)" },
  });
  expect(await describe(arn)).toMatchObject({ status: 'FAILED', cause: '0' });
  await world.clock.pass(10);
  await redrive(arn);
  const told = await describe(arn);
  expect(told).toMatchObject({ status: 'FAILED', cause: '1', redriveCount: 1 });
  expect(told.stopDate).toEqual(told.redriveDate);
});

test('keeps the definition, the role and the version that it began with', async () => {
  const states = { W: { Type: 'Wait', Seconds: 100, Next: 'P' }, P: { Type: 'Pass', End: true } };
  const arn = await start(states, { publish: true });
  await stop(arn);
  const { stateMachineArn } = await describe(arn);
  await sfn.UpdateStateMachine(
    { stateMachineArn, definition: definition({ X: { Type: 'Succeed' } }), roleArn: `${ROLE}2` },
    context,
  );
  await redrive(arn);
  await world.clock.pass(100_000);
  expect(await describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await sfn.DescribeStateMachineForExecution({ executionArn: arn }, context)).toMatchObject({
    definition: definition(states),
    roleArn: ROLE,
  });
});

test('a token that was used counts for a quarter of an hour', async () => {
  const arn = await start({ T: TASK });
  await answer(failed);
  const first = await redrive(arn, 'one');
  expect(await redrive(arn, 'one')).toEqual(first);
  await expect(redrive(arn, 'two')).rejects.toEqual(
    refused('Execution is RUNNING and cannot be redriven'),
  );
  await settle();
  await answer(failed);
  await world.clock.pass(60_000);
  expect(await redrive(arn, 'one')).toEqual(first);
  expect(await describe(arn)).toMatchObject({ status: 'FAILED', redriveCount: 1 });
  const second = await redrive(arn, 'two');
  await settle();
  await answer(failed);
  expect(await redrive(arn, 'one')).toEqual(first);
  expect(await redrive(arn, 'two')).toEqual(second);
  await world.clock.pass(14 * 60_000);
  expect(await redrive(arn, 'two')).toEqual(second);
  await redrive(arn, 'one');
  expect(await describe(arn)).toMatchObject({ status: 'RUNNING', redriveCount: 3 });
});

test('only the last ten tokens count', async () => {
  const arn = await start({ F: { Type: 'Fail' } });
  for (let n = 1; n <= 11; n++) await redrive(arn, `t${n}`);
  const counted = async () => (await describe(arn)).redriveCount;
  await redrive(arn, 't2');
  expect(await counted()).toBe(11);
  await redrive(arn, 't1');
  expect(await counted()).toBe(12);
});

test('of requests at the same time one redrives; its token answers the others', async () => {
  const arn = await start({ T: TASK });
  await answer(failed);
  const same = await Promise.all([redrive(arn, 't'), redrive(arn, 't'), redrive(arn, 't')]);
  expect(new Set(same.map(({ redriveDate }) => redriveDate!.getTime())).size).toBe(1);
  expect(await describe(arn)).toMatchObject({ redriveCount: 1 });
  await settle();
  await answer(failed);
  const others = await Promise.allSettled([redrive(arn), redrive(arn, 'u')]);
  expect(others.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await describe(arn)).toMatchObject({ redriveCount: 2 });
});

test('what cannot be redriven says why', async () => {
  const arn = await start({ W: { Type: 'Wait', Seconds: 30 * 24 * 3600, End: true } });
  await expect(redrive(arn)).rejects.toEqual(
    refused('Execution is RUNNING and cannot be redriven'),
  );
  await stop(arn);
  expect(await describe(arn)).toMatchObject({ status: 'ABORTED', redriveStatus: 'REDRIVABLE' });
  await world.clock.pass(14 * DAY_MS);
  const late = 'Execution redrivable period exceeded';
  await expect(redrive(arn)).rejects.toEqual(refused(late));
  expect(await describe(arn)).toMatchObject({
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: late,
  });
  const other = arn.replace(':execution:m:', ':execution:none:');
  await expect(redrive(other)).rejects.toEqual(
    fault('ExecutionDoesNotExist', `Execution Does Not Exist: '${other}'`),
  );
  await expect(redrive(arn.replace(':execution:', ':express:'))).rejects.toEqual(
    fault('InvalidArn', "Invalid Arn: 'Resource type not valid in this context: express'"),
  );
});

test('the state machine must be there, and be the same', async () => {
  const arn = await start({ F: { Type: 'Fail' } });
  const { stateMachineArn } = await describe(arn);
  await sfn.DeleteStateMachine({ stateMachineArn }, context);
  const gone = refused('State machine is in DELETING status');
  await expect(redrive(arn)).rejects.toEqual(gone);
  await world.clock.pass(1000);
  await start({ F: { Type: 'Fail' } });
  await expect(redrive(arn)).rejects.toEqual(gone);
});

test('times out anew, counted from the redrive', async () => {
  const text = definition(
    { W: { Type: 'Wait', Seconds: 1000, End: true } },
    { TimeoutSeconds: 50 },
  );
  const arn = await start({}, { definition: text });
  await world.clock.pass(50_000);
  expect(await describe(arn)).toMatchObject({ status: 'TIMED_OUT' });
  await world.clock.pass(7000);
  const { redriveDate } = await redrive(arn);
  await world.clock.pass(49_000);
  expect(await describe(arn)).toMatchObject({ status: 'RUNNING' });
  await world.clock.pass(1000);
  const told = await describe(arn);
  expect(told).toMatchObject({ status: 'TIMED_OUT', redriveCount: 1 });
  expect(told.stopDate!.getTime()).toBe(redriveDate!.getTime() + 50_000);
});

test('lists can ask for redriven executions', async () => {
  const arn = await start({ W: { Type: 'Wait', Seconds: 1000, End: true } });
  const { stateMachineArn } = await describe(arn);
  await sfn.StartExecution({ stateMachineArn }, context);
  await stop(arn);
  await redrive(arn);
  const list = async (redriveFilter?: 'REDRIVEN' | 'NOT_REDRIVEN') =>
    (await sfn.ListExecutions({ stateMachineArn, redriveFilter }, context)).executions!;
  const redriven = await list('REDRIVEN');
  expect(redriven).toMatchObject([{ executionArn: arn, status: 'RUNNING', redriveCount: 1 }]);
  expect(redriven[0]).not.toHaveProperty('stopDate');
  expect(await list('NOT_REDRIVEN')).toMatchObject([{ redriveCount: 0 }]);
  expect(await list()).toHaveLength(2);
});

test('a redrive survives a crash', async () => {
  const database = await openDatabase();
  const { clock } = world;
  world = await statesWorld({ database, clock });
  sfn = world.handlers;
  const arn = await start({ W: { Type: 'Wait', Seconds: 60, End: true } });
  await stop(arn);
  await clock.pass(10_000);
  const { redriveDate } = await redrive(arn, 't');
  world = await statesWorld({ database, clock, epoch: 2 });
  sfn = world.handlers;
  expect(await redrive(arn, 't')).toEqual({ redriveDate });
  await clock.pass(50_000);
  expect(await describe(arn)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
});
