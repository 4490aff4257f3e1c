import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../test/support/clock.ts';
import { onEveryDatabase } from '../../../test/support/every-database.ts';
import { wrapped } from '../../../test/support/wrapped-database.ts';
import type { Logger } from '../../ground/log.ts';
import type { Database } from '../database.ts';
import { openSqliteInProcess } from '../sqlite/in-process.ts';
import { exerciseResourceStore, type Stores } from './contract.ts';
import { key, newResource, type Told, tells } from './contract-samples.ts';
import { resourceMigrations } from './migrations.ts';
import { SqlResourceStore } from './sql.ts';
import { REMOVALS_KEPT } from './statements.ts';

const silent: Logger = { error() {}, warn() {}, info() {}, debug() {} };
const migrations = { resources: resourceMigrations };

interface SqlStores extends Stores {
  readonly store: SqlResourceStore;
  readonly other: SqlResourceStore;
}

/** Two stores on one database, whatever it says of other processes. */
function on(db: Database): SqlStores {
  const clock = new ManualClock();
  const capabilities = { ...db.capabilities, processes: 'several' } as const;
  const database = wrapped(db, { capabilities });
  const deps = { database, clock, tools: { uuid: randomUUID }, log: silent };
  return { store: new SqlResourceStore(deps), other: new SqlResourceStore(deps), clock };
}

onEveryDatabase('resources', migrations, on, exerciseResourceStore, async ({ store, other }) => {
  await store.close();
  await other.close();
});

async function stores(): Promise<SqlStores & { readonly db: Database }> {
  const db = await openSqliteInProcess({ migrations });
  return { ...on(db), db };
}

test('a put joins another unit, and is written with it or not at all', async () => {
  const { store, db } = await stores();
  const told: Told[] = [];
  await store.watch('echo', tells(told));
  told.length = 0;
  await db.write({ guards: 0, statements: [{ sql: 'CREATE TABLE o (n BIGINT)', params: [] }] });
  const joined = async (guard: string): Promise<'ok' | 'conflict'> => {
    const { guards, statements } = store.unitOf([{ put: newResource('a'), expected: 'new' }]);
    return db.write({
      guards: guards + 1,
      statements: [{ sql: guard, params: [] }, ...statements],
    });
  };
  expect(await joined('DELETE FROM o')).toBe('conflict');
  expect(await store.get(key('a'))).toBeUndefined();
  expect(await joined('INSERT INTO o (n) VALUES (1)')).toBe('ok');
  expect(await store.get(key('a'))).toBeDefined();
  await store.refresh('echo');
  expect(told).toEqual([{ complete: false, changed: ['a'], removed: [] }]);
  expect(await joined('INSERT INTO o (n) VALUES (2)')).toBe('conflict');
  expect(await db.read('SELECT n FROM o', [])).toHaveLength(1);
});

test('a watcher that has missed more than is kept hears of all there is', async () => {
  const { store, other, db } = await stores();
  const told: Told[] = [];
  await store.put(newResource('gone'), 'new');
  await store.put(newResource('stays'), 'new');
  await store.watch('echo', tells(told));
  await other.remove(key('gone'), 'any');
  for (let n = 0; n <= REMOVALS_KEPT; n++) {
    await other.put(newResource('again'), 'new');
    await other.remove(key('again'), 'any');
  }
  told.length = 0;
  await store.refresh('echo');
  expect(told).toEqual([{ complete: true, changed: ['stays'], removed: [] }]);
  const [kept] = await db.read('SELECT COUNT(*) AS n FROM resource_removal', []);
  expect(kept!.n).toBeLessThanOrEqual(REMOVALS_KEPT);
});

test('nothing is looked for where there can be no other process, or nobody watches', async () => {
  const db = await openSqliteInProcess({ migrations });
  const clock = new ManualClock();
  const deps = { database: db, clock, tools: { uuid: randomUUID }, log: silent };
  const alone = new SqlResourceStore(deps);
  await alone.watch('echo', () => {});
  expect(clock.waits).toEqual([]);
  const { store, clock: their } = on(db);
  expect(their.waits).toEqual([]);
  const end = await store.watch('echo', () => {});
  expect(their.waits).toEqual([1_000]);
  end();
  their.advance(1_000);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(their.waits).toEqual([]);
});
