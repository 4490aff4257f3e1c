import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { exerciseFunctionStore } from '../contract/functions.ts';
import type { Database } from '../database.ts';
import { sqlFunctionStore } from './functions.ts';
import { openSqliteInProcess } from './in-process.ts';
import { migrateAll } from './migrate.ts';
import { functionMigrations } from './migrations/functions.ts';
import { newPostgres, pgliteDatabase } from './pglite.ts';
import { openSqlite } from './sqlite.ts';

const migrations = { functions: functionMigrations };

const on = (db: Database) => ({ store: sqlFunctionStore(db), close: () => db.close() });

let pg: PGlite;

beforeAll(async () => {
  pg = await newPostgres();
});

afterAll(() => pg.close());

exerciseFunctionStore('SQLite, worker', async () =>
  on(await openSqlite({ file: undefined, migrations })),
);

exerciseFunctionStore('SQLite, in process', async () =>
  on(await openSqliteInProcess({ migrations })),
);

exerciseFunctionStore('PostgreSQL', async () => {
  const db = await pgliteDatabase(pg);
  await migrateAll(db, migrations);
  return on(db);
});
