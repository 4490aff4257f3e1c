/** State machines on their way out: what still answers, what is refused, and how it ends. */
import { expect, test } from 'vitest';
import { ManualClock, settle } from '../engine/testing.ts';
import { context, definition, openDatabase, ROLE, STATES_ARN, statesWorld } from './testing.ts';

type World = Awaited<ReturnType<typeof statesWorld>>;

const ARN = `${STATES_ARN}:stateMachine:m`;
const WAIT = definition({ W: { Type: 'Wait', Seconds: 1000, End: true } });
const machine = { name: 'm', definition: WAIT, roleArn: ROLE };
const deleting = expect.objectContaining({
  code: 'StateMachineDeleting',
  message: `State Machine is being deleted: '${ARN}'`,
});

async function started({ handlers: sfn }: World, count: number): Promise<string[]> {
  await sfn.CreateStateMachine({ ...machine, publish: true }, context);
  const routingConfiguration = [{ stateMachineVersionArn: `${ARN}:1`, weight: 100 }];
  await sfn.CreateStateMachineAlias({ name: 'PROD', routingConfiguration }, context);
  const arns: string[] = [];
  for (let n = 0; n < count; n++) {
    const { executionArn } = await sfn.StartExecution({ stateMachineArn: ARN }, context);
    arns.push(executionArn!);
  }
  await settle();
  return arns;
}

/** Until then it is being deleted: its executions' ends are not durable yet. */
function holdEnds(world: World): () => void {
  const { engine } = world;
  let release!: () => void;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const signal = engine.signal.bind(engine);
  engine.signal = (id, said) => held.then(() => signal(id, said));
  return release;
}

test('a machine without executions is gone at once', async () => {
  const { handlers: sfn } = await statesWorld();
  await sfn.CreateStateMachine(machine, context);
  await sfn.DeleteStateMachine({ stateMachineArn: ARN }, context);
  await sfn.CreateStateMachine({ ...machine, definition: `${WAIT} ` }, context);
});

test('is DELETING until its executions have ended', async () => {
  const world = await statesWorld();
  const { handlers: sfn } = world;
  const arns = await started(world, 150);
  const release = holdEnds(world);
  await sfn.DeleteStateMachine({ stateMachineArn: ARN }, context);
  await sfn.DeleteStateMachine({ stateMachineArn: ARN }, context);
  const described = await sfn.DescribeStateMachine({ stateMachineArn: ARN }, context);
  expect(described.status).toBe('DELETING');
  expect((await sfn.ListStateMachines({}, context)).stateMachines).toEqual([]);
  const stateMachineArn = ARN;
  const routingConfiguration = [{ stateMachineVersionArn: `${ARN}:1`, weight: 100 }];
  const stateMachineAliasArn = `${ARN}:PROD`;
  for (const refused of [
    sfn.CreateStateMachine(machine, context),
    sfn.UpdateStateMachine({ stateMachineArn, definition: `${WAIT} ` }, context),
    sfn.StartExecution({ stateMachineArn }, context),
    sfn.StartExecution({ stateMachineArn: `${ARN}:1` }, context),
    sfn.StartExecution({ stateMachineArn: stateMachineAliasArn }, context),
    sfn.PublishStateMachineVersion({ stateMachineArn }, context),
    sfn.CreateStateMachineAlias({ name: 'x', routingConfiguration }, context),
    sfn.UpdateStateMachineAlias({ stateMachineAliasArn, description: 'x' }, context),
    sfn.ListStateMachineAliases({ stateMachineArn }, context),
  ]) {
    await expect(refused).rejects.toEqual(deleting);
  }
  release();
  for (let turns = 0; turns < 10; turns++) await settle();
  await expect(sfn.DescribeStateMachine({ stateMachineArn: ARN }, context)).rejects.toEqual(
    expect.objectContaining({ code: 'StateMachineDoesNotExist' }),
  );
  for (const executionArn of arns) {
    const told = await sfn.DescribeExecution({ executionArn }, context);
    expect(told).toMatchObject({
      status: 'ABORTED',
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'State machine is in DELETING status',
    });
  }
  await sfn.CreateStateMachine(machine, context);
});

test('a restart goes on with a deletion', async () => {
  const database = await openDatabase();
  const clock = new ManualClock();
  const dead = await statesWorld({ database, clock });
  const [executionArn] = await started(dead, 1);
  holdEnds(dead);
  await dead.handlers.DeleteStateMachine({ stateMachineArn: ARN }, context);
  const { handlers: sfn } = await statesWorld({ database, clock, epoch: 2 });
  for (let turns = 0; turns < 10; turns++) await settle();
  await sfn.CreateStateMachine(machine, context);
  const told = await sfn.DescribeExecution({ executionArn }, context);
  expect(told.status).toBe('ABORTED');
});

test('what cannot be ended now is ended later', async () => {
  const clock = new ManualClock();
  const world = await statesWorld({ clock });
  const { handlers: sfn, engine, deletions } = world;
  await started(world, 1);
  const { signal } = engine;
  engine.signal = () => Promise.reject(new Error('not now'));
  await sfn.DeleteStateMachine({ stateMachineArn: ARN }, context);
  await settle();
  engine.signal = signal;
  await clock.pass(1000);
  for (let turns = 0; turns < 10; turns++) await settle();
  await sfn.CreateStateMachine(machine, context);
  expect(world.log.lines).toMatchObject([{ level: 'warn' }]);
  await deletions.stop();
});
