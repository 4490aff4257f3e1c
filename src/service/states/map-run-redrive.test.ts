/** RedriveExecution of an execution that failed in a distributed Map. */

import { beforeEach, expect, test } from 'vitest';
import { wrapped } from '../../../test/support/wrapped-database.ts';
import { settle } from '../engine/testing.ts';
import { context, definition, openDatabase, ROLE, statesWorld } from './testing.ts';

type World = Awaited<ReturnType<typeof statesWorld>>;

let world: World;
let sfn: World['handlers'];
let bad: Set<string>;

beforeEach(async () => {
  world = await statesWorld();
  sfn = world.handlers;
  bad = new Set(['2', '4']);
  world.lambda.answer = ({ order }) =>
    bad.has(order.parameters)
      ? { type: 'Failed', error: 'E' }
      : { type: 'Succeeded', output: order.parameters };
});

const TASK = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Next: 'P' };

async function failed(type: string, fields: object = {}) {
  const processor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: type },
    StartAt: 'T',
    States: { T: TASK, P: { Type: 'Pass', End: true } },
  };
  const M = { Type: 'Map', ItemProcessor: processor, MaxConcurrency: 1, End: true, ...fields };
  const machine = { name: 'm', definition: definition({ M }), roleArn: ROLE };
  const { stateMachineArn } = await sfn.CreateStateMachine(machine, context);
  const input = JSON.stringify([1, 2, 3, 4, 5]);
  const { executionArn } = await sfn.StartExecution({ stateMachineArn, input }, context);
  expect(await end(executionArn!)).toMatchObject({ status: 'FAILED' });
  const { mapRuns } = await sfn.ListMapRuns({ executionArn }, context);
  return { executionArn: executionArn!, mapRunArn: mapRuns![0]!.mapRunArn! };
}

async function end(executionArn: string) {
  for (let i = 0; i < 500; i++) {
    await settle();
    const head = await sfn.DescribeExecution({ executionArn }, context);
    if (head.status !== 'RUNNING' && world.mapRuns.size === 0) return head;
    world.clock.tick();
  }
  throw new Error('the execution does not end');
}

const chain = async (executionArn: string) => {
  const { events } = await sfn.GetExecutionHistory({ executionArn }, context);
  return events!.map((one) => `${one.id}<-${one.previousEventId} ${one.type}`);
};

test.each(['STANDARD', 'EXPRESS'])(
  '%s children go on, items that never began begin',
  async (type) => {
    const { executionArn, mapRunArn } = await failed(type);
    const describe = () => sfn.DescribeMapRun({ mapRunArn }, context);
    expect((await describe()).itemCounts).toMatchObject({ succeeded: 1, failed: 1, pending: 3 });
    bad.delete('2');
    await world.clock.pass(1_000);
    await sfn.RedriveExecution({ executionArn }, context);
    await end(executionArn);
    const second = await describe();
    expect(second).toMatchObject({
      status: 'FAILED',
      redriveCount: 1,
      redriveDate: expect.any(Date),
      itemCounts: { succeeded: 3, failed: 1, pending: 1 },
    });
    bad.clear();
    await sfn.RedriveExecution({ executionArn }, context);
    const done = await end(executionArn);
    expect(JSON.parse(done.output!)).toEqual([1, 2, 3, 4, 5]);
    expect(await describe()).toMatchObject({
      status: 'SUCCEEDED',
      redriveCount: 2,
      itemCounts: { succeeded: 5, failed: 0, pending: 0, running: 0, total: 5 },
    });
    expect((await chain(executionArn)).slice(-6)).toEqual([
      '13<-12 ExecutionRedriven',
      '14<-13 MapRunRedriven',
      '15<-14 MapRunSucceeded',
      '16<-15 MapStateSucceeded',
      '17<-14 MapStateExited',
      '18<-17 ExecutionSucceeded',
    ]);
    const { executions } = await sfn.ListExecutions({ mapRunArn }, context);
    expect(executions).toHaveLength(5);
    expect(executions!.filter(({ redriveCount }) => redriveCount === 1)).toHaveLength(2);
    if (type === 'EXPRESS') return;
    const child = executions!.find(({ redriveCount }) => redriveCount === 1)!.executionArn!;
    expect((await chain(child)).map((line) => line.split(' ')[1]).slice(4)).toEqual([
      'TaskFailed',
      'ExecutionFailed',
      'ExecutionRedriven',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  },
);

test('stopped and redriven at once', async () => {
  world.lambda.answer = () => new Promise(() => undefined);
  const processor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'T',
    States: { T: TASK, P: { Type: 'Pass', End: true } },
  };
  const M = { Type: 'Map', ItemProcessor: processor, End: true };
  const machine = { name: 'm', definition: definition({ M }), roleArn: ROLE };
  const { stateMachineArn } = await sfn.CreateStateMachine(machine, context);
  const input = JSON.stringify([1, 2, 3]);
  const { executionArn } = await sfn.StartExecution({ stateMachineArn, input }, context);
  await settle();
  await settle();
  await sfn.StopExecution({ executionArn }, context);
  world.lambda.answer = ({ order }) => ({ type: 'Succeeded', output: order.parameters });
  await sfn.RedriveExecution({ executionArn }, context);
  const done = await end(executionArn!);
  expect(JSON.parse(done.output!)).toEqual([1, 2, 3]);
});

test('stopped and redriven, and the process dies before its Map Run hears of either', async () => {
  const shared = await openDatabase();
  let deaf = false;
  const database = wrapped(shared, {
    write: (unit) =>
      deaf && unit.statements[0]!.sql.startsWith('UPDATE map_run')
        ? new Promise(() => undefined)
        : shared.write(unit),
  });
  world = await statesWorld({ database });
  sfn = world.handlers;
  const processor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'W',
    States: { W: { Type: 'Wait', Seconds: 1_000, End: true } },
  };
  const M = { Type: 'Map', ItemProcessor: processor, End: true };
  const machine = { name: 'm', definition: definition({ M }), roleArn: ROLE };
  const { stateMachineArn } = await sfn.CreateStateMachine(machine, context);
  const { executionArn } = await sfn.StartExecution({ stateMachineArn, input: '[1,2]' }, context);
  await world.clock.pass(1_000);
  deaf = true;
  await sfn.StopExecution({ executionArn }, context);
  await sfn.RedriveExecution({ executionArn }, context);
  await settle();
  world.clock.clear();
  const { clock, objects } = world;
  world = await statesWorld({ database: shared, clock, objects, epoch: 2 });
  sfn = world.handlers;
  expect(await end(executionArn!)).toMatchObject({ status: 'SUCCEEDED', output: '[1,2]' });
  const { mapRuns } = await sfn.ListMapRuns({ executionArn }, context);
  const { mapRunArn } = mapRuns![0]!;
  const { executions } = await sfn.ListExecutions({ mapRunArn }, context);
  expect(executions!.map(({ redriveCount }) => redriveCount)).toEqual([1, 1]);
});

test('children that wait for their turn say so', async () => {
  bad = new Set(['1', '2']);
  const { executionArn, mapRunArn } = await failed('STANDARD', { ToleratedFailureCount: 1 });
  world.lambda.answer = () => new Promise(() => undefined);
  await sfn.RedriveExecution({ executionArn }, context);
  await settle();
  const list = (statusFilter?: 'PENDING_REDRIVE') =>
    sfn.ListExecutions({ mapRunArn, ...(statusFilter && { statusFilter }) }, context);
  const { executionCounts } = await sfn.DescribeMapRun({ mapRunArn }, context);
  expect(executionCounts).toMatchObject({ pendingRedrive: 1, running: 1, failed: 0 });
  const statuses = (await list()).executions!.map(({ status }) => status);
  expect(statuses.sort()).toEqual(['PENDING_REDRIVE', 'RUNNING']);
  expect((await list('PENDING_REDRIVE')).executions).toMatchObject([{ status: 'PENDING_REDRIVE' }]);
});

test('a Map Run that was redriven goes on after a crash', async () => {
  const { executionArn, mapRunArn } = await failed('STANDARD');
  bad.clear();
  await sfn.RedriveExecution({ executionArn }, context);
  // The process dies here; another one takes over.
  world.clock.clear();
  const { lambda, database, clock, objects } = world;
  world = await statesWorld({ database, clock, objects, epoch: 2 });
  world.lambda.answer = lambda.answer;
  sfn = world.handlers;
  const done = await end(executionArn);
  expect(done.status).toBe('SUCCEEDED');
  expect(await sfn.DescribeMapRun({ mapRunArn }, context)).toMatchObject({
    status: 'SUCCEEDED',
    itemCounts: { succeeded: 5, failed: 0 },
  });
});

test('a redrive that is stopped counts those whose turn had not come as they ended before', async () => {
  const { executionArn, mapRunArn } = await failed('STANDARD', { ToleratedFailureCount: 1 });
  const answer = world.lambda.answer;
  world.lambda.answer = () => new Promise(() => undefined);
  await sfn.RedriveExecution({ executionArn }, context);
  await settle();
  await settle();
  await sfn.StopExecution({ executionArn }, context);
  expect(await end(executionArn)).toMatchObject({ status: 'ABORTED' });
  const describe = () => sfn.DescribeMapRun({ mapRunArn }, context);
  expect(await describe()).toMatchObject({
    status: 'ABORTED',
    itemCounts: { succeeded: 2, failed: 1, aborted: 1, pending: 1, running: 0, total: 5 },
    executionCounts: { succeeded: 2, failed: 1, aborted: 1, pending: 1, running: 0, total: 5 },
  });
  world.lambda.answer = answer;
  bad.clear();
  await sfn.RedriveExecution({ executionArn }, context);
  expect(JSON.parse((await end(executionArn)).output!)).toEqual([1, 2, 3, 4, 5]);
  expect((await describe()).itemCounts).toMatchObject({ succeeded: 5, failed: 0, aborted: 0 });
});

test('a child whose end is told twice counts once', async () => {
  const { executionArn, mapRunArn } = await failed('STANDARD', { ToleratedFailureCount: 1 });
  const [child] = await world.executions.children(mapRunArn, 0, 9);
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  world.lambda.answer = async ({ order }) => {
    await held;
    return { type: 'Succeeded', output: order.parameters };
  };
  await sfn.RedriveExecution({ executionArn }, context);
  await settle();
  world.mapRuns.childEnded(child!);
  await settle();
  const counts = async () => (await sfn.DescribeMapRun({ mapRunArn }, context)).itemCounts;
  expect(await counts()).toMatchObject({ succeeded: 2, running: 1, pendingRedrive: 1 });
  goOn();
  await end(executionArn);
  expect(await counts()).toMatchObject({ succeeded: 5, running: 0, total: 5 });
});
