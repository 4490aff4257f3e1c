import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { newPostgres, pgliteDatabase } from '../../../test/support/pglite.ts';
import type { Database } from '../database.ts';
import { migrateAll } from '../migrate.ts';
import { openSqliteInProcess } from '../sqlite/in-process.ts';
import { openSqlite } from '../sqlite/sqlite.ts';
import { exerciseMachineStore } from './contract.ts';
import { machineMigrations } from './migrations.ts';
import { sqlMachineStore } from './sql.ts';

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
