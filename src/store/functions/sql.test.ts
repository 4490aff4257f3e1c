import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { newPostgres, pgliteDatabase } from '../../../test/support/pglite.ts';
import type { Database } from '../database.ts';
import { migrateAll } from '../migrate.ts';
import { openSqliteInProcess } from '../sqlite/in-process.ts';
import { openSqlite } from '../sqlite/sqlite.ts';
import { exerciseFunctionStore } from './contract.ts';
import { functionMigrations } from './migrations.ts';
import { sqlFunctionStore } from './sql.ts';

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
