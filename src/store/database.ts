/**
 * The two verbs of a database. A commit is a list of statements, so that SQL is written once and the
 * drivers stay tiny. Placeholders are `$1…`; the SQL stays in the subset SQLite and PostgreSQL share.
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

export interface Database {
  /** Resolves once the unit is durable. Units queued together share one transaction. */
  write(unit: Unit): Promise<'ok' | 'conflict'>;
  /** Sees every unit whose write has resolved. Never runs on the writer's thread where it is long. */
  read(sql: string, params: readonly Value[]): Promise<readonly Row[]>;
  /** Units waiting to be written, and their rough size: what backpressure looks at. */
  readonly backlog: { readonly units: number; readonly bytes: number };
  close(): Promise<void>;
}
