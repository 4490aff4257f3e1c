/** Quotas through the operations: what is refused, what waits, and what counts. */
import { expect, test } from 'vitest';
import type { Limits } from '../../execution/limits.ts';
import { settle } from '../engine/testing.ts';
import {
  context,
  definition,
  openDatabase,
  ROLE,
  STATES_ARN,
  statesWorld,
} from '../states/testing.ts';

const WAIT = { W: { Type: 'Wait', Seconds: 3600, End: true } };
const FAIL = { F: { Type: 'Fail' } };
const fault = (code: string, message?: string) =>
  expect.objectContaining({ code, ...(message !== undefined && { message }) });
const TOO_MANY_OPEN = fault(
  'ExecutionLimitExceeded',
  'The maximum number of running executions has been reached. ' +
    'Running executions must end or be stopped before a new execution can be started.',
);

async function openWorld(
  limits: Partial<Limits>,
  given: Omit<Parameters<typeof statesWorld>[0], 'limits'> = {},
) {
  const world = await statesWorld({ ...given, limits });
  const sfn = world.handlers;
  const machine = async (name: string, states: object, more: object = {}) => {
    const input = { name, definition: definition(states), roleArn: ROLE, ...more };
    return (await sfn.CreateStateMachine(input, context)).stateMachineArn!;
  };
  const start = async (stateMachineArn: string, name: string, input = '{}') =>
    (await sfn.StartExecution({ stateMachineArn, name, input }, context)).executionArn!;
  const status = async (executionArn: string) =>
    (await sfn.DescribeExecution({ executionArn }, context)).status;
  return { ...world, sfn, machine, start, status };
}

test('no more Standard executions are open than there may be', async () => {
  const { sfn, machine, start, log } = await openWorld({ openExecutions: 2 });
  const waiting = await machine('waiting', WAIT);
  const [first] = [await start(waiting, 'a'), await start(waiting, 'b')];
  await expect(start(waiting, 'c')).rejects.toEqual(TOO_MANY_OPEN);
  // What is asked for again is there already.
  expect(await start(waiting, 'a')).toBe(first);
  await expect(start(waiting, 'a', '1')).rejects.toEqual(fault('ExecutionAlreadyExists'));
  // Express ones do not count.
  const express = await machine('express', WAIT, { type: 'EXPRESS' });
  for (const name of ['a', 'b', 'c']) await start(express, name);
  const other = { ...context, region: 'eu-west-1' };
  const input = { name: 'm', definition: definition(WAIT), roleArn: ROLE };
  const { stateMachineArn } = await sfn.CreateStateMachine(input, other);
  await sfn.StartExecution({ stateMachineArn }, other);

  await sfn.StopExecution({ executionArn: first }, context);
  await start(waiting, 'c');
  await expect(start(waiting, 'd')).rejects.toEqual(TOO_MANY_OPEN);
  const near = log.lines.filter(({ level }) => level === 'warn');
  expect(near.map(({ fields }) => fields)).toEqual([
    { limit: 'open-executions', of: '000000000000 us-east-1', used: 2, most: 2 },
  ]);
});

test('what ends at once, or could not begin, leaves its place', async () => {
  const { machine, start, sfn } = await openWorld({ openExecutions: 1 });
  const failing = await machine('failing', FAIL);
  for (const name of ['a', 'b', 'c']) await start(failing, name);
  await expect(start(failing, 'c')).rejects.toEqual(fault('ExecutionAlreadyExists'));
  const waiting = await machine('waiting', WAIT);
  const executionArn = await start(waiting, 'a');
  await sfn.DeleteStateMachine({ stateMachineArn: waiting }, context);
  await settle();
  expect(await start(failing, 'd')).toContain(':d');
  expect(executionArn).toContain(':a');
});

test('a redrive needs a place, too', async () => {
  const { sfn, machine, start, clock } = await openWorld({ openExecutions: 1 });
  const executionArn = await start(await machine('failing', FAIL), 'a');
  await settle();
  const waiting = await start(await machine('waiting', WAIT), 'w');
  const redrive = () => sfn.RedriveExecution({ executionArn }, context);
  await expect(redrive()).rejects.toEqual(TOO_MANY_OPEN);
  await sfn.StopExecution({ executionArn: waiting }, context);
  await redrive();
  await settle();
  // It failed again, and so its place is free.
  await clock.pass(1_000);
  await redrive();
});

test('what was open before a crash is open after it', async () => {
  const database = await openDatabase();
  const before = await openWorld({ openExecutions: 2 }, { database });
  const waiting = await before.machine('waiting', WAIT);
  await before.start(waiting, 'a');
  const b = await before.start(waiting, 'b');
  before.clock.clear();
  const after = await openWorld({ openExecutions: 2 }, { database, clock: before.clock, epoch: 2 });
  await expect(after.start(waiting, 'c')).rejects.toEqual(TOO_MANY_OPEN);
  await after.sfn.StopExecution({ executionArn: b }, context);
  await after.start(waiting, 'c');
});

test('a task that starts one execution too many fails as with AWS', async () => {
  const { sfn, machine, start, status } = await openWorld({ openExecutions: 1 });
  const waiting = await machine('waiting', WAIT);
  const outer = await machine('outer', {
    S: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution',
      Parameters: { StateMachineArn: waiting },
      End: true,
    },
  });
  const executionArn = await start(outer, 'a');
  await settle();
  expect(await status(executionArn)).toBe('FAILED');
  const { error } = await sfn.DescribeExecution({ executionArn }, context);
  expect(error).toBe('StepFunctions.ExecutionLimitExceededException');
});

const distributed = (states: object) => ({
  M: {
    Type: 'Map',
    Label: 'L',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: Object.keys(states)[0],
      States: states,
    },
    End: true,
  },
});

async function mapRunsWorld(given: Parameters<typeof openWorld>[1] = {}) {
  const world = await openWorld({ openMapRuns: 1, openExecutions: 3 }, given);
  const { sfn, clock } = world;
  const mapping = await world.machine('mapping', distributed(WAIT));
  const pass = async () => {
    for (let i = 0; i < 3; i++) await clock.pass(100);
  };
  const begin = async (name: string, input = '[1,2]') => {
    const executionArn = await world.start(mapping, name, input);
    await pass();
    const { mapRuns } = await sfn.ListMapRuns({ executionArn }, context);
    return { executionArn, mapRunArn: mapRuns![0]!.mapRunArn! };
  };
  const counts = async (mapRunArn: string) => {
    const run = await sfn.DescribeMapRun({ mapRunArn }, context);
    const { pending, running, succeeded } = run.itemCounts!;
    return { status: run.status, pending, running, succeeded };
  };
  return { ...world, pass, begin, counts };
}

test('a Map Run beyond the limit waits for another to end', async () => {
  // The children of Map Runs do not count as open executions.
  const { clock, pass, begin, counts, status } = await mapRunsWorld();
  const first = await begin('a');
  const second = await begin('b');
  const third = await begin('c');
  const waits = { status: 'RUNNING', pending: 2, running: 0, succeeded: 0 };
  expect(await counts(first.mapRunArn)).toMatchObject({ running: 2, pending: 0 });
  expect(await counts(second.mapRunArn)).toEqual(waits);
  await clock.pass(3_600_000);
  await pass();
  expect(await counts(first.mapRunArn)).toMatchObject({ status: 'SUCCEEDED', succeeded: 2 });
  expect(await counts(second.mapRunArn)).toMatchObject({ running: 2, pending: 0 });
  expect(await counts(third.mapRunArn)).toEqual(waits);
  await clock.pass(7_300_000);
  await pass();
  expect(await status(third.executionArn)).toBe('SUCCEEDED');
});

test('what waited before a crash waits after it, and children still do not count', async () => {
  const before = await mapRunsWorld();
  const first = await before.begin('a');
  const second = await before.begin('b');
  const { database, clock } = before;
  clock.clear();
  const after = await mapRunsWorld({ database, clock, epoch: 2 });
  const { counts, pass, sfn } = after;
  await pass();
  expect(await counts(first.mapRunArn)).toMatchObject({ running: 2, pending: 0 });
  expect(await counts(second.mapRunArn)).toMatchObject({ running: 0, pending: 2 });
  const waiting = await after.machine('waiting', WAIT);
  await after.start(waiting, 'c');
  await expect(after.start(waiting, 'd')).rejects.toEqual(TOO_MANY_OPEN);
  await sfn.StopExecution({ executionArn: first.executionArn }, context);
  await pass();
  expect(await counts(second.mapRunArn)).toMatchObject({ running: 2, pending: 0 });
});

test('a Map Run that is over at once holds no place', async () => {
  const { begin, counts } = await mapRunsWorld();
  for (const name of ['a', 'b', 'c']) {
    const { mapRunArn } = await begin(name, '[]');
    expect(await counts(mapRunArn)).toMatchObject({ status: 'SUCCEEDED' });
  }
  expect(await counts((await begin('d')).mapRunArn)).toMatchObject({ running: 2 });
});

test('a Map Run that waits can be stopped, and makes room for nobody', async () => {
  const { sfn, pass, begin, counts } = await mapRunsWorld();
  const first = await begin('a');
  const second = await begin('b');
  const third = await begin('c');
  await sfn.StopExecution({ executionArn: second.executionArn }, context);
  await pass();
  expect(await counts(second.mapRunArn)).toMatchObject({ status: 'ABORTED', running: 0 });
  expect(await counts(third.mapRunArn)).toMatchObject({ running: 0, pending: 2 });
  await sfn.StopExecution({ executionArn: first.executionArn }, context);
  await pass();
  expect(await counts(third.mapRunArn)).toMatchObject({ running: 2, pending: 0 });
});

test('state machines and activities', async () => {
  const { sfn, machine } = await openWorld({ stateMachines: 2, activities: 1 });
  const first = await machine('a', FAIL);
  await machine('b', FAIL);
  await expect(machine('c', FAIL)).rejects.toEqual(fault('StateMachineLimitExceeded'));
  expect(await machine('a', FAIL)).toBe(first);
  await expect(machine('a', WAIT)).rejects.toEqual(fault('StateMachineAlreadyExists'));
  await sfn.DeleteStateMachine({ stateMachineArn: first }, context);
  await settle();
  await machine('c', FAIL);
  await expect(machine('d', FAIL)).rejects.toEqual(fault('StateMachineLimitExceeded'));

  const { activityArn } = await sfn.CreateActivity({ name: 'a' }, context);
  await expect(sfn.CreateActivity({ name: 'b' }, context)).rejects.toEqual(
    fault('ActivityLimitExceeded'),
  );
  await sfn.CreateActivity({ name: 'a' }, context);
  await sfn.DeleteActivity({ activityArn }, context);
  await sfn.CreateActivity({ name: 'b' }, context);
});

test('versions, aliases, tags and workers', async () => {
  const limits = { versions: 1, aliases: 1, tags: 2, activityWorkers: 1 };
  const { sfn, machine, activities } = await openWorld(limits);
  const stateMachineArn = await machine('m', FAIL);
  const { stateMachineVersionArn } = await sfn.PublishStateMachineVersion(
    { stateMachineArn },
    context,
  );
  const update = { stateMachineArn, definition: definition(WAIT), publish: true };
  await expect(sfn.UpdateStateMachine(update, context)).rejects.toEqual(
    fault('ServiceQuotaExceededException', 'A state machine can have at most 1 versions.'),
  );
  const alias = (name: string) => {
    const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
    return sfn.CreateStateMachineAlias({ name, routingConfiguration }, context);
  };
  await alias('one');
  await expect(alias('two')).rejects.toEqual(fault('ServiceQuotaExceededException'));
  const tags = ['a', 'b', 'c'].map((key) => ({ key, value: '' }));
  await expect(sfn.TagResource({ resourceArn: stateMachineArn, tags }, context)).rejects.toEqual(
    fault('TooManyTags', 'Too many tags: at most 2 are allowed.'),
  );
  await sfn.TagResource({ resourceArn: stateMachineArn, tags: tags.slice(1) }, context);
  const { activityArn } = await sfn.CreateActivity({ name: 'a' }, context);
  expect(activityArn).toBe(`${STATES_ARN}:activity:a`);
  const first = sfn.GetActivityTask({ activityArn }, context);
  await settle();
  await expect(sfn.GetActivityTask({ activityArn }, context)).rejects.toEqual(
    fault('ActivityWorkerLimitExceeded'),
  );
  activities.stop();
  expect(await first).toEqual({});
});
