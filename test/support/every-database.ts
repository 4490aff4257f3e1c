/** The runs of one examination on every database that there is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { type MigrationsByDomain, migrateAll } from '../../src/store/migrate.ts';
import { openSqliteInProcess } from '../../src/store/sqlite/in-process.ts';
import { openSqlite } from '../../src/store/sqlite/sqlite.ts';
import type { Subject } from '../../src/store/suite.ts';
import { newPostgres, pgliteDatabase } from './pglite.ts';

/**
 * Calls `exercise` once for each database, with what opens a store on a new one that has had the
 * migrations. Stores are closed before their databases, where closing means something to them.
 */
export function onEveryDatabase<Store>(
  name: string,
  migrations: MigrationsByDomain,
  open: (db: Database) => Store | Promise<Store>,
  exercise: (name: string, newStore: () => Promise<Subject<Store>>) => void,
  close: (store: Store) => Promise<void> = async () => {},
): void {
  let folder: string;
  let files = 0;
  let pg: PGlite;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'steplight-store-'));
    pg = await newPostgres();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await pg.close();
  });

  const on = async (db: Database): Promise<Subject<Store>> => {
    const store = await open(db);
    return {
      store,
      close: async () => {
        await close(store);
        await db.close();
      },
    };
  };
  const databases: Readonly<Record<string, () => Promise<Database>>> = {
    'SQLite, worker, file': () => {
      files += 1;
      return openSqlite({ file: join(folder, String(files)), migrations });
    },
    'SQLite, worker, memory': () => openSqlite({ file: undefined, migrations }),
    'SQLite, in process': () => openSqliteInProcess({ migrations }),
    'PostgreSQL (PGlite)': async () => {
      const db = await pgliteDatabase(pg);
      await migrateAll(db, migrations);
      return db;
    },
  };
  for (const [database, openDatabase] of Object.entries(databases)) {
    exercise(`${name}: ${database}`, async () => on(await openDatabase()));
  }
}
