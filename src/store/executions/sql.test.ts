import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { newPostgres, pgliteDatabase } from '../../../test/support/pglite.ts';
import type { Database } from '../database.ts';
import { migrateAll } from '../migrate.ts';
import { openSqliteInProcess } from '../sqlite/in-process.ts';
import { openSqlite } from '../sqlite/sqlite.ts';
import { exerciseExecutionStore } from './contract.ts';
import { executionMigrations } from './migrations.ts';
import { sqlExecutionStore } from './sql.ts';

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
