/**
 * The data folder and everything in it: one lock, two databases (executions and what belongs to
 * them; traces and logs, whose large batches must never stand before an execution's commit), code.
 */
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from '../ground/log.ts';
import type { Clock, Tools } from '../ground/tools.ts';
import type { Database } from '../store/database.ts';
import { executionMigrations } from '../store/executions/migrations.ts';
import { sqlExecutionStore } from '../store/executions/sql.ts';
import { functionMigrations } from '../store/functions/migrations.ts';
import { sqlFunctionStore } from '../store/functions/sql.ts';
import { logMigrations } from '../store/logs/migrations.ts';
import { sqlLogStore } from '../store/logs/sql.ts';
import { machineMigrations } from '../store/machines/migrations.ts';
import { sqlMachineStore } from '../store/machines/sql.ts';
import { sqlMapRunStore } from '../store/mapruns/sql.ts';
import { carryOverXraySettings } from '../store/resources/carry-over.ts';
import { resourceMigrations } from '../store/resources/migrations.ts';
import { SqlResourceStore } from '../store/resources/sql.ts';
import { takeEpoch } from '../store/sql/epoch.ts';
import { lockFolder } from '../store/sqlite/lock.ts';
import { SqliteReader } from '../store/sqlite/reader.ts';
import { openSqlite } from '../store/sqlite/sqlite.ts';
import { traceMigrations } from '../store/traces/migrations.ts';
import { openTraceStore, type SqlTraceStore } from '../store/traces/sql.ts';
import type { Config } from './config.ts';

export interface Storage {
  /** Absolute; of an ephemeral server a temporary folder that goes with it. */
  readonly folder: string;
  readonly database: Database;
  readonly executions: Awaited<ReturnType<typeof sqlExecutionStore>>;
  readonly mapRuns: ReturnType<typeof sqlMapRunStore>;
  readonly machines: ReturnType<typeof sqlMachineStore>;
  readonly functions: ReturnType<typeof sqlFunctionStore>;
  readonly logs: ReturnType<typeof sqlLogStore>;
  readonly traces: SqlTraceStore;
  readonly resources: SqlResourceStore;
  /** Higher than that of every process before on this folder. */
  readonly epoch: number;
  close(): Promise<void>;
}

interface Deps {
  readonly clock: Clock;
  readonly tools: Pick<Tools, 'uuid'>;
  readonly log: Logger;
}

/** Rejects with one clear line where the folder is in use, cannot be written or is too new. */
export async function openStorage(config: Config, deps: Deps): Promise<Storage> {
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
    const [database, telemetry] = await openAll(opened, [
      openSqlite({
        file: file('executions.sqlite'),
        migrations: {
          executions: executionMigrations,
          machines: machineMigrations,
          functions: functionMigrations,
          resources: resourceMigrations,
        },
        reader,
      }),
      openSqlite({
        file: file('telemetry.sqlite'),
        incrementalVacuum: true,
        migrations: { traces: traceMigrations, logs: logMigrations },
        reader,
      }),
    ]);
    const traces = await openTraceStore({ database: telemetry, ...deps });
    const resources = new SqlResourceStore({ database, ...deps });
    await carryOverXraySettings(telemetry, resources);
    return {
      folder,
      database,
      executions: await sqlExecutionStore(database),
      mapRuns: sqlMapRunStore(database),
      machines: sqlMachineStore(database),
      functions: sqlFunctionStore(database),
      logs: sqlLogStore(telemetry),
      traces,
      resources,
      epoch: await takeEpoch(database, deps.clock.now()),
      async close() {
        await resources.close();
        await traces.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
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
