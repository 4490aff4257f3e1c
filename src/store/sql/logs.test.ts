import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { exerciseLogStore } from '../contract/logs.ts';
import type { Database } from '../database.ts';
import { openSqliteInProcess } from './in-process.ts';
import { sqlLogStore } from './logs.ts';
import { migrateAll } from './migrate.ts';
import { logMigrations } from './migrations/logs.ts';
import { newPostgres, pgliteDatabase } from './pglite.ts';
import { openSqlite } from './sqlite.ts';

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
