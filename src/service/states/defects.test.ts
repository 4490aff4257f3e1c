/** A defect of ours in an execution that others wait for: all of them come to an end. */
import { beforeEach, expect, test } from 'vitest';
import { settle } from '../engine/testing.ts';
import { context, definition, ROLE, STATES_ARN, statesWorld } from './testing.ts';

type World = Awaited<ReturnType<typeof statesWorld>>;

let world: World;
let sfn: World['handlers'];

beforeEach(async () => {
  world = await statesWorld({
    request: (_resource, given) => {
      if (given.text.includes('spoilt')) throw new TypeError('planted');
      return given;
    },
  });
  sfn = world.handlers;
});

const TASK = 'arn:aws:states:::lambda:invoke';
const spoilt = { Type: 'Task', Resource: TASK, Parameters: { spoilt: true }, End: true };
/** Where it is spoilt: in its first commit, or later. */
const PLACES = {
  'at its start': { T: spoilt },
  'on its way': { W: { Type: 'Wait', Seconds: 2, Next: 'T' }, T: spoilt },
};
const FAILED = {
  status: 'FAILED',
  error: 'States.Runtime',
  cause: expect.stringMatching(/^A defect of this server .*TypeError: planted/),
};

async function create(name: string, states: object, type: 'STANDARD' | 'EXPRESS' = 'STANDARD') {
  const machine = { name, definition: definition(states), roleArn: ROLE, type };
  const { stateMachineArn } = await sfn.CreateStateMachine(machine, context);
  return stateMachineArn!;
}

async function end(executionArn: string) {
  for (let i = 0; i < 300; i++) {
    await settle();
    const head = await sfn.DescribeExecution({ executionArn }, context);
    if (head.status !== 'RUNNING') return head;
    world.clock.tick();
  }
  throw new Error('the execution does not end');
}

const start = async (stateMachineArn: string) =>
  (await sfn.StartExecution({ stateMachineArn, input: '[1,2]' }, context)).executionArn!;

for (const [place, states] of Object.entries(PLACES)) {
  test(`an execution that is spoilt ${place} says so in its history`, async () => {
    const executionArn = await start(await create('m', states));
    expect(await end(executionArn)).toMatchObject(FAILED);
    const { events } = await sfn.GetExecutionHistory({ executionArn }, context);
    const { status: _, ...details } = FAILED;
    expect(events!.at(-1)).toMatchObject({
      type: 'ExecutionFailed',
      executionFailedEventDetails: details,
    });
    expect(world.engine.counts.defects).toBe(1);
  });

  test(`an execution that waits for one that is spoilt ${place} fails by it`, async () => {
    const StateMachineArn = await create('child', states);
    const Resource = 'arn:aws:states:::states:startExecution.sync';
    const task = { Type: 'Task', Resource, Parameters: { StateMachineArn, Input: {} }, End: true };
    const head = await end(await start(await create('parent', { P: task })));
    expect(head).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect(head.cause).toContain('A defect of this server');
  });

  test(`an Express execution that is spoilt ${place} is closed`, async () => {
    const stateMachineArn = await create('x', states, 'EXPRESS');
    await start(stateMachineArn);
    for (let i = 0; i < 50; i++) {
      await settle();
      world.clock.tick();
    }
    expect(await world.executions.counts()).toEqual({ open: 0, closed: 1 });
    const sync = sfn.StartSyncExecution({ stateMachineArn, input: '{}' }, context);
    for (let i = 0; i < 50; i++) {
      await settle();
      world.clock.tick();
    }
    expect(await sync).toMatchObject(FAILED);
    const { account, region } = context;
    const { items } = await world.executions.list({ account, region, type: 'EXPRESS', limit: 9 });
    expect(items).toEqual([expect.objectContaining(FAILED), expect.objectContaining(FAILED)]);
    expect(world.express.counts.defects).toBe(2);
  });

  for (const ExecutionType of ['STANDARD', 'EXPRESS']) {
    test(`a Map Run counts ${ExecutionType} children that are spoilt ${place}`, async () => {
      const map = {
        Type: 'Map',
        Label: 'L',
        ToleratedFailureCount: 2,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType },
          StartAt: Object.keys(states)[0],
          States: states,
        },
        End: true,
      };
      const executionArn = await start(await create('map', { M: map }));
      expect(await end(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '[]' });
      const { mapRuns } = await sfn.ListMapRuns({ executionArn }, context);
      const { mapRunArn } = mapRuns![0]!;
      expect(mapRunArn).toContain(`${STATES_ARN}:mapRun:map/L:`);
      const { executionCounts } = await sfn.DescribeMapRun({ mapRunArn }, context);
      expect(executionCounts).toMatchObject({ failed: 2, succeeded: 0, running: 0 });
    });
  }
}
