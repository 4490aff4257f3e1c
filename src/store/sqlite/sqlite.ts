/**
 * SQLite for the server: a writer thread per file with group commit, and reader threads that may
 * serve several files. An acknowledged unit has been fsynced (WAL, synchronous FULL).
 *
 * While one transaction runs, what is written meanwhile collects and becomes the next one, so the
 * batch grows with the load and a lone writer waits for nobody.
 */
import { type Database, DatabaseError, type Row, type Unit, type Value } from '../database.ts';
import { type MigrationsByDomain, migrateAll } from '../migrate.ts';
import { BatchWriter } from './batch.ts';
import { ONE_PROCESS } from './capabilities.ts';
import type { ConnectionOptions } from './connection.ts';
import { type Reply, toError } from './messages.ts';
import { SqliteReader } from './reader.ts';
import { DatabaseThread } from './thread.ts';

export interface SqliteOptions extends Omit<ConnectionOptions, 'readOnly'> {
  /** Brought up to date before the promise resolves. */
  readonly migrations?: MigrationsByDomain;
  /** Shared with other files; without one the file has its own, started by its first read. */
  readonly reader?: SqliteReader;
}

/** Opens (and creates) a database; rejects with a DatabaseError that names the file. */
export async function openSqlite(options: SqliteOptions): Promise<Database> {
  const { migrations = {}, reader, ...connection } = options;
  const database = new ThreadedSqlite(connection.file, reader);
  try {
    await database.open(connection);
    await migrateAll(database, migrations);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

interface Writing {
  readonly resolve: (outcome: 'ok' | 'conflict') => void;
  readonly reject: (error: DatabaseError) => void;
}

class ThreadedSqlite implements Database {
  readonly capabilities = ONE_PROCESS;
  readonly backlog = { units: 0, bytes: 0 };
  readonly #file: string | undefined;
  readonly #reader: SqliteReader | undefined;
  readonly #ownsReader: boolean;
  readonly #writer: DatabaseThread;
  readonly #next = new BatchWriter();
  #waiting: Writing[] = [];
  #inFlight: { readonly writings: readonly Writing[]; readonly bytes: number } | undefined;
  #flushing = false;
  #ended: DatabaseError | undefined;
  #opened: ((reply: Reply) => void) | undefined;
  #drained: (() => void)[] = [];

  constructor(file: string | undefined, reader: SqliteReader | undefined) {
    this.#file = file;
    this.#ownsReader = file !== undefined && reader === undefined;
    this.#reader = file === undefined ? undefined : (reader ?? new SqliteReader());
    this.#writer = new DatabaseThread(
      'writer-thread',
      (reply) => this.#receive(reply),
      (error) => this.#end(error),
    );
  }

  async open(options: ConnectionOptions): Promise<void> {
    const reply = await new Promise<Reply>((resolve) => {
      this.#opened = resolve;
      this.#writer.post({ kind: 'open', options });
    });
    if (reply.kind === 'opened' && reply.failure) throw toError(reply.failure);
  }

  write(unit: Unit): Promise<'ok' | 'conflict'> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      const bytes = this.#next.add(unit);
      this.backlog.units += 1;
      this.backlog.bytes += bytes;
      this.#waiting.push({ resolve, reject });
      if (this.#inFlight || this.#flushing) return;
      // Whoever else is about to write in this turn of the loop comes along.
      this.#flushing = true;
      queueMicrotask(() => this.#flush());
    });
  }

  read(sql: string, params: readonly Value[]): Promise<readonly Row[]> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (this.#file === undefined) return this.#writer.read(undefined, sql, params);
    return this.#reader!.read(this.#file, sql, params);
  }

  async close(): Promise<void> {
    if (!this.#ended && (this.#inFlight || this.#waiting.length > 0)) {
      await new Promise<void>((resolve) => this.#drained.push(resolve));
    }
    this.#ended ??= new DatabaseError('the database is closed', 'CLOSED', false);
    if (this.#ownsReader) await this.#reader!.close();
    await this.#writer.close();
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#inFlight || this.#waiting.length === 0 || this.#ended) return;
    const bytes = this.#next.sizeBytes;
    const batch = this.#next.take();
    this.#inFlight = { writings: this.#waiting, bytes };
    this.#waiting = [];
    this.#writer.post({ kind: 'batch', ...batch }, [batch.buffer]);
  }

  #receive(reply: Reply): void {
    if (reply.kind === 'opened') this.#opened?.(reply);
    if (reply.kind !== 'batch') return;
    const done = this.#inFlight!;
    this.#inFlight = undefined;
    // The thread goes on with the next batch while this one's writers hear their answers.
    this.#flush();
    this.#next.reuse(reply.buffer);
    this.backlog.units -= done.writings.length;
    this.backlog.bytes -= done.bytes;
    this.#settle(done.writings, reply);
    if (!this.#inFlight && this.#waiting.length === 0) this.#wakeDrained();
  }

  #settle(writings: readonly Writing[], reply: Extract<Reply, { kind: 'batch' }>): void {
    if (reply.failure) {
      const error = toError(reply.failure);
      for (const writing of writings) writing.reject(error);
      return;
    }
    for (const [index, exception] of reply.exceptions) {
      if (exception === 'conflict') writings[index]!.resolve('conflict');
      else writings[index]!.reject(toError(exception));
    }
    // A second answer to a promise is ignored, so the exceptions stand.
    for (const writing of writings) writing.resolve('ok');
  }

  #end(error: DatabaseError): void {
    this.#ended ??= error;
    const open = [...(this.#inFlight?.writings ?? []), ...this.#waiting];
    this.#inFlight = undefined;
    this.#waiting = [];
    this.backlog.units = 0;
    this.backlog.bytes = 0;
    for (const writing of open) writing.reject(error);
    this.#opened?.({ kind: 'opened', failure: { ...error, message: error.message } });
    this.#wakeDrained();
  }

  #wakeDrained(): void {
    const drained = this.#drained;
    this.#drained = [];
    for (const wake of drained) wake();
  }
}
