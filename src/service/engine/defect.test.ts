/** Defects of ours: what they keep from going on fails visibly, and nothing else is hurt. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HistoryRecord } from '../../execution/record.ts';
import type { Json } from '../../ground/json.ts';
import type { Database } from '../../store/database.ts';
import { executionMigrations } from '../../store/executions/migrations.ts';
import { sqlExecutionStore } from '../../store/executions/sql.ts';
import type { ExecutionStore } from '../../store/executions/store.ts';
import { openSqliteInProcess } from '../../store/sqlite/in-process.ts';
import { Engine, type EngineDeps } from './engine.ts';
import {
  CALLBACK,
  engineDeps,
  type GivenEngine,
  ManualClock,
  newExecution,
  settle,
  TASK,
  TestIntegration,
  TestMachines,
  testLog,
} from './testing.ts';

let database: Database;
let store: ExecutionStore;
let clock: ManualClock;
let machines: TestMachines;
let log = testLog();
let epoch: number;
/** How many more decisions throw. */
let defects: number;

beforeEach(async () => {
  database = await openSqliteInProcess({ migrations: { executions: executionMigrations } });
  store = await sqlExecutionStore(database);
  clock = new ManualClock();
  machines = new TestMachines();
  log = testLog();
  epoch = 0;
  defects = 0;
});

afterEach(() => database.close());

const FAILED = {
  status: 'FAILED',
  error: 'States.Runtime',
  cause: expect.stringMatching(/^A defect of this server .*planted/s),
};

function depsOf(more: GivenEngine = {}): EngineDeps {
  const machine = (hash: string) => machines.machine(hash);
  return engineDeps({
    store,
    clock,
    log,
    epoch,
    machine,
    integrations: [new TestIntegration()],
    // Asked when a Task is entered.
    request: (_resource, given) => {
      if (given.text.includes('bad') && defects-- > 0) throw new TypeError('planted');
      return given;
    },
    ...more,
  });
}

async function boot(more: GivenEngine = {}): Promise<Engine> {
  clock.clear();
  epoch++;
  const engine = new Engine(depsOf(more));
  await engine.start();
  return engine;
}

async function begin(engine: Engine, states: Json, more: object = {}): Promise<number> {
  const hash = machines.add({ StartAt: Object.keys(states as object)[0]!, States: states });
  const { id } = await engine.begin(newExecution(`e${hash}`, hash, clock.now(), more));
  return id;
}

const headOf = async (id: number) => (await store.outline(id))!.head;

async function typesOf(id: number): Promise<string[]> {
  const { records } = (await store.load(id))!;
  return records.filter((record) => record.id > 0).map(({ type }) => type);
}

const bad = (more: object = {}): Json => ({
  Type: 'Task',
  Resource: TASK,
  Parameters: { bad: true },
  End: true,
  ...more,
});
const WAIT: Json = { Type: 'Wait', Seconds: 5, Next: 'T' };
const messages = () => log.lines.map(({ level, message }) => `${level} ${message}`);

test('a decision that has thrown is made once more, from what is stored', async () => {
  const engine = await boot();
  const id = await begin(engine, { W: WAIT, T: bad() });
  defects = 1;
  await clock.pass(5_000);
  expect((await headOf(id)).status).toBe('SUCCEEDED');
  expect(messages()).toEqual(['error a decision failed']);
  expect(engine.counts).toMatchObject({ defects: 0, deciding: 0 });
});

test('one that throws again fails its execution, and only that', async () => {
  const engine = await boot();
  const id = await begin(engine, {
    W: WAIT,
    T: bad({ Catch: [ALL], Retry: [RETRY] }),
    C: WAIT_END,
  });
  const other = await begin(engine, { W: WAIT, T: bad({ Parameters: {} }) });
  defects = Number.POSITIVE_INFINITY;
  await clock.pass(5_000);
  expect(await headOf(id)).toMatchObject({ ...FAILED, stoppedAt: clock.now() });
  expect((await typesOf(id)).at(-1)).toBe('ExecutionFailed');
  expect((await store.load(id))!.work).toEqual([]);
  expect((await headOf(other)).status).toBe('SUCCEEDED');
  expect(engine.counts).toMatchObject({ defects: 1, deciding: 0, inMemory: 0, tasks: 0 });
  expect(await engine.signal(id, { type: 'Stop' })).toBe(false);
});

test('what was said before it counts, and whoever has said it gets an answer', async () => {
  const lambda = new TestIntegration();
  lambda.answer = () => ({ type: 'Submitted', output: '{}' });
  const engine = await boot({ integrations: [lambda] });
  const task: Json = { Type: 'Task', Resource: CALLBACK, Parameters: TOKEN, Next: 'T' };
  const id = await begin(engine, { C: task, T: bad() });
  await settle();
  const token = [...engine.held(id)!.rows.values()].find(({ order }) => order)!.order!.token!;
  defects = Number.POSITIVE_INFINITY;
  const redeemed = engine.redeem(token, (attempt) => ({
    ...attempt,
    type: 'TaskSucceeded',
    output: '{}',
    byToken: true,
  }));
  expect(await redeemed).toBe('accepted');
  await settle();
  expect(await headOf(id)).toMatchObject(FAILED);
  expect((await typesOf(id)).slice(-4)).toEqual([
    'TaskSucceeded',
    'TaskStateExited',
    'TaskStateEntered',
    'ExecutionFailed',
  ]);
  expect(await engine.redeem(token, (attempt) => ({ ...attempt, type: 'TaskHeartbeat' }))).toBe(
    'gone',
  );
});

test('a task that still runs is told to stop', async () => {
  const lambda = new TestIntegration();
  let aborted = 0;
  lambda.answer = ({ abort }) =>
    new Promise(() => abort.addEventListener('abort', () => aborted++));
  const engine = await boot({ integrations: [lambda] });
  const branch = (name: string, states: Json): Json => ({ StartAt: name, States: states });
  const Branches = [
    branch('W', { W: WAIT, T: bad() }),
    branch('L', { L: bad({ Parameters: {} }) }),
  ];
  const id = await begin(engine, { P: { Type: 'Parallel', Branches, End: true } });
  await settle();
  expect(lambda.runs).toHaveLength(1);
  defects = Number.POSITIVE_INFINITY;
  await clock.pass(5_000);
  expect(await headOf(id)).toMatchObject(FAILED);
  expect(aborted).toBe(1);
});

test('a start that throws leaves an execution that has failed', async () => {
  const engine = await boot();
  defects = 1;
  expect((await headOf(await begin(engine, { T: bad() }))).status).not.toBe('FAILED');
  await settle();
  defects = Number.POSITIVE_INFINITY;
  const ended = engine.ended(engine.nextId() + 1);
  const id = await begin(engine, { T: bad() });
  expect(await ended).toMatchObject({ ...FAILED, id });
  expect(await typesOf(id)).toEqual(['ExecutionStarted', 'TaskStateEntered', 'ExecutionFailed']);
  expect(engine.counts).toMatchObject({ defects: 1, inMemory: 0 });
});

test('one that cannot even begin has an event for its beginning and one for its end', async () => {
  const machine = (): never => {
    throw new TypeError('planted');
  };
  const engine = await boot({ machine });
  const id = await begin(engine, { T: bad() }, { input: '[1]' });
  expect(await headOf(id)).toMatchObject(FAILED);
  const { records, work } = (await store.load(id))!;
  expect(records).toMatchObject([
    { type: 'ExecutionStarted', id: 1, previousEventId: 0, details: { input: '[1]' } },
    { type: 'ExecutionFailed', id: 2, previousEventId: 1, details: { error: 'States.Runtime' } },
  ]);
  expect(work).toEqual([]);
  expect(engine.counts).toMatchObject({ defects: 1, deciding: 0, inMemory: 0 });
});

test('a redrive of one that failed by a defect is made, and fails again', async () => {
  const engine = await boot();
  const id = await begin(engine, { W: WAIT, T: bad() });
  defects = Number.POSITIVE_INFINITY;
  await clock.pass(5_000);
  expect(await engine.signal(id, { type: 'Redrive' })).toBe(true);
  await settle();
  expect(await headOf(id)).toMatchObject({ ...FAILED, redriveCount: 1 });
  defects = 0;
  expect(await engine.signal(id, { type: 'Redrive' })).toBe(true);
  await settle();
  expect((await headOf(id)).status).toBe('SUCCEEDED');
});

test('an execution that waits for one hears of it', async () => {
  for (const atOnce of [false, true]) {
    const nested: TestIntegration = new TestIntegration();
    nested.answer = () => ({ type: 'Submitted', output: '{}' });
    const childEnded = (_order: unknown, { status, cause }: { status: string; cause?: string }) =>
      ({ type: 'Failed', error: status, cause: cause! }) as const;
    const engine = await boot({ integrations: [Object.assign(nested, { childEnded })] });
    const Resource = 'arn:aws:states:::lambda:invoke.sync';
    const id = await begin(engine, { P: { Type: 'Task', Resource, End: true } });
    await settle();
    const { scope, attempt } = [...engine.held(id)!.rows.values()].find(({ order }) => order)!;
    defects = Number.POSITIVE_INFINITY;
    const states: Json = atOnce ? { T: bad() } : { W: WAIT, T: bad() };
    await begin(engine, states, { parent: { id, scope, attempt } });
    await clock.pass(5_000);
    expect(await headOf(id)).toMatchObject({
      status: 'FAILED',
      error: 'FAILED',
      cause: FAILED.cause,
    });
  }
});

/** What a defect is made of that not even lets an execution be read. */
const unreadable: Readonly<Record<string, (id: number) => Promise<GivenEngine>>> = {
  'its definition is gone': async () => ({
    machine: (hash) => {
      if (hash === 'h1') throw new TypeError('planted');
      return machines.machine(hash);
    },
  }),
  'its records fold to nothing': async (id) => {
    const { head } = (await store.outline(id))!;
    const records = [
      { type: 'PassStateEntered', scope: '/gone', id: 4, previousEventId: 3, at: 0 },
    ] as HistoryRecord[];
    const work = { cancel: [], remove: [], put: [], clear: false };
    await store.commit({ execution: id, expectedSeq: head.seq, records, work });
    return {};
  },
  'its journal is broken': async (id) => {
    const sql = 'UPDATE journal SET records = $2 WHERE execution = $1';
    const statements = [{ sql, params: [id, Uint8Array.of(1, 2, 3)] }];
    await database.write({ guards: 1, statements });
    return {};
  },
};

for (const [what, spoil] of Object.entries(unreadable)) {
  test(`an execution fails by its head where ${what}`, async () => {
    const lambda = new TestIntegration();
    lambda.answer = () => new Promise(() => undefined);
    const first = await boot({ integrations: [lambda] });
    const id = await begin(first, { T: bad() });
    const waiting = await begin(first, { W: WAIT, T: bad() });
    await settle();
    const more = await spoil(id);
    // At the start, by its task that was lost; whatever else there is goes on.
    const engine = await boot(more);
    await clock.pass(5_000);
    const { head, lastEventId, work } = (await store.outline(id))!;
    const { error, cause } = { error: 'States.Runtime', cause: expect.stringMatching(/^A defect/) };
    expect(head).toMatchObject({ status: 'FAILED', stoppedAt: expect.any(Number), error, cause });
    expect(work).toEqual([]);
    expect((await headOf(waiting)).status).toBe('SUCCEEDED');
    const [last] = await store.history(id, { from: lastEventId, limit: 1, reverse: false });
    expect(last).toMatchObject({ type: 'ExecutionFailed', details: { error, cause } });
    expect(engine.counts).toMatchObject({ defects: 1, deciding: 0 });
    // What is closed and unreadable stays what it is.
    expect(await engine.signal(id, { type: 'Stop' }).catch(({ code }) => code)).not.toBe(true);
    await expect(boot(more)).resolves.toBeInstanceOf(Engine);
  });
}

test('a row of work that says nothing does not stop the others', async () => {
  const first = await boot();
  const id = await begin(first, { W: WAIT, T: bad({ Parameters: {} }) });
  const other = await begin(first, { W: WAIT, T: bad({ Parameters: {} }) });
  const sql = `INSERT INTO work (execution, scope, attempt, kind, status, epoch, wake, payload)
    VALUES ($1, '', 9, 'mapRunEnded', 'ready', 0, 0, 'none')`;
  await database.write({ guards: 0, statements: [{ sql, params: [id] }] });
  await boot();
  await settle();
  expect(await headOf(id)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  await clock.pass(5_000);
  expect((await headOf(other)).status).toBe('SUCCEEDED');
});

test('what another process has written meanwhile is heard before the execution is given up', async () => {
  const first = await boot();
  const id = await begin(first, { W: WAIT, T: bad() });
  let meanwhile: (() => Promise<unknown>) | undefined = async () => {
    const other = new Engine(depsOf());
    return other.signal(id, { type: 'Stop', error: 'Stopped' });
  };
  const outline: ExecutionStore['outline'] = async (one) => {
    const found = await store.outline(one);
    await meanwhile?.();
    meanwhile = undefined;
    return found;
  };
  const load: ExecutionStore['load'] = (one) =>
    meanwhile ? Promise.reject(new TypeError('planted')) : store.load(one);
  const racing = new Proxy(store, {
    get: (target, name) =>
      ({ outline, load })[name as 'load'] ?? Reflect.get(target, name).bind?.(target),
  });
  const engine = await boot({ store: racing });
  await clock.pass(5_000);
  expect(await headOf(id)).toMatchObject({ status: 'ABORTED', error: 'Stopped' });
  expect(engine.counts.defects).toBe(0);
});

const ALL = { ErrorEquals: ['States.ALL'], Next: 'C' };
const RETRY = { ErrorEquals: ['States.ALL'] };
const WAIT_END: Json = { Type: 'Wait', Seconds: 1, End: true };
const TOKEN = { 'token.$': '$$.Task.Token' };
