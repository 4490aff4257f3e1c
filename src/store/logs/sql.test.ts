import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { onEveryDatabase } from '../../../test/support/every-database.ts';
import { openSqliteInProcess } from '../sqlite/in-process.ts';
import { exerciseLogStore } from './contract.ts';
import { logMigrations } from './migrations.ts';
import { sqlLogStore } from './sql.ts';

const migrations = { logs: logMigrations };

onEveryDatabase('logs', migrations, sqlLogStore, exerciseLogStore);

it('tells apart what an older server stored under an id that was given twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'steplight-logs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'db.sqlite');
  const old = await openSqliteInProcess({ file, migrations: { logs: logMigrations.slice(0, 1) } });
  const place = { account: '1', region: 'r' };
  const before = sqlLogStore(old);
  const append = (store: typeof before, group: string, message: string, now: number) =>
    store.append([{ place, group, stream: 's', events: [{ at: now, message }] }], now);
  await append(before, '/a', 'secret', 1_000);
  await before.deleteGroup(place, '/a');
  await append(before, '/b', 'own', 2_000);
  await append(before, '/c', 'later gone', 2_500);
  await before.deleteGroup(place, '/c');
  await old.close();

  const db = await openSqliteInProcess({ file, migrations });
  onTestFinished(() => db.close());
  const store = sqlLogStore(db);
  await append(store, '/d', 'new', 3_000);
  while ((await store.prune(4_000, 0, 100)) > 0);
  const texts = async (name: string): Promise<string[]> => {
    const { id } = (await store.group(place, name))!;
    const range = { from: 0, to: 9_999, beyond: undefined, descending: false, limit: 10 };
    return (await store.events({ of: { group: id }, ...range })).map(({ message }) => message);
  };
  expect(await texts('/b')).toEqual(['own']);
  expect(await texts('/d')).toEqual(['new']);
  const [row] = await db.read('SELECT COUNT(*) AS n FROM log_event', []);
  expect(row!.n).toBe(2);
});
