/** Versions and aliases through the operations. */
import { beforeEach, expect, test } from 'vitest';
import { settle } from '../engine/testing.ts';
import { drawn } from './targets.ts';
import { context, definition, openDatabase, ROLE, STATES_ARN, statesWorld } from './testing.ts';

type World = Awaited<ReturnType<typeof statesWorld>>;

let world: World;
let sfn: World['handlers'];

beforeEach(async () => {
  world = await statesWorld();
  sfn = world.handlers;
});

const pass = (n: number) => definition({ P: { Type: 'Pass', Result: n, End: true } });
const ARN = `${STATES_ARN}:stateMachine:m`;

const create = (more: object = {}) =>
  sfn.CreateStateMachine({ name: 'm', definition: pass(1), roleArn: ROLE, ...more }, context);
const update = (n: number, more: object = {}) =>
  sfn.UpdateStateMachine({ stateMachineArn: ARN, definition: pass(n), ...more }, context);
const publish = (more: object = {}) =>
  sfn.PublishStateMachineVersion({ stateMachineArn: ARN, ...more }, context);
const route = (...weights: [number, number][]) => ({
  routingConfiguration: weights.map(([version, weight]) => ({
    stateMachineVersionArn: `${ARN}:${version}`,
    weight,
  })),
});
const alias = (name: string, more: object) =>
  sfn.CreateStateMachineAlias({ name, ...route(), ...more }, context);
const describe = (stateMachineArn: string) =>
  sfn.DescribeStateMachine({ stateMachineArn }, context);
const versions = async (more: object = {}): Promise<string[]> => {
  const input = { stateMachineArn: ARN, ...more };
  const { stateMachineVersions } = await sfn.ListStateMachineVersions(input, context);
  return stateMachineVersions!.map((one) => one.stateMachineVersionArn!.slice(ARN.length + 1));
};
const aliases = async (stateMachineArn = ARN): Promise<string[]> => {
  const { stateMachineAliases } = await sfn.ListStateMachineAliases({ stateMachineArn }, context);
  return stateMachineAliases!.map((one) => one.stateMachineAliasArn!.slice(ARN.length + 1));
};

const fault = (code: string, message?: string) =>
  expect.objectContaining({ code, ...(message !== undefined && { message }) });

test('publishes a revision once, under numbers that only grow', async () => {
  await create();
  expect((await publish({ revisionId: 'INITIAL' })).stateMachineVersionArn).toBe(`${ARN}:1`);
  world.clock.tick();
  expect(await publish({ description: undefined })).toEqual(await publish());
  const { revisionId } = await update(2);
  expect((await publish({ revisionId, description: 'second' })).stateMachineVersionArn).toBe(
    `${ARN}:2`,
  );
  await expect(publish({ description: 'other' })).rejects.toEqual(fault('ConflictException'));
  await sfn.DeleteStateMachineVersion({ stateMachineVersionArn: `${ARN}:2` }, context);
  await sfn.DeleteStateMachineVersion({ stateMachineVersionArn: `${ARN}:2` }, context);
  expect((await publish()).stateMachineVersionArn).toBe(`${ARN}:3`);
  expect(await versions()).toEqual(['3', '1']);
  expect(await versions({ stateMachineArn: `${STATES_ARN}:stateMachine:none` })).toEqual([]);
});

test('refuses to publish another revision than the one asked for', async () => {
  await create();
  await expect(publish({ revisionId: 'x' })).rejects.toEqual(
    fault(
      'ConflictException',
      'Failed to publish the State Machine version for revision x. ' +
        'The current State Machine revision is INITIAL.',
    ),
  );
  const { revisionId } = await update(2);
  await expect(publish({ revisionId: 'INITIAL' })).rejects.toEqual(
    fault(
      'ConflictException',
      'Failed to publish the State Machine version for revision INITIAL. ' +
        `The current State Machine revision is ${revisionId}.`,
    ),
  );
  await expect(publish({ stateMachineArn: `${ARN}:1` })).rejects.toEqual(
    fault('StateMachineDoesNotExist', `State Machine Does Not Exist: '${ARN}:1'`),
  );
  await expect(publish({ stateMachineArn: `${ARN}/label` })).rejects.toEqual(
    expect.objectContaining({ members: { reason: 'API_DOES_NOT_SUPPORT_LABELED_ARNS' } }),
  );
});

test('publishes while creating and updating, each request once', async () => {
  const first = await create({ publish: true, versionDescription: 'one' });
  expect(first.stateMachineVersionArn).toBe(`${ARN}:1`);
  expect(await create({ publish: true, versionDescription: 'one' })).toEqual(first);
  for (const other of [{}, { publish: true }, { publish: true, versionDescription: 'two' }]) {
    await expect(create(other)).rejects.toEqual(fault('StateMachineAlreadyExists'));
  }
  expect(await update(1, { publish: true })).toMatchObject({
    stateMachineVersionArn: `${ARN}:1`,
    revisionId: undefined,
  });
  const second = await update(2, { publish: true });
  expect(second).toMatchObject({ stateMachineVersionArn: `${ARN}:2` });
  expect(await update(2, { publish: true })).toMatchObject({
    stateMachineVersionArn: `${ARN}:2`,
    revisionId: second.revisionId,
  });
  expect(await update(3)).not.toHaveProperty('stateMachineVersionArn');
  expect(await describe(`${ARN}:1`)).toMatchObject({
    stateMachineArn: `${ARN}:1`,
    name: 'm',
    definition: pass(1),
    description: 'one',
  });
  expect(await describe(`${ARN}:1`)).not.toHaveProperty('revisionId');
  expect(await describe(`${ARN}:2`)).toMatchObject({ revisionId: second.revisionId });
  expect(await describe(ARN)).not.toHaveProperty('description');
  await expect(describe(`${ARN}:3`)).rejects.toEqual(
    fault('StateMachineDoesNotExist', `State Machine Does Not Exist: '${ARN}:3'`),
  );
});

test('concurrent publications make one version each revision', async () => {
  await create();
  const [a, b, c] = await Promise.all([publish(), update(2, { publish: true }), publish()]);
  const arns = [a, b, c].map((one) => one!.stateMachineVersionArn!);
  const listed = await versions();
  expect(new Set(arns.map((arn) => arn.slice(ARN.length + 1)))).toEqual(new Set(listed));
  const texts = await Promise.all(
    listed.map(async (n) => (await describe(`${ARN}:${n}`)).definition),
  );
  expect(new Set(texts).size).toBe(listed.length);
});

test('keeps at most 1000 versions', async () => {
  await create({ publish: true });
  for (let n = 2; n <= 1000; n++) await update(n, { publish: true });
  const quota = fault('ServiceQuotaExceededException');
  await expect(update(1001, { publish: true })).rejects.toEqual(quota);
  expect((await describe(ARN)).definition).toBe(pass(1000));
  await update(1001);
  await expect(publish()).rejects.toEqual(quota);
});

test('an alias is created once, in the words of AWS', async () => {
  await create({ publish: true });
  await update(2, { publish: true });
  const made = await alias('PROD', { description: 'd', ...route([1, 100]) });
  expect(made.stateMachineAliasArn).toBe(`${ARN}:PROD`);
  expect(await alias('PROD', { description: 'd', ...route([1, 100]) })).toEqual(made);
  const message =
    'Failed to create alias because an alias with the same name and a different routing ' +
    'configuration already exists.';
  for (const other of [route([1, 100]), { description: 'd', ...route([1, 50], [2, 50]) }]) {
    await expect(alias('PROD', other)).rejects.toEqual(fault('ConflictException', message));
  }
  const refusals: [object, string][] = [
    [
      {
        routingConfiguration: [
          { stateMachineVersionArn: ARN, weight: 70 },
          { stateMachineVersionArn: 'nonsense', weight: 20 },
        ],
      },
      'Routing configuration must contain state machine version ARNs. ' +
        `Received: [${ARN}, nonsense]`,
    ],
    [
      route([1, 50], [1, 50]),
      'Routing configuration must contain distinct state machine version ARNs. ' +
        `Received: [${ARN}:1, ${ARN}:1]`,
    ],
    [
      route([1, 70], [2, 29]),
      'Sum of routing configuration weights must equal 100. Received: [70, 29]',
    ],
  ];
  for (const [more, words] of refusals) {
    await expect(alias('x', more)).rejects.toEqual(fault('ValidationException', words));
  }
  const missing = fault('ResourceNotFound', 'Request references a resource that does not exist.');
  await expect(alias('x', route([7, 100]))).rejects.toEqual(missing);
  const elsewhere = { stateMachineVersionArn: `${STATES_ARN}:stateMachine:o:1`, weight: 0 };
  const { routingConfiguration } = route([1, 100]);
  await expect(
    alias('x', { routingConfiguration: [...routingConfiguration, elsewhere] }),
  ).rejects.toEqual(
    expect.objectContaining({ members: { reason: 'INVALID_ROUTING_CONFIGURATION' } }),
  );
});

test('an alias can be told, changed, listed and deleted', async () => {
  await create({ publish: true });
  await update(2, { publish: true });
  const stateMachineAliasArn = `${ARN}:PROD`;
  const told = () => sfn.DescribeStateMachineAlias({ stateMachineAliasArn }, context);
  await alias('PROD', route([1, 100]));
  await alias('TEST', route([2, 100]));
  const before = await told();
  expect(before).toEqual({
    stateMachineAliasArn,
    name: 'PROD',
    ...route([1, 100]),
    creationDate: before.creationDate,
    updateDate: before.creationDate,
  });
  await world.clock.pass(1000);
  const change = (more: object) =>
    sfn.UpdateStateMachineAlias({ stateMachineAliasArn, ...more }, context);
  await change({ description: 'new' });
  const { updateDate } = await change(route([2, 25], [1, 75]));
  expect(await told()).toEqual({
    ...before,
    description: 'new',
    ...route([2, 25], [1, 75]),
    updateDate,
  });
  expect(updateDate!.getTime()).toBe(before.creationDate!.getTime() + 1000);
  await expect(change({})).rejects.toEqual(
    expect.objectContaining({ members: { reason: 'MISSING_REQUIRED_PARAMETER' } }),
  );
  await expect(change(route([7, 100]))).rejects.toEqual(fault('ResourceNotFound'));
  expect(await aliases()).toEqual(['PROD', 'TEST']);
  expect(await aliases(`${ARN}:1`)).toEqual(['PROD']);
  await expect(aliases(`${ARN}:7`)).rejects.toEqual(fault('ResourceNotFound'));
  await expect(aliases(`${ARN}x`)).rejects.toEqual(fault('StateMachineDoesNotExist'));
  await expect(
    sfn.DeleteStateMachineVersion({ stateMachineVersionArn: `${ARN}:2` }, context),
  ).rejects.toEqual(
    fault(
      'ConflictException',
      'Version to be deleted must not be referenced by an alias. ' +
        'Current list of aliases referencing this version: [PROD, TEST]',
    ),
  );
  for (let times = 0; times < 2; times++) {
    await sfn.DeleteStateMachineAlias({ stateMachineAliasArn }, context);
  }
  await expect(told()).rejects.toEqual(
    fault('ResourceNotFound', 'Request references a resource that does not exist.'),
  );
  await expect(change({ description: 'x' })).rejects.toEqual(fault('ResourceNotFound'));
});

test('the wrong kind of ARN is refused', async () => {
  await create({ publish: true });
  const invalid = fault('ValidationException');
  for (const arn of [ARN, `${ARN}:PROD`]) {
    await expect(
      sfn.DeleteStateMachineVersion({ stateMachineVersionArn: arn }, context),
    ).rejects.toEqual(invalid);
  }
  for (const arn of [ARN, `${ARN}:1`]) {
    const input = { stateMachineAliasArn: arn };
    await expect(sfn.DeleteStateMachineAlias(input, context)).rejects.toEqual(invalid);
    await expect(sfn.DescribeStateMachineAlias(input, context)).rejects.toEqual(invalid);
  }
  await expect(versions({ stateMachineArn: `${ARN}:1` })).rejects.toEqual(invalid);
  await expect(sfn.DeleteStateMachine({ stateMachineArn: `${ARN}:1` }, context)).rejects.toEqual(
    invalid,
  );
  await expect(sfn.TagResource({ resourceArn: `${ARN}:1`, tags: [] }, context)).rejects.toEqual(
    fault('ResourceNotFound', `Resource not found: '${ARN}:1'`),
  );
  await expect(update(2, { stateMachineArn: `${ARN}:1` })).rejects.toEqual(
    fault('StateMachineDoesNotExist', `State Machine Does Not Exist: '${ARN}:1'`),
  );
});

test('starts what the ARN names, and remembers by which', async () => {
  await create({ publish: true });
  const { revisionId } = await update(2, { publish: true });
  await update(3);
  await alias('PROD', route([1, 0], [2, 100]));
  const run = async (stateMachineArn: string) => {
    const { executionArn } = await sfn.StartExecution({ stateMachineArn }, context);
    await settle();
    return sfn.DescribeExecution({ executionArn }, context);
  };
  const plain = await run(ARN);
  expect(plain).toMatchObject({ output: '3', stateMachineArn: ARN });
  expect(plain).not.toHaveProperty('stateMachineVersionArn');
  const numbered = await run(`${ARN}:1`);
  expect(numbered).toMatchObject({ output: '1', stateMachineVersionArn: `${ARN}:1` });
  expect(numbered).not.toHaveProperty('stateMachineAliasArn');
  const { executionArn, ...aliased } = await run(`${ARN}:PROD`);
  expect(aliased).toMatchObject({
    output: '2',
    stateMachineArn: ARN,
    stateMachineVersionArn: `${ARN}:2`,
    stateMachineAliasArn: `${ARN}:PROD`,
  });
  const { events } = await sfn.GetExecutionHistory({ executionArn }, context);
  expect(events![0]!.executionStartedEventDetails).toMatchObject({
    stateMachineVersionArn: `${ARN}:2`,
    stateMachineAliasArn: `${ARN}:PROD`,
  });
  expect(await sfn.DescribeStateMachineForExecution({ executionArn }, context)).toMatchObject({
    stateMachineArn: ARN,
    definition: pass(2),
    revisionId,
    updateDate: expect.any(Date),
  });
  const listed = async (stateMachineArn: string) =>
    (await sfn.ListExecutions({ stateMachineArn }, context)).executions!.length;
  expect(await Promise.all([ARN, `${ARN}:1`, `${ARN}:2`, `${ARN}:PROD`].map(listed))).toEqual([
    3, 1, 1, 1,
  ]);
  for (const gone of [`${ARN}:9`, `${ARN}:none`]) {
    await expect(run(gone)).rejects.toEqual(
      fault('StateMachineDoesNotExist', `State Machine Does Not Exist: '${gone}'`),
    );
    await expect(listed(gone)).rejects.toEqual(fault('StateMachineDoesNotExist'));
  }
});

test('draws by weight', () => {
  const drawnAt = (chance: number, ...weights: [number, number?]): number => {
    const [first, second] = weights.map((weight, i) => ({ version: i + 1, weight: weight! }));
    const routes = second ? ([first!, second] as const) : ([first!] as const);
    const choose = drawn({ random: () => chance });
    return choose({ machineArn: ARN, name: 'a', createdAt: 0, updatedAt: 0, routes });
  };
  expect([0, 0.5, 0.7999, 0.8, 0.9999].map((chance) => drawnAt(chance, 80, 20))).toEqual([
    1, 1, 1, 2, 2,
  ]);
  for (const chance of [0, 0.9999]) {
    expect(drawnAt(chance, 100)).toBe(1);
    expect(drawnAt(chance, 100, 0)).toBe(1);
    expect(drawnAt(chance, 0, 100)).toBe(2);
  }
});

test('a change of an alias counts at once', async () => {
  await create({ publish: true });
  await update(2, { publish: true });
  await alias('PROD', route([1, 100]));
  const stateMachineArn = `${ARN}:PROD`;
  const started = async () => {
    const { executionArn } = await sfn.StartExecution({ stateMachineArn }, context);
    return (await sfn.DescribeExecution({ executionArn }, context)).stateMachineVersionArn;
  };
  expect(await started()).toBe(`${ARN}:1`);
  const change = { stateMachineAliasArn: stateMachineArn, ...route([1, 0], [2, 100]) };
  await sfn.UpdateStateMachineAlias(change, context);
  expect(await started()).toBe(`${ARN}:2`);
  const told = await describe(stateMachineArn);
  expect(told).toMatchObject({ stateMachineArn, definition: pass(2) });
});

test('Express versions run, waited for or not', async () => {
  await create({ type: 'EXPRESS', publish: true });
  await update(2);
  const input = { stateMachineArn: `${ARN}:1` };
  expect(await sfn.StartSyncExecution(input, context)).toMatchObject({ output: '1' });
  expect((await sfn.StartExecution(input, context)).executionArn).toContain(':express:m:');
  await expect(sfn.ListExecutions(input, context)).rejects.toEqual(
    fault('StateMachineTypeNotSupported'),
  );
});

test('everything goes with the machine, and a new one begins anew', async () => {
  await create({ publish: true });
  await alias('PROD', route([1, 100]));
  const start = (stateMachineArn: string) => sfn.StartExecution({ stateMachineArn }, context);
  await start(`${ARN}:PROD`);
  await sfn.DeleteStateMachine({ stateMachineArn: ARN }, context);
  await expect(start(`${ARN}:PROD`)).rejects.toEqual(fault('StateMachineDoesNotExist'));
  await expect(start(`${ARN}:1`)).rejects.toEqual(fault('StateMachineDoesNotExist'));
  expect(await versions()).toEqual([]);
  await expect(aliases()).rejects.toEqual(fault('StateMachineDoesNotExist'));
  await create();
  await expect(start(`${ARN}:1`)).rejects.toEqual(fault('StateMachineDoesNotExist'));
  expect((await publish()).stateMachineVersionArn).toBe(`${ARN}:1`);
});

test('are there after a restart', async () => {
  const database = await openDatabase();
  sfn = (await statesWorld({ database })).handlers;
  await create({ publish: true });
  await alias('PROD', route([1, 100]));
  await update(2);
  sfn = (await statesWorld({ database, epoch: 2 })).handlers;
  expect(await versions()).toEqual(['1']);
  expect(await aliases()).toEqual(['PROD']);
  expect((await publish()).stateMachineVersionArn).toBe(`${ARN}:2`);
});

test('an execution shows the whole configuration of its revision', async () => {
  const configuration = {
    loggingConfiguration: { level: 'OFF', includeExecutionData: true },
    encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'k' },
  } as const;
  const input = { name: 'own', definition: pass(1), roleArn: ROLE, publish: true };
  const machine = await sfn.CreateStateMachine({ ...input, ...configuration }, context);
  const { stateMachineArn, stateMachineVersionArn } = machine;
  const shown = async (arn: string) => {
    const { executionArn } = await sfn.StartExecution({ stateMachineArn: arn }, context);
    return () => sfn.DescribeStateMachineForExecution({ executionArn: executionArn! }, context);
  };
  const [plain, versioned] = [await shown(stateMachineArn!), await shown(stateMachineVersionArn!)];
  expect(await plain()).toMatchObject(configuration);
  const other = { type: 'AWS_OWNED_KEY' } as const;
  const update = { stateMachineArn: stateMachineArn!, definition: pass(2) };
  await sfn.UpdateStateMachine({ ...update, encryptionConfiguration: other }, context);
  expect(await versioned()).toMatchObject(configuration);
});
