import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { exerciseMachineStore } from '../contract/machines.ts';
import type { Database } from '../database.ts';
import { openSqliteInProcess } from './in-process.ts';
import { sqlMachineStore } from './machines.ts';
import { migrateAll } from './migrate.ts';
import { machineMigrations } from './migrations/machines.ts';
import { newPostgres, pgliteDatabase } from './pglite.ts';
import { openSqlite } from './sqlite.ts';

const migrations = { machines: machineMigrations };

const on = (db: Database) => ({ store: sqlMachineStore(db), close: () => db.close() });

let pg: PGlite;

beforeAll(async () => {
  pg = await newPostgres();
});

afterAll(() => pg.close());

exerciseMachineStore('SQLite, worker', async () =>
  on(await openSqlite({ file: undefined, migrations })),
);

exerciseMachineStore('SQLite, in process', async () =>
  on(await openSqliteInProcess({ migrations })),
);

exerciseMachineStore('PostgreSQL', async () => {
  const db = await pgliteDatabase(pg);
  await migrateAll(db, migrations);
  return on(db);
});
