/**
 * One synchronous SQLite connection: a transaction for many units, and reads. The writer thread,
 * the reader thread and the in-process driver all stand on it, so that the same SQL meets the same
 * code wherever it runs.
 */
import Libsql from 'libsql';
import { DatabaseError, type Row, type Unit, type Value } from '../database.ts';
import { sqliteText } from '../sql/dialect.ts';
import { escapeText, unescapeText } from '../sql/text.ts';

export interface ConnectionOptions {
  /** Undefined: in memory. */
  readonly file: string | undefined;
  /** FULL: a commit is on the disk when it returns. NORMAL: a power cut may take the last ones. */
  readonly synchronous?: 'FULL' | 'NORMAL';
  /** Lets deleted data give its pages back to the file system; only where the file is new. */
  readonly incrementalVacuum?: boolean;
  readonly readOnly?: boolean;
}

export type Outcome = 'ok' | 'conflict' | DatabaseError;

/** Called around COMMIT; what they throw leaves `commit` with the transaction undone or done. */
export interface CommitHooks {
  readonly beforeCommit?: (() => void) | undefined;
  readonly afterCommit?: (() => void) | undefined;
}

const STATEMENTS_MAX = 500;
const CACHE_KIB = 32_768;
/** Bigger than SQLite's own 4 MiB: a hot page is then copied back once for many commits. */
const CHECKPOINT_PAGES = 4_096;
const BUSY_TIMEOUT_MS = 5_000;

/** Codes (by prefix) that blame the place and not the statement. */
const RETRYABLE = ['FULL', 'IOERR', 'BUSY', 'LOCKED', 'NOMEM', 'CANTOPEN', 'READONLY', 'PROTOCOL'];

interface Prepared {
  run(params: readonly Value[]): { changes: number };
  all(params: readonly Value[]): unknown[];
  readonly reader: boolean;
}

/** A unit failed after it had written: the transaction starts again with savepoints. */
const REDO = Symbol('redo');

export class SqliteConnection {
  readonly #db: Libsql.Database;
  readonly #statements = new Map<string, Prepared>();

  constructor(options: ConnectionOptions) {
    try {
      this.#db = new Libsql(options.file ?? ':memory:', { timeout: BUSY_TIMEOUT_MS });
      this.#configure(options);
    } catch (error) {
      throw databaseError(error, options.file);
    }
  }

  #configure(options: ConnectionOptions): void {
    const pragmas = options.readOnly
      ? ['query_only = ON']
      : [
          `auto_vacuum = ${options.incrementalVacuum ? 'INCREMENTAL' : 'NONE'}`,
          'journal_mode = WAL',
          `synchronous = ${options.synchronous ?? 'FULL'}`,
          `wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
          `journal_size_limit = ${2 * CHECKPOINT_PAGES * 4_096}`,
        ];
    for (const pragma of [...pragmas, `cache_size = -${CACHE_KIB}`, 'temp_store = MEMORY']) {
      this.#db.pragma(pragma);
    }
  }

  /**
   * Writes the units in one transaction; the outcomes are in their order. Throws a DatabaseError
   * where the transaction as a whole failed: then none of them was written.
   */
  commit(units: Iterable<Unit>, hooks: CommitHooks = {}): Outcome[] {
    try {
      return this.#transaction(units, hooks, false);
    } catch (error) {
      if (error !== REDO) throw error;
      return this.#transaction(units, hooks, true);
    }
  }

  read(sql: string, params: readonly Value[]): Row[] {
    try {
      const rows = this.#prepare(sql).all(bindable(params)) as Record<string, unknown>[];
      for (const row of rows) tidyRow(row);
      return rows as Row[];
    } catch (error) {
      throw databaseError(error);
    }
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #transaction(units: Iterable<Unit>, hooks: CommitHooks, careful: boolean): Outcome[] {
    const outcomes: Outcome[] = [];
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      for (const unit of units) {
        outcomes.push(careful || unit.guards > 1 ? this.#inSavepoint(unit) : this.#bare(unit));
      }
      hooks.beforeCommit?.();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error === REDO || !isSqlite(error) ? error : databaseError(error);
    }
    hooks.afterCommit?.();
    return outcomes;
  }

  /** At most one guard, so a conflict has written nothing. */
  #bare(unit: Unit): Outcome {
    for (let i = 0; i < unit.statements.length; i++) {
      try {
        if (this.#run(unit, i) === 0 && i < unit.guards) return 'conflict';
      } catch (error) {
        const fault = this.#ofUnit(error);
        if (i > 0) throw REDO;
        return fault;
      }
    }
    return 'ok';
  }

  #inSavepoint(unit: Unit): Outcome {
    this.#db.exec('SAVEPOINT unit');
    const outcome = this.#attempt(unit);
    if (outcome !== 'ok') this.#db.exec('ROLLBACK TO unit');
    this.#db.exec('RELEASE unit');
    return outcome;
  }

  #attempt(unit: Unit): Outcome {
    for (let i = 0; i < unit.statements.length; i++) {
      try {
        if (this.#run(unit, i) === 0 && i < unit.guards) return 'conflict';
      } catch (error) {
        return this.#ofUnit(error);
      }
    }
    return 'ok';
  }

  /** The fault of one unit; throws it where it concerns the whole transaction. */
  #ofUnit(error: unknown): DatabaseError {
    const fault = databaseError(error);
    if (fault.retryable || !this.#db.inTransaction) throw fault;
    return fault;
  }

  #run(unit: Unit, index: number): number {
    const { sql, params } = unit.statements[index]!;
    const statement = this.#prepare(sql);
    const bound = bindable(params);
    // A statement that answers rows stays open until it has been read to its end.
    return statement.reader ? statement.all(bound).length : statement.run(bound).changes;
  }

  #prepare(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = /^\s*PRAGMA\b/i.test(sql) ? this.#pragma(sql) : this.#compile(sql);
    if (this.#statements.size >= STATEMENTS_MAX) {
      this.#statements.delete(this.#statements.keys().next().value!);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  #compile(sql: string): Prepared {
    return this.#db.prepare(sqliteText(sql)) as unknown as Prepared;
  }

  /** Some take several steps without answering rows, and would stay open after the first. */
  #pragma(sql: string): Prepared {
    const run = (): { changes: number } => {
      this.#db.exec(sql);
      return { changes: 0 };
    };
    return { reader: false, run, all: (params) => this.#compile(sql).all(params) };
  }
}

/** The driver aborts the whole process on a type it does not know, so none gets that far. */
function bindable(params: readonly Value[]): readonly Value[] {
  let escaped: Value[] | undefined;
  for (let i = 0; i < params.length; i++) {
    const value = params[i];
    if (typeof value === 'string') {
      const text = escapeText(value);
      if (text !== value) {
        escaped ??= [...params];
        escaped[i] = text;
      }
    } else if (!isValue(value)) {
      throw new DatabaseError(`parameter ${i + 1} is of type ${typeof value}`, 'BAD_VALUE', false);
    }
  }
  return escaped ?? params;
}

function isValue(value: unknown): boolean {
  return value === null || typeof value === 'number' || value instanceof Uint8Array;
}

function tidyRow(row: Record<string, unknown>): void {
  for (const name of Object.keys(row)) {
    const value = row[name];
    if (typeof value === 'string') row[name] = unescapeText(value);
    else if (value instanceof ArrayBuffer) row[name] = new Uint8Array(value);
  }
}

function isSqlite(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

function databaseError(error: unknown, file?: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = isSqlite(error) ? error.code : 'UNKNOWN';
  const retryable = RETRYABLE.some((name) => code.startsWith(`SQLITE_${name}`));
  return new DatabaseError(file ? `${file}: ${message}` : message, code, retryable);
}
