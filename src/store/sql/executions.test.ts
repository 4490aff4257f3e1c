import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { exerciseExecutionStore } from '../contract/executions.ts';
import type { Database } from '../database.ts';
import { sqlExecutionStore } from './executions.ts';
import { openSqliteInProcess } from './in-process.ts';
import { migrateAll } from './migrate.ts';
import { executionMigrations } from './migrations/executions.ts';
import { newPostgres, pgliteDatabase } from './pglite.ts';
import { openSqlite } from './sqlite.ts';

const migrations = { executions: executionMigrations };

async function on(db: Database) {
  return { store: await sqlExecutionStore(db), close: () => db.close() };
}

let folder: string;
let files = 0;
let pg: PGlite;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'steplight-executions-'));
  pg = await newPostgres();
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await pg.close();
});

exerciseExecutionStore('SQLite, worker, file', async () => {
  files += 1;
  return on(await openSqlite({ file: join(folder, String(files)), migrations }));
});

exerciseExecutionStore('SQLite, worker, memory', async () =>
  on(await openSqlite({ file: undefined, migrations })),
);

exerciseExecutionStore('SQLite, in process', async () =>
  on(await openSqliteInProcess({ migrations })),
);

exerciseExecutionStore('PostgreSQL (PGlite)', async () => {
  const db = await pgliteDatabase(pg);
  await migrateAll(db, migrations);
  return on(db);
});
