/** What the database does for each question: nothing that grows with the number of executions. */
import { expect, test } from 'vitest';
import type { Database, Value } from './database.ts';
import { sampleCommit, sampleHead, sampleWork } from './executions/contract-samples.ts';
import { executionMigrations } from './executions/migrations.ts';
import { sqlExecutionStore } from './executions/sql.ts';
import type { ExecutionStore } from './executions/store.ts';
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
  headByArn: (store) => store.headByArn('x'),
  history: (store) => store.history(1, { from: 9, limit: 5, reverse: true }),
  due: (store) => store.due(1, 5),
  nextDue: (store) => store.nextDue(1),
  work: (store) => store.work(KEY),
  activityQueue: (store) => store.activityQueue('a', 5),
  own: (store) => store.own(KEY, 1),
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

async function spied(): Promise<{ store: ExecutionStore; plans: () => Promise<string[]> }> {
  const db = await openSqliteInProcess({ migrations: { executions: executionMigrations } });
  let asked: [string, readonly Value[]][] = [];
  const spy: Database = {
    ...db,
    write: (unit) => {
      for (const { sql, params } of unit.statements) asked.push([sql, params]);
      return db.write(unit);
    },
    read: (sql, params) => {
      asked.push([sql, params]);
      return db.read(sql, params);
    },
  };
  const store = await sqlExecutionStore(spy);
  await store.create(sampleHead(1), sampleCommit(1, 0, { head: { stoppedAt: 1 } }));
  asked = [];
  const plans = async (): Promise<string[]> => {
    const rows = asked.map(([sql, params]) => db.read(`EXPLAIN QUERY PLAN ${sql}`, params));
    return (await Promise.all(rows)).flat().map(({ detail }) => String(detail));
  };
  return { store, plans };
}

for (const [name, ask] of Object.entries(ASKED)) {
  test(`${name} walks no table and sorts nothing`, async () => {
    const { store, plans } = await spied();
    await ask(store);
    const steps = await plans();
    expect(steps.length).toBeGreaterThan(name === 'create' ? -1 : 0);
    const bad = steps.filter((step) => /SCAN|TEMP B-TREE/.test(step) && !HARMLESS.test(step));
    expect(bad).toEqual(name === 'load' ? ['USE TEMP B-TREE FOR ORDER BY'] : []);
  });
}

test('a list of a machine, version, alias or map run uses the index of it', async () => {
  for (const what of ['machine', 'version', 'alias', 'mapRun']) {
    const { store, plans } = await spied();
    await store.list({ ...PLACE, [`${what}Arn`]: 'x' });
    const index = what.replace('R', '_r');
    expect((await plans())[0]).toContain(`USING INDEX execution_${index} `);
  }
});
