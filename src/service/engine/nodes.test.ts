/** Engines of several nodes on one database: what each may do with the work of the others. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json } from '../../ground/json.ts';
import type { Database } from '../../store/database.ts';
import { executionMigrations } from '../../store/executions/migrations.ts';
import { sqlExecutionStore } from '../../store/executions/sql.ts';
import type { ExecutionStore } from '../../store/executions/store.ts';
import { openSqliteInProcess } from '../../store/sqlite/in-process.ts';
import { Engine, type EngineDeps } from './engine.ts';
import {
  engineDeps,
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
let live: number[];

beforeEach(async () => {
  database = await openSqliteInProcess({ migrations: { executions: executionMigrations } });
  store = await sqlExecutionStore(database);
  clock = new ManualClock();
  machines = new TestMachines();
  log = testLog();
  live = [];
});

afterEach(async () => {
  await database.close();
  expect(log.lines).toEqual([]);
});

interface TestNode {
  readonly engine: Engine;
  readonly lambda: TestIntegration;
  readonly epoch: number;
  /** Nothing of it happens any more; the others may learn of it. */
  die(): void;
}

/** A node that has started. Its functions answer when they are told to. */
async function join(
  more: Pick<Partial<EngineDeps>, 'taskSlots' | 'redeliver'> = {},
): Promise<TestNode> {
  const epoch = (live.at(-1) ?? 0) + 1;
  live.push(epoch);
  let dead = false;
  const never = new Promise<never>(() => undefined);
  const lambda = new TestIntegration();
  lambda.answer = () => never;
  // Of one that is dead nothing is written.
  const mortal = new Proxy(store, {
    get: (target, name) => {
      const method = Reflect.get(target, name).bind(target);
      return (...args: unknown[]) => (dead ? never : method(...args));
    },
  });
  const engine = new Engine(
    engineDeps({
      store: mortal,
      clock: {
        now: () => clock.now(),
        wake: (at, wake) => clock.wake(at, () => dead || wake()),
      },
      log,
      epoch,
      live: async () => live,
      machine: (hash) => machines.machine(hash),
      integrations: [lambda],
      ...more,
    }),
  );
  await engine.start();
  const die = (): void => {
    dead = true;
  };
  return { engine, lambda, epoch, die };
}

async function begin({ engine }: TestNode, states: Json): Promise<number> {
  const hash = machines.add({ StartAt: Object.keys(states as object)[0]!, States: states });
  const { id } = await engine.begin(newExecution(`e${hash}`, hash, clock.now()));
  await settle();
  return id;
}

const statusOf = async (id: number) => (await store.outline(id))!.head.status;

async function typesOf(id: number): Promise<string[]> {
  return (await store.load(id))!.records.map(({ type }) => type);
}

const task = (more: object = {}): Json => ({ Type: 'Task', Resource: TASK, End: true, ...more });
const wait = (seconds: number): Json => ({ Type: 'Wait', Seconds: seconds, End: true });

test('a node that starts leaves the tasks, timers and ready rows of those that live', async () => {
  const first = await join({ taskSlots: 1 });
  const running = await begin(first, { T: task() });
  const ready = await begin(first, { T: task() });
  const waiting = await begin(first, { W: wait(30) });
  const second = await join();
  await settle();
  expect(second.lambda.runs).toHaveLength(0);
  expect(await statusOf(running)).toBe('RUNNING');
  expect((await store.load(ready))!.work.find(({ kind }) => kind === 'task')).toMatchObject({
    status: 'ready',
    epoch: first.epoch,
  });
  // What comes due is loaded by one of them.
  const loads: number[] = [];
  const load = store.load.bind(store);
  store.load = (id) => {
    loads.push(id);
    return load(id);
  };
  await clock.pass(30_000);
  expect(await statusOf(waiting)).toBe('SUCCEEDED');
  expect(loads).toEqual([]);
});

test('the living go on with what a dead one had to do, without a restart', async () => {
  const first = await join({ taskSlots: 1 });
  const Retry = [{ ErrorEquals: ['Lambda.Unknown'], IntervalSeconds: 2 }];
  const running = await begin(first, { T: task({ Retry }) });
  const ready = await begin(first, { T: task() });
  const waiting = await begin(first, { W: wait(30) });
  const [second, third] = [await join(), await join()];
  first.die();
  await clock.pass(40_000);
  expect(await statusOf(waiting)).toBe('RUNNING');
  live = [second.epoch, third.epoch];
  await Promise.all([second.engine.takeOver(), third.engine.takeOver()]);
  await clock.pass(2_000);
  expect(await statusOf(waiting)).toBe('SUCCEEDED');
  const types = await typesOf(running);
  expect(types.filter((type) => type === 'TaskFailed')).toHaveLength(1);
  const runs = [...second.lambda.runs, ...third.lambda.runs].map(({ head }) => head.id);
  expect(runs.sort()).toEqual([running, ready].sort());
});

test('an attempt that is to run again runs in one of those that find it', async () => {
  const first = await join({ redeliver: true });
  const ids = [await begin(first, { T: task() }), await begin(first, { T: task() })];
  const others = [await join({ redeliver: true }), await join({ redeliver: true })];
  first.die();
  live = others.map(({ epoch }) => epoch);
  await Promise.all(others.map(({ engine }) => engine.takeOver()));
  await settle();
  const runs = others.flatMap(({ lambda }) => lambda.runs.map(({ head }) => head.id));
  expect(runs.sort()).toEqual(ids);
});

test('what was known before another node has written is heard again from what is stored', async () => {
  const [first, second] = [await join(), await join()];
  const branch = { StartAt: 'T', States: { T: task() } };
  const Branches = [branch, branch];
  const id = await begin(first, { P: { Type: 'Parallel', Branches, End: true } });
  const [one, other] = first.lambda.runs;
  const succeed = ({ engine }: TestNode, { scope, attempt }: { scope: string; attempt: number }) =>
    engine.signal(id, { type: 'TaskSucceeded', scope, attempt, output: '1' });
  expect(await succeed(second, one!)).toBe(true);
  // The first node's state is old: its commit is refused, and made anew.
  expect(await succeed(first, other!)).toBe(true);
  await settle();
  const { head, records } = (await store.load(id))!;
  expect(head).toMatchObject({ status: 'SUCCEEDED', output: '[1,1]' });
  expect(records.filter(({ type }) => type === 'TaskSucceeded')).toHaveLength(2);
  expect(await succeed(second, one!)).toBe(false);
});

test('a due time that another node has moved is met by whoever is there', async () => {
  const [first, second] = [await join(), await join()];
  const Resource = 'arn:aws:states:us-east-1:000000000000:activity:work';
  const id = await begin(first, { A: task({ Resource, HeartbeatSeconds: 5, TimeoutSeconds: 60 }) });
  const { scope, attempt } = (await store.load(id))!.work.find(({ kind }) => kind === 'task')!;
  const started = { type: 'TaskStarted', at: clock.now(), scope, attempt } as const;
  expect(await first.engine.signal(id, started)).toBe(true);
  await clock.pass(4_000);
  expect(await second.engine.signal(id, { type: 'TaskHeartbeat', scope, attempt })).toBe(true);
  second.die();
  live = [first.epoch];
  await clock.pass(4_500);
  expect(await statusOf(id)).toBe('RUNNING');
  await first.engine.takeOver();
  await clock.pass(500);
  expect(await typesOf(id)).toContain('ActivityTimedOut');
  expect(clock.now() - started.at).toBe(9_000);
});
