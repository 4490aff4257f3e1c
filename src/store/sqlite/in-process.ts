/**
 * The same SQL on the caller's thread, for whoever decides himself when things happen: a simulator
 * that dies before or after a COMMIT and answers late, and tests that want no threads.
 *
 * Several databases may stand on one connection, as several servers on one database.
 */
import { type Database, DatabaseError, type Row, type Unit, type Value } from '../database.ts';
import { type MigrationsByDomain, migrateAll } from '../migrate.ts';
import { ONE_PROCESS, SEVERAL_PROCESSES } from './capabilities.ts';
import { type Outcome, SqliteConnection } from './connection.ts';

export interface InProcessHooks {
  /** Called when units wait; whoever it is runs `commit` once, when he likes. Default: at once. */
  readonly schedule?: (commit: () => void) => void;
  /** What they throw comes out of `commit`; the units are then never answered. */
  readonly beforeCommit?: (units: readonly Unit[]) => void;
  readonly afterCommit?: (units: readonly Unit[]) => void;
  /** Called with what tells the writers their outcome. Default: told at once. */
  readonly deliver?: (settle: () => void) => void;
}

/** A database of its own, in memory unless a file is given. */
export async function openSqliteInProcess(
  options: { file?: string; migrations?: MigrationsByDomain } & InProcessHooks = {},
): Promise<Database> {
  const { file, migrations = {}, ...hooks } = options;
  const connection = new SqliteConnection({ file });
  await migrateAll(inProcessDatabase(connection), migrations);
  const database = inProcessDatabase(connection, hooks);
  const close = async () => {
    await database.close();
    connection.close();
  };
  return {
    write: (unit) => database.write(unit),
    read: (sql, params) => database.read(sql, params),
    backlog: database.backlog,
    capabilities: ONE_PROCESS,
    close,
  };
}

/** One more view of a connection; closing it leaves the connection open. */
export function inProcessDatabase(
  connection: SqliteConnection,
  hooks: InProcessHooks = {},
): Database {
  return new InProcessSqlite(connection, hooks);
}

interface Writing {
  readonly unit: Unit;
  readonly resolve: (outcome: 'ok' | 'conflict') => void;
  readonly reject: (error: unknown) => void;
}

class InProcessSqlite implements Database {
  readonly capabilities = SEVERAL_PROCESSES;
  readonly backlog = { units: 0, bytes: 0 };
  readonly #connection: SqliteConnection;
  readonly #hooks: InProcessHooks;
  #waiting: Writing[] = [];
  #closed = false;

  constructor(connection: SqliteConnection, hooks: InProcessHooks) {
    this.#connection = connection;
    this.#hooks = hooks;
  }

  write(unit: Unit): Promise<'ok' | 'conflict'> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new DatabaseError('the database is closed', 'CLOSED', false));
      this.#waiting.push({ unit, resolve, reject });
      this.backlog.units += 1;
      this.backlog.bytes += sizeOf(unit);
      if (this.#waiting.length > 1) return;
      const { schedule = queueMicrotask } = this.#hooks;
      schedule(() => this.#commit());
    });
  }

  async read(sql: string, params: readonly Value[]): Promise<readonly Row[]> {
    return this.#connection.read(sql, params);
  }

  async close(): Promise<void> {
    this.#commit();
    this.#closed = true;
  }

  #commit(): void {
    const writings = this.#waiting;
    if (writings.length === 0) return;
    this.#waiting = [];
    const units = writings.map((writing) => writing.unit);
    const { beforeCommit, afterCommit, deliver = (settle) => settle() } = this.#hooks;
    let answer: (index: number) => Outcome;
    try {
      const outcomes = this.#connection.commit(units, {
        beforeCommit: beforeCommit && (() => beforeCommit(units)),
        afterCommit: afterCommit && (() => afterCommit(units)),
      });
      answer = (index) => outcomes[index]!;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      answer = () => error;
    }
    deliver(() => this.#settle(writings, answer));
  }

  #settle(writings: readonly Writing[], answer: (index: number) => Outcome): void {
    writings.forEach(({ unit, resolve, reject }, index) => {
      this.backlog.units -= 1;
      this.backlog.bytes -= sizeOf(unit);
      const outcome = answer(index);
      if (outcome instanceof DatabaseError) reject(outcome);
      else resolve(outcome);
    });
  }
}

function sizeOf(unit: Unit): number {
  let bytes = 0;
  for (const { params } of unit.statements) {
    for (const value of params) {
      bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
    }
  }
  return bytes;
}
