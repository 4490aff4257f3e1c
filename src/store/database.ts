/**
 * The two verbs of a database. A commit is a list of statements, so that SQL is written once and
 * the drivers stay tiny. Placeholders are `$1…`; the SQL stays in the subset SQLite and PostgreSQL
 * share.
 */
export type Value = null | number | string | Uint8Array;
export type Row = Readonly<Record<string, Value>>;

export interface Statement {
  readonly sql: string;
  readonly params: readonly Value[];
}

/**
 * One atomic unit. The first `guards` statements must each change at least one row; where one does
 * not, nothing of the unit is written and the answer is `conflict`.
 */
export interface Unit {
  readonly guards: number;
  readonly statements: readonly Statement[];
}

/**
 * A database said no. `retryable`: the place was full, busy or broken, not the statement; the same
 * unit may succeed later. Nothing was acknowledged, but a unit whose COMMIT failed may still turn
 * up after a restart, so whoever holds state of it loads it again.
 */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(message: string, code: string, retryable: boolean) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

/** Tells other processes that something has been written. */
export interface Notify {
  /** Joins a unit: whoever listens hears of it once the unit is durable. */
  statement(topic: string): Statement;
  /** Resolves when it listens; the returned function ends that. A notice may be lost. */
  listen(topic: string, listener: () => void): Promise<() => void>;
}

/** Asks for and frees the space that deleted rows leave. */
export interface Vacuum {
  /** Reads one row: the `bytes` in use. What is free does not count, it is used again. */
  readonly used: Statement;
  /** Gives a piece of what is free back to the file system, where the file allows it. */
  readonly giveBack: Statement;
}

/** What a database can do, as far as something depends on it. */
export interface Capabilities {
  /** Whether others than this process may write to the same data. */
  readonly processes: 'one' | 'several';
  readonly notify?: Notify;
  /** Left out where the database does it by itself. */
  readonly vacuum?: Vacuum;
}

export interface Database {
  readonly capabilities: Capabilities;
  /**
   * Resolves once the unit is durable. Units queued together share one transaction, in the order of
   * the calls. Rejects with a DatabaseError; one unit's mistake does not disturb the others.
   */
  write(unit: Unit): Promise<'ok' | 'conflict'>;
  /**
   * Sees every unit whose write has resolved. Never runs on the writer's thread where it is long.
   */
  read(sql: string, params: readonly Value[]): Promise<readonly Row[]>;
  /** Units waiting to be written, and their rough size: what backpressure looks at. */
  readonly backlog: { readonly units: number; readonly bytes: number };
  close(): Promise<void>;
}
