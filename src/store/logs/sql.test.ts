import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { newPostgres, pgliteDatabase } from '../../../test/support/pglite.ts';
import type { Database } from '../database.ts';
import { migrateAll } from '../migrate.ts';
import { openSqliteInProcess } from '../sqlite/in-process.ts';
import { openSqlite } from '../sqlite/sqlite.ts';
import { exerciseLogStore } from './contract.ts';
import { logMigrations } from './migrations.ts';
import { sqlLogStore } from './sql.ts';

const migrations = { logs: logMigrations };

const on = (db: Database) => ({ store: sqlLogStore(db), close: () => db.close() });

let pg: PGlite;

beforeAll(async () => {
  pg = await newPostgres();
});

afterAll(() => pg.close());

exerciseLogStore('SQLite, worker', async () =>
  on(await openSqlite({ file: undefined, migrations })),
);

exerciseLogStore('SQLite, in process', async () => on(await openSqliteInProcess({ migrations })));

exerciseLogStore('PostgreSQL', async () => {
  const db = await pgliteDatabase(pg);
  await migrateAll(db, migrations);
  return on(db);
});
