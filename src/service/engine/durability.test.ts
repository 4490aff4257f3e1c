import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../ground/json.ts';
import type { Database } from '../../store/database.ts';
import { executionMigrations } from '../../store/executions/migrations.ts';
import { sqlExecutionStore } from '../../store/executions/sql.ts';
import type { ExecutionStore } from '../../store/executions/store.ts';
import { openSqliteInProcess } from '../../store/sqlite/in-process.ts';
import { Engine } from './engine.ts';
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

let folder: string;
let machines: TestMachines;
let clock: ManualClock;
let epoch: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'steplight-engine-'));
  machines = new TestMachines();
  clock = new ManualClock();
  epoch = 0;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Running {
  readonly engine: Engine;
  readonly store: ExecutionStore;
  readonly database: Database;
  readonly lambda: TestIntegration;
  readonly log: ReturnType<typeof testLog>;
}

/** A process on the folder; `broken` stands between the engine and its store. */
async function boot(broken = (store: ExecutionStore) => store): Promise<Running> {
  clock.clear();
  const migrations = { executions: executionMigrations };
  const database = await openSqliteInProcess({ file: join(folder, 'e.sqlite'), migrations });
  const store = await sqlExecutionStore(database);
  const lambda = new TestIntegration();
  const log = testLog();
  const engine = new Engine(
    engineDeps({
      store: broken(store),
      clock,
      log,
      epoch: ++epoch,
      machine: (hash) => machines.machine(hash),
      integrations: [lambda],
    }),
  );
  await engine.start();
  return { engine, store, database, lambda, log };
}

const task = (resource: string, more: object) => ({ Type: 'Task', Resource: resource, ...more });

test('goes on from a folder where another process left it, wherever each branch was', async () => {
  const retry = { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }], End: true };
  const flows: JsonObject[] = [
    { Wait: { Type: 'Wait', Seconds: 60, End: true } },
    { Lost: task(TASK, retry) },
    { Callback: task(CALLBACK, { End: true }) },
    { Done: { Type: 'Pass', Result: 'done', End: true } },
  ];
  const branches = flows.map((States) => ({ StartAt: Object.keys(States)[0]!, States }));
  const hash = machines.add({
    StartAt: 'All',
    States: { All: { Type: 'Parallel', Branches: branches, End: true } },
  });
  const first = await boot();
  let token = '';
  first.lambda.answer = ({ order }) => {
    if (order.resource === TASK) return new Promise(() => undefined);
    token = order.token!;
    return { type: 'Submitted', output: '{}' };
  };
  const { id } = await first.engine.begin(newExecution('e', hash, clock.now()));
  await clock.pass(1_000);
  await first.database.close();

  const second = await boot();
  await clock.pass(2_000);
  const success = (at: { scope: string; attempt: number }) =>
    ({ type: 'TaskSucceeded', ...at, output: '"answered"', byToken: true }) as const;
  expect(await second.engine.redeem(token, success)).toBe('accepted');
  await clock.pass(60_000);
  const { head, work } = (await second.store.load(id))!;
  expect(head.status).toBe('SUCCEEDED');
  expect(JSON.parse(head.output!)).toEqual([{}, {}, 'answered', 'done']);
  expect(work).toEqual([]);
  expect(second.lambda.runs.map(({ order }) => order.retryCount)).toEqual([1]);
  await second.engine.stop();
  await second.database.close();
});

test('acknowledges nothing while the disk fails, and goes on when it does not', async () => {
  let failing = false;
  const flaky = (store: ExecutionStore): ExecutionStore =>
    new Proxy(store, {
      get(target, name: keyof ExecutionStore) {
        const writes = name === 'commit' || name === 'create';
        if (failing && writes) return () => Promise.reject(new Error('disk full'));
        return (target[name] as (...args: never[]) => unknown).bind(target);
      },
    });
  const { engine, store, database, lambda, log } = await boot(flaky);
  let finish: (() => void) | undefined;
  lambda.answer = () =>
    new Promise((resolve) => {
      finish = () => resolve({ type: 'Succeeded', output: '"kept"' });
    });
  const hash = machines.add({ StartAt: 'T', States: { T: task(TASK, { End: true }) } });
  const { id } = await engine.begin(newExecution('e', hash, clock.now()));
  await settle();
  failing = true;
  finish!();
  await settle();
  const unavailable = expect.objectContaining({ code: 'ServiceUnavailable', side: 'server' });
  await expect(engine.signal(id, { type: 'Stop' })).rejects.toEqual(unavailable);
  await expect(engine.begin(newExecution('f', hash, clock.now()))).rejects.toEqual(unavailable);
  await clock.pass(5_000);
  expect((await store.load(id))!.head.status).toBe('RUNNING');
  failing = false;
  await clock.pass(2_000);
  expect((await store.load(id))!.head).toMatchObject({ status: 'SUCCEEDED', output: '"kept"' });
  expect(lambda.runs).toHaveLength(1);
  expect(log.lines.every(({ level }) => level === 'error')).toBe(true);
  await engine.stop();
  await database.close();
});

test('puts what waits into one commit, however much it is', async () => {
  const { engine, store, database, lambda } = await boot();
  const branch = { StartAt: 'T', States: { T: task(TASK, { End: true }) } };
  const hash = machines.add({
    StartAt: 'P',
    States: { P: { Type: 'Parallel', Branches: Array(300).fill(branch), End: true } },
  });
  const answers: (() => void)[] = [];
  lambda.answer = () =>
    new Promise((resolve) => {
      answers.push(() => resolve({ type: 'Succeeded', output: '1' }));
    });
  const { id } = await engine.begin(newExecution('e', hash, clock.now()));
  await clock.pass(100);
  expect(answers).toHaveLength(300);
  for (const answer of answers) answer();
  await clock.pass(100);
  const { head } = (await store.load(id))!;
  expect(head.status).toBe('SUCCEEDED');
  expect(head.seq).toBeLessThan(12);
  await engine.stop();
  await database.close();
});
