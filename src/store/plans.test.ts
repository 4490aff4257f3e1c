/**
 * What the database does for each question: nothing that grows with the number of executions or of
 * configured things.
 */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { wrapped } from '../../test/support/wrapped-database.ts';
import type { Database, Value } from './database.ts';
import { sampleCommit, sampleHead, sampleWork } from './executions/contract-samples.ts';
import { executionMigrations } from './executions/migrations.ts';
import { sqlExecutionStore } from './executions/sql.ts';
import type { ExecutionStore } from './executions/store.ts';
import { key, newResource } from './resources/contract-samples.ts';
import { resourceMigrations } from './resources/migrations.ts';
import { SqlResourceStore } from './resources/sql.ts';
import { openSqliteInProcess } from './sqlite/in-process.ts';

const KEY = { execution: 1, scope: '', attempt: 1, kind: 'task' } as const;
const PLACE = { account: 'a', region: 'r', limit: 5 };

const ASKED: Record<string, (store: ExecutionStore) => Promise<unknown>> = {
  list: (store) => store.list(PLACE),
  'list of a machine': (store) => store.list({ ...PLACE, machineArn: 'm' }),
  'list of a version': (store) => store.list({ ...PLACE, versionArn: 'm' }),
  'list of an alias': (store) => store.list({ ...PLACE, aliasArn: 'm' }),
  'list of a map run': (store) => store.list({ ...PLACE, mapRunArn: 'm' }),
  'list of the running': (store) => store.list({ ...PLACE, status: 'RUNNING' }),
  'list of failures': (store) => store.list({ ...PLACE, machineArn: 'm', status: 'FAILED' }),
  'list of a time': (store) => store.list({ ...PLACE, startedFrom: 1 }),
  load: (store) => store.load(1),
  outline: (store) => store.outline(1),
  headByArn: (store) => store.headByArn('x'),
  history: (store) => store.history(1, { from: 9, limit: 5, reverse: true }),
  due: (store) => store.due(1, 5),
  nextDue: (store) => store.nextDue(1),
  'due here': (store) => store.due(1, 5, [1, 2]),
  'nextDue here': (store) => store.nextDue(1, [1, 2]),
  work: (store) => store.work(KEY),
  activityQueue: (store) => store.activityQueue('a', 5),
  own: (store) => store.own({ ...KEY, epoch: 0 }, 1),
  markProjected: (store) => store.markProjected([{ id: 1, seq: 1 }]),
  behind: (store) => store.behind(5),
  running: (store) => store.running(),
  prune: (store) => store.prune(2, 5),
  create: (store) => store.create(sampleHead(2), sampleCommit(2, 0)),
  commit: (store) =>
    store.commit(
      sampleCommit(1, 1, {
        head: { status: 'FAILED', stoppedAt: 1 },
        work: { cancel: ['/1.1'], remove: [KEY], put: [sampleWork(1)], clear: false },
        tell: [{ ...sampleWork(1), execution: 2 }],
      }),
    ),
};

/** `lag` holds who is behind, `part` the bounds of a bisection, `place` regions: all are short. */
const HARMLESS = /^SCAN (lag|part|place|found|first)$/;

/** A database that tells the plans of what it has been asked since `forget`. */
async function spied(): Promise<{
  database: Database;
  forget: () => void;
  plans: () => Promise<string[]>;
}> {
  const migrations = { executions: executionMigrations, resources: resourceMigrations };
  const db = await openSqliteInProcess({ migrations });
  let asked: [string, readonly Value[]][] = [];
  const database = wrapped(db, {
    write: (unit) => {
      for (const { sql, params } of unit.statements) asked.push([sql, params]);
      return db.write(unit);
    },
    read: (sql, params) => {
      asked.push([sql, params]);
      return db.read(sql, params);
    },
  });
  const forget = (): void => {
    asked = [];
  };
  const plans = async (): Promise<string[]> => {
    const rows = asked.map(([sql, params]) => db.read(`EXPLAIN QUERY PLAN ${sql}`, params));
    return (await Promise.all(rows)).flat().map(({ detail }) => String(detail));
  };
  return { database, forget, plans };
}

async function spiedExecutions(): Promise<{
  store: ExecutionStore;
  plans: () => Promise<string[]>;
}> {
  const { database, forget, plans } = await spied();
  const store = await sqlExecutionStore(database);
  await store.create(sampleHead(1), sampleCommit(1, 0, { head: { stoppedAt: 1 } }));
  forget();
  return { store, plans };
}

for (const [name, ask] of Object.entries(ASKED)) {
  test(`${name} walks no table and sorts nothing`, async () => {
    const { store, plans } = await spiedExecutions();
    await ask(store);
    const steps = await plans();
    expect(steps.length).toBeGreaterThan(name === 'create' ? -1 : 0);
    const bad = steps.filter((step) => /SCAN|TEMP B-TREE/.test(step) && !HARMLESS.test(step));
    expect(bad).toEqual(/^(load|outline)$/.test(name) ? ['USE TEMP B-TREE FOR ORDER BY'] : []);
  });
}

test('a list of a machine, version, alias or map run uses the index of it', async () => {
  for (const what of ['machine', 'version', 'alias', 'mapRun']) {
    const { store, plans } = await spiedExecutions();
    await store.list({ ...PLACE, [`${what}Arn`]: 'x' });
    const index = what.replace('R', '_r');
    expect((await plans())[0]).toContain(`USING INDEX execution_${index} `);
  }
});

const REVISION = { revision: 'r' };
const ONE_PAGE = { ...key(''), limit: 5 };
const CONFIGURED: Record<string, (store: SqlResourceStore) => Promise<unknown>> = {
  get: (store) => store.get(key('a')),
  'put anything': (store) => store.put(newResource('a', { tags: { k: 'v' } }), 'any'),
  'put a new one': (store) => store.put(newResource('b', { tags: { k: 'v' } }), 'new'),
  'put a revision': (store) => store.put(newResource('a'), REVISION),
  remove: (store) => store.remove(key('a'), 'any'),
  'remove a revision': (store) => store.remove(key('a'), REVISION),
  page: (store) => store.page(ONE_PAGE),
  'page after a name': (store) => store.page({ ...ONE_PAGE, after: 'm' }),
  'page of a prefix': (store) => store.page({ ...ONE_PAGE, prefix: 'm', after: 'mm' }),
  'page downwards': (store) => store.page({ ...ONE_PAGE, descending: true, after: 'm' }),
  byTag: (store) => store.byTag({ place: key('').place, key: 'k', value: 'v', limit: 5 }),
  'byTag after a name': (store) =>
    store.byTag({ place: key('').place, key: 'k', value: 'v', after: key('m'), limit: 5 }),
  watch: async (store) => {
    await store.watch('echo', () => {});
    await store.put(newResource('c'), 'any');
    await store.refresh('echo');
  },
};

for (const [name, ask] of Object.entries(CONFIGURED)) {
  test(`of configured things, ${name} walks no table and sorts nothing`, async () => {
    const { database, plans } = await spied();
    const clock = { now: () => 0, wake: () => () => {} };
    const log = { error() {}, warn() {}, info() {}, debug() {} };
    const tools = { uuid: randomUUID };
    await ask(new SqlResourceStore({ database, clock, tools, log }));
    const steps = await plans();
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.filter((step) => /^SCAN|TEMP B-TREE/.test(step))).toEqual([]);
  });
}

/** The quickest of some times, in milliseconds. */
async function quickest(work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 30; time++) {
    const start = performance.now();
    await work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

test('among 100,000 configured things each question costs as among a few', async () => {
  const log = { error() {}, warn() {}, info() {}, debug() {} };
  const clock = { now: () => 0, wake: () => () => {} };
  const took: number[] = [];
  for (const count of [100, 100_000]) {
    const database = await openSqliteInProcess({ migrations: { resources: resourceMigrations } });
    const fill = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1)
      INSERT INTO resource SELECT 'echo', '000000000000', 'us-east-1', 'thing',
        'thing-' || i, '{}', '{}', 'r' || i, i, 0, 0 FROM n`;
    const tag = `INSERT INTO resource_tag
      SELECT service, account, region, kind, name, 'k', 'v' FROM resource`;
    await database.write({
      guards: 0,
      statements: [
        { sql: fill, params: [count] },
        { sql: tag, params: [] },
      ],
    });
    const store = new SqlResourceStore({ database, clock, log, tools: { uuid: randomUUID } });
    const prefix = { ...ONE_PAGE, prefix: 'thing-', after: 'thing-9' };
    const tagged = { place: key('').place, key: 'k', value: 'v', limit: 5 };
    took.push(
      await quickest(async () => {
        expect(await store.page(prefix)).toHaveLength(5);
        expect(await store.page({ ...prefix, descending: true })).toHaveLength(5);
        expect(await store.byTag({ ...tagged, after: key('thing-9') })).toHaveLength(5);
        await store.put(newResource('thing-7', { tags: { k: 'v' } }), 'any');
      }),
    );
    await database.close();
  }
  expect(took[1]! / took[0]!).toBeLessThan(5);
}, 60_000);
