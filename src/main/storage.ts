/**
 * The data folder: one lock, and two databases with the tables of all services (executions and what
 * belongs to them; traces and logs, whose large batches must never stand before an execution's
 * commit).
 */
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../edge/system.ts';
import type { Logger } from '../ground/log.ts';
import type { Clock, Tools } from '../ground/tools.ts';
import type { Databases, StoreKind } from '../service/aws-service.ts';
import { Node } from '../service/node.ts';
import type { Database } from '../store/database.ts';
import type { MigrationsByDomain } from '../store/migrate.ts';
import { nodeMigrations } from '../store/nodes/migrations.ts';
import { sqlNodeStore } from '../store/nodes/sql.ts';
import { resourceMigrations } from '../store/resources/migrations.ts';
import { SqlResourceStore } from '../store/resources/sql.ts';
import type { ResourceStore } from '../store/resources/store.ts';
import { lockFolder } from '../store/sqlite/lock.ts';
import { SqliteReader } from '../store/sqlite/reader.ts';
import { openSqlite } from '../store/sqlite/sqlite.ts';
import type { Config } from './config.ts';

export interface Storage {
  /** Absolute; of an ephemeral server a temporary folder that goes with it. */
  readonly folder: string;
  readonly databases: Databases;
  readonly resources: ResourceStore;
  close(): Promise<void>;
}

interface Deps {
  readonly clock: Clock;
  readonly tools: Pick<Tools, 'uuid'>;
  readonly log: Logger;
}

/** Rejects with one clear line where the folder is in use, cannot be written or is too new. */
export async function openStorage(
  config: Config,
  stores: readonly StoreKind[],
  deps: Deps,
): Promise<Storage> {
  const folder = config.ephemeral
    ? mkdtempSync(join(tmpdir(), 'steplight-'))
    : resolve(config.data);
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK);
  const lock = lockFolder(folder);
  const opened: Database[] = [];
  const reader = new SqliteReader();
  const release = async (): Promise<void> => {
    for (const database of opened.reverse()) await database.close();
    await reader.close();
    lock.release();
    if (config.ephemeral) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const file = (name: string) => (config.ephemeral ? undefined : join(folder, name));
    // Each has a thread that takes its time to start; they start together.
    const [main, telemetry] = await openAll(opened, [
      openSqlite({
        file: file('executions.sqlite'),
        migrations: {
          ...migrationsOf(stores, 'main'),
          resources: resourceMigrations,
          nodes: nodeMigrations,
        },
        reader,
      }),
      openSqlite({
        file: file('telemetry.sqlite'),
        incrementalVacuum: true,
        migrations: migrationsOf(stores, 'telemetry'),
        reader,
      }),
    ]);
    const node = await nodeOf(main, deps.log);
    const resources = new SqlResourceStore({ database: main, ...deps });
    return {
      folder,
      databases: { main, telemetry, node },
      resources,
      async close() {
        await resources.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

function migrationsOf(
  stores: readonly StoreKind[],
  wanted: StoreKind['database'],
): MigrationsByDomain {
  const own = stores.filter(({ database }) => database === wanted);
  return Object.fromEntries(own.map(({ name, migrations }) => [name, migrations]));
}

/** Its life is real, whatever time executions have. */
function nodeOf(database: Database, log: Logger): Promise<Node> {
  const { processes } = database.capabilities;
  return Node.join({ store: sqlNodeStore(database), processes, clock: systemClock, log });
}

/** All of them, or the first one's error when every one has settled; `opened` gets what is open. */
async function openAll(
  opened: Database[],
  opening: readonly [Promise<Database>, Promise<Database>],
): Promise<[Database, Database]> {
  const results = await Promise.allSettled(opening);
  for (const result of results) if (result.status === 'fulfilled') opened.push(result.value);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return opened as [Database, Database];
}
