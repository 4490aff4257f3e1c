import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json } from '../../ground/json.ts';
import type { Database } from '../../store/database.ts';
import { executionMigrations } from '../../store/executions/migrations.ts';
import { sqlExecutionStore } from '../../store/executions/sql.ts';
import type { ExecutionHead, ExecutionStore } from '../../store/executions/store.ts';
import { openSqliteInProcess } from '../../store/sqlite/in-process.ts';
import type { Integration } from '../ports/tasks.ts';
import { Engine, type EngineDeps } from './engine.ts';
import {
  CALLBACK,
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
let epoch: number;

beforeEach(async () => {
  database = await openSqliteInProcess({ migrations: { executions: executionMigrations } });
  store = await sqlExecutionStore(database);
  clock = new ManualClock();
  machines = new TestMachines();
  log = testLog();
  epoch = 0;
});

afterEach(async () => {
  await database.close();
  expect(log.lines).toEqual([]);
});

/** A process's engine; what was running in the one before is lost. */
async function boot(
  integrations: readonly Integration[],
  more: Partial<Omit<EngineDeps, 'integrations'>> = {},
): Promise<Engine> {
  clock.clear();
  const machine = (hash: string) => machines.machine(hash);
  epoch++;
  const engine = new Engine(
    engineDeps({ store, clock, log, epoch, machine, integrations, ...more }),
  );
  await engine.start();
  return engine;
}

async function begin(engine: Engine, states: Json, more: object = {}): Promise<number> {
  const names = Object.keys(states as object);
  const hash = machines.add({ StartAt: names[0]!, States: states, ...more });
  const { id } = await engine.begin(newExecution(`e${hash}`, hash, clock.now()));
  return id;
}

async function headOf(id: number): Promise<ExecutionHead> {
  return (await store.load(id))!.head;
}

async function typesOf(id: number): Promise<string[]> {
  const { records } = (await store.load(id))!;
  return records.filter((record) => record.id > 0).map(({ type }) => type);
}

async function rowsOf(id: number) {
  return (await store.load(id))!.work;
}

const task = (more: object = {}): Json => ({ Type: 'Task', Resource: TASK, End: true, ...more });

test('folds a chain of Pass states into its first commit', async () => {
  const engine = await boot([]);
  const chain = Object.fromEntries(
    [...Array(10).keys()].map((i) => [`P${i}`, { Type: 'Pass', Next: `P${i + 1}` }]),
  );
  const id = await begin(engine, { ...chain, P10: { Type: 'Pass', End: true } });
  expect(await headOf(id)).toMatchObject({ status: 'SUCCEEDED', seq: 1, output: '{}' });
  expect(await rowsOf(id)).toEqual([]);
});

test('runs a task after its commit, with Started in the commit of its outcome', async () => {
  const lambda = new TestIntegration();
  lambda.answer = async ({ scope, attempt }) => {
    const row = await store.work({ execution: 1, scope, attempt, kind: 'task' });
    return { type: 'Succeeded', output: JSON.stringify(row?.status) };
  };
  const engine = await boot([lambda]);
  const id = await begin(engine, { T: task() });
  await settle();
  expect(await headOf(id)).toMatchObject({ status: 'SUCCEEDED', seq: 2, output: '"owned"' });
  expect(await typesOf(id)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  expect(await rowsOf(id)).toEqual([]);
});

test('writes Started alone when the task takes its time', async () => {
  const lambda = new TestIntegration();
  lambda.answer = (run) => {
    run.started(clock.now());
    return new Promise(() => undefined);
  };
  const engine = await boot([lambda]);
  const id = await begin(engine, { T: task() });
  await clock.pass(10);
  expect(await typesOf(id)).not.toContain('TaskStarted');
  await clock.pass(100);
  expect(await typesOf(id)).toContain('TaskStarted');
});

test('waits, also beyond the window and across a restart', async () => {
  const day = 86_400;
  const engine = await boot([]);
  const id = await begin(engine, { W: { Type: 'Wait', Seconds: 7 * day, End: true } });
  await clock.pass(6 * day * 1000);
  expect((await headOf(id)).status).toBe('RUNNING');
  await boot([]);
  await clock.pass(day * 1000 - 1);
  expect((await headOf(id)).status).toBe('RUNNING');
  await clock.pass(1);
  const head = await headOf(id);
  expect(head.status).toBe('SUCCEEDED');
  expect(head.stoppedAt! - head.startedAt).toBe(7 * day * 1000);
  await engine.stop();
});

test('times a task out and tells it to stop', async () => {
  const lambda = new TestIntegration();
  let aborted = false;
  lambda.answer = (run) => {
    run.started(clock.now());
    run.abort.addEventListener('abort', () => {
      aborted = true;
    });
    return new Promise(() => undefined);
  };
  const engine = await boot([lambda]);
  const id = await begin(engine, { T: task({ TimeoutSeconds: 5 }) });
  await clock.pass(4_999);
  expect((await headOf(id)).status).toBe('RUNNING');
  await clock.pass(1);
  expect(await headOf(id)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(aborted).toBe(true);
});

test('ends an execution at its own timeout', async () => {
  const engine = await boot([]);
  const id = await begin(
    engine,
    { W: { Type: 'Wait', Seconds: 1000, End: true } },
    { TimeoutSeconds: 3 },
  );
  await clock.pass(3_000);
  const head = await headOf(id);
  expect(head.status).toBe('TIMED_OUT');
  expect(head.stoppedAt! - head.startedAt).toBe(3_000);
  expect(await rowsOf(id)).toEqual([]);
});

test('fails a task whose process died, where Retry can handle it', async () => {
  const lambda = new TestIntegration();
  lambda.answer = () => new Promise(() => undefined);
  await boot([lambda]).then((engine) =>
    begin(engine, {
      T: task({ Retry: [{ ErrorEquals: ['Lambda.Unknown'], IntervalSeconds: 2 }] }),
    }),
  );
  const second = new TestIntegration();
  await boot([second]);
  await clock.pass(1_999);
  expect(second.runs).toHaveLength(0);
  await clock.pass(1);
  expect(second.runs).toHaveLength(1);
  expect((await headOf(1)).status).toBe('SUCCEEDED');
  expect(await typesOf(1)).toContain('TaskFailed');
});

test('runs a lost task again where its integration says so, or the setting', async () => {
  for (const redeliver of [false, true]) {
    const lambda = new TestIntegration(redeliver ? 'fail' : 'rerun');
    lambda.answer = () => new Promise(() => undefined);
    const id = await begin(await boot([lambda], { redeliver }), { T: task() });
    const second = new TestIntegration(redeliver ? 'fail' : 'rerun');
    await boot([second], { redeliver });
    await clock.pass(100);
    expect(second.runs).toHaveLength(1);
    expect(await headOf(id)).toMatchObject({ status: 'SUCCEEDED', output: '{}' });
  }
});

test('leaves tasks beyond the slots ready and takes them when there is room', async () => {
  const lambda = new TestIntegration();
  let running = 0;
  let most = 0;
  lambda.answer = async ({ order }) => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => clock.wake(clock.now() + 10, resolve));
    running--;
    return { type: 'Succeeded', output: order.parameters };
  };
  const engine = await boot([lambda], { taskSlots: 3 });
  const iterator = { StartAt: 'T', States: { T: task() } };
  const hash = machines.add({
    StartAt: 'M',
    States: { M: { Type: 'Map', End: true, Iterator: iterator } },
  });
  const input = JSON.stringify([...Array(20).keys()]);
  const { id } = await engine.begin({ ...newExecution('slots', hash, clock.now()), input });
  await clock.pass(5_000);
  expect(most).toBe(3);
  expect(await headOf(id)).toMatchObject({ status: 'SUCCEEDED', output: input });
});

test('redeems a task token once, and one that is ahead of its request', async () => {
  const lambda = new TestIntegration();
  let token = '';
  lambda.answer = async ({ order }) => {
    token = order.token!;
    const early = await engine.redeem(token, (attempt) => ({
      type: 'TaskSucceeded',
      ...attempt,
      output: '"early"',
      byToken: true,
    }));
    return { type: 'Submitted', output: JSON.stringify(early) };
  };
  const engine = await boot([lambda]);
  const resource = { Resource: CALLBACK };
  const id = await begin(engine, { T: task(resource) });
  await settle();
  expect(await headOf(id)).toMatchObject({ status: 'SUCCEEDED', output: '"early"' });
  expect(await engine.redeem(token, (at) => ({ type: 'TaskHeartbeat', ...at }))).toBe('gone');
  expect(await engine.redeem('nonsense', (at) => ({ type: 'TaskHeartbeat', ...at }))).toBe(
    'notAToken',
  );
});

test('waits for a token across a restart', async () => {
  const lambda = new TestIntegration();
  let token = '';
  lambda.answer = ({ order }) => {
    token = order.token!;
    return { type: 'Submitted', output: '{}' };
  };
  const id = await begin(await boot([lambda]), { T: task({ Resource: CALLBACK }) });
  await settle();
  const engine = await boot([lambda]);
  await clock.pass(1_000);
  expect((await headOf(id)).status).toBe('RUNNING');
  const success = (attempt: { scope: string; attempt: number }) =>
    ({ type: 'TaskSucceeded', ...attempt, output: '7', byToken: true }) as const;
  expect(await engine.redeem(token, success)).toBe('accepted');
  expect(await headOf(id)).toMatchObject({ status: 'SUCCEEDED', output: '7' });
});

test('stops an execution, and the task that runs', async () => {
  const lambda = new TestIntegration();
  lambda.answer = ({ abort }) =>
    new Promise((resolve) =>
      abort.addEventListener('abort', () => resolve({ type: 'Failed', error: 'Aborted' })),
    );
  const engine = await boot([lambda]);
  const id = await begin(engine, { T: task() });
  await settle();
  expect(await engine.signal(id, { type: 'Stop', error: 'E', cause: 'C' })).toBe(true);
  expect(await headOf(id)).toMatchObject({ status: 'ABORTED', error: 'E', cause: 'C' });
  expect(await engine.signal(id, { type: 'Stop' })).toBe(false);
  await settle();
  expect(engine.counts.tasks).toBe(0);
});

test('answers with the existing execution where the ARN is taken', async () => {
  const engine = await boot([]);
  const hash = machines.add({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } });
  const execution = newExecution('same', hash, clock.now());
  const first = await engine.begin(execution);
  const second = await engine.begin(execution);
  expect(first.existing).toBeUndefined();
  expect(second.existing).toMatchObject({ id: first.id, status: 'SUCCEEDED' });
});

test('goes on with a long fold by itself, and after a crash in the middle', async () => {
  const states = {
    P: { Type: 'Pass', Parameters: { 'n.$': 'States.MathAdd($.n, 1)' }, Next: 'C' },
    C: {
      Type: 'Choice',
      Choices: [{ Variable: '$.n', NumericLessThan: 900, Next: 'P' }],
      Default: 'D',
    },
    D: { Type: 'Succeed' },
  };
  const engine = await boot([]);
  const hash = machines.add({ StartAt: 'P', States: states });
  const { id } = await engine.begin({ ...newExecution('l', hash, clock.now()), input: '{"n":0}' });
  expect((await headOf(id)).status).toBe('RUNNING');
  await boot([]);
  await clock.pass(100);
  expect(await headOf(id)).toMatchObject({ status: 'SUCCEEDED', output: '{"n":900}' });
});

test('looks once for an execution that is not there', async () => {
  let loads = 0;
  const load: ExecutionStore['load'] = (id) => {
    loads += 1;
    return store.load(id);
  };
  const counted = new Proxy(store, {
    get: (target, name) => (name === 'load' ? load : Reflect.get(target, name).bind?.(target)),
  });
  const engine = await boot([], { store: counted });
  expect(await engine.signal(999, { type: 'Stop' })).toBe(false);
  await settle();
  expect(loads).toBe(1);
  await engine.stop();
});

test('loads each of many that are due once after a restart, and keeps none that has ended', async () => {
  const first = await boot([]);
  const begun = Array.from({ length: 1_200 }, () =>
    begin(first, { W: { Type: 'Wait', Seconds: 60, End: true } }),
  );
  const ids = await Promise.all(begun);
  clock.clear();
  let loads = 0;
  const later = async (turns: number): Promise<void> => {
    for (let i = 0; i < turns; i++) await settle();
  };
  const slow: Pick<ExecutionStore, 'load' | 'due'> = {
    load: async (id) => {
      loads += 1;
      await later(5);
      return store.load(id);
    },
    due: async (now, limit) => {
      const rows = await store.due(now, limit);
      await later(10);
      return rows;
    },
  };
  const counted = new Proxy(store, {
    get: (target, name) => Reflect.get(slow, name) ?? Reflect.get(target, name).bind?.(target),
  });
  await clock.pass(61_000);
  const engine = await boot([], { store: counted });
  for (let i = 0; i < 3; i++) {
    await clock.pass(50);
    await later(20);
  }
  for (const id of ids) expect((await headOf(id)).status).toBe('SUCCEEDED');
  expect(loads).toBe(ids.length);
  expect(await engine.signal(ids[0]!, { type: 'Stop' })).toBe(false);
  expect(engine.counts.inMemory).toBe(0);
  await engine.stop();
});

test('reloads states that had to leave memory', async () => {
  const engine = await boot([], { stateBytesMax: 1 });
  const ids: number[] = [];
  for (let i = 0; i < 5; i++) {
    ids.push(await begin(engine, { W: { Type: 'Wait', Seconds: 5 + i, End: true } }));
  }
  expect(engine.counts.inMemory).toBeLessThan(5);
  await clock.pass(20_000);
  for (const id of ids) expect((await headOf(id)).status).toBe('SUCCEEDED');
});

test('a clean stop waits for tasks, and leaves the next ones ready for the next process', async () => {
  const lambda = new TestIntegration();
  let finish: (() => void) | undefined;
  lambda.answer = ({ order }) =>
    new Promise((resolve) => {
      finish = () => resolve({ type: 'Succeeded', output: order.parameters });
    });
  const engine = await boot([lambda]);
  const id = await begin(engine, { A: task({ End: undefined, Next: 'B' }), B: task() });
  await settle();
  const stopped = engine.stop();
  await settle();
  finish!();
  await stopped;
  expect(await rowsOf(id)).toEqual(
    expect.arrayContaining([expect.objectContaining({ kind: 'task', status: 'ready' })]),
  );
  const second = new TestIntegration();
  await boot([second]);
  await clock.pass(100);
  expect(second.runs).toHaveLength(1);
  expect((await headOf(id)).status).toBe('SUCCEEDED');
  expect(await typesOf(id)).not.toContain('TaskFailed');
});

test('a clean stop waits for a task whose order is being written', async () => {
  const lambda = new TestIntegration();
  let finish: (() => void) | undefined;
  lambda.answer = () =>
    new Promise((resolve) => {
      finish = () => resolve({ type: 'Succeeded', output: '"done"' });
    });
  const engine = await boot([lambda]);
  const id = await begin(engine, { A: task({ End: undefined, Next: 'B' }), B: task() });
  await settle();
  const commit = store.commit.bind(store);
  let write: (() => void) | undefined;
  store.commit = async (one) => {
    await new Promise<void>((resolve) => {
      write = resolve;
    });
    return commit(one);
  };
  finish!();
  await settle();
  const stopped = engine.stop();
  await settle();
  store.commit = commit;
  write!();
  await settle();
  expect(lambda.runs).toHaveLength(2);
  finish!();
  await stopped;
  expect(await headOf(id)).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
});

test('keeps what happens to an execution before its beginning is acknowledged', async () => {
  const engine = await boot([]);
  const create = store.create.bind(store);
  let acknowledge: (() => void) | undefined;
  store.create = async (head, commit) => {
    const outcome = await create(head, commit);
    await new Promise<void>((resolve) => {
      acknowledge = resolve;
    });
    return outcome;
  };
  const Resource = 'arn:aws:states:us-east-1:000000000000:activity:work';
  const begun = begin(engine, { T: task({ Resource, HeartbeatSeconds: 2, TimeoutSeconds: 60 }) });
  await settle();
  const { scope, attempt } = (await rowsOf(1)).find(({ kind }) => kind === 'task')!;
  const started = {
    type: 'TaskStarted',
    at: clock.now(),
    scope,
    attempt,
    workerName: 'w',
  } as const;
  expect(await engine.signal(1, started)).toBe(true);
  acknowledge!();
  const id = await begun;
  await clock.pass(3_000);
  expect((await headOf(id)).status).toBe('FAILED');
  expect(await typesOf(id)).toContain('ActivityTimedOut');
});

test('refuses to begin when the disk is far behind', async () => {
  const engine = await boot([], { backlog: () => ({ units: 1_000_000, bytes: 0 }) });
  await expect(begin(engine, { P: { Type: 'Pass', End: true } })).rejects.toMatchObject({
    code: 'ThrottlingException',
  });
});

test('has nothing to do with what is said to an execution that is gone', async () => {
  const engine = await boot([]);
  expect(await engine.signal(999, { type: 'Stop' })).toBe(false);
  await settle();
  expect(engine.counts).toMatchObject({ deciding: 0, inMemory: 0 });
});

test('a timeout that is heard after a redrive leaves the new one', async () => {
  const first = await boot([]);
  const wait = { W: { Type: 'Wait', Seconds: 100, End: true } };
  const id = await begin(first, wait, { TimeoutSeconds: 10 });
  let heard = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const load: ExecutionStore['load'] = async (one) => {
    await late;
    return store.load(one);
  };
  const slow = new Proxy(store, {
    get: (target, name) =>
      name === 'load' ? load : Reflect.get(target, name, target).bind(target),
  });
  // Another engine on the same data, which knows the timer.
  const machine = (hash: string) => machines.machine(hash);
  await new Engine(engineDeps({ store: slow, clock, log, epoch, machine })).start();
  await clock.pass(10_000);
  await first.signal(id, { type: 'Redrive' });
  heard();
  await settle();
  const key = { execution: id, scope: '', attempt: 0, kind: 'executionDeadline' } as const;
  expect((await store.work(key))?.due).toBe(clock.now() + 10_000);
  await clock.pass(10_000);
  expect((await store.load(id))?.head.status).toBe('TIMED_OUT');
});
