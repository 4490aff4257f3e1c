/**
 * The threads that read SQLite files. One serves all files until reads queue up behind a long one;
 * then another comes to help. Reads wait here and not in a thread, so that whoever is free takes
 * the next.
 */
import type { Row, Value } from '../database.ts';
import { DatabaseThread } from './thread.ts';

const THREADS_MAX = 2;
/** One that is being answered and one that follows without a pause. */
const READS_PER_THREAD = 2;
/** So many waiting mean that something long is in the way. */
const CROWD = 8;

interface Read {
  readonly file: string;
  readonly sql: string;
  readonly params: readonly Value[];
  readonly resolve: (rows: Promise<readonly Row[]>) => void;
}

export class SqliteReader {
  readonly #threads: DatabaseThread[] = [];
  readonly #waiting: Read[] = [];

  read(file: string, sql: string, params: readonly Value[]): Promise<readonly Row[]> {
    return new Promise((resolve) => {
      this.#waiting.push({ file, sql, params, resolve });
      this.#dispatch();
    });
  }

  /** Reads that are waiting are still answered. */
  async close(): Promise<void> {
    for (const { file, sql, params, resolve } of this.#waiting.splice(0)) {
      resolve(this.#threads[0]!.read(file, sql, params));
    }
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#free();
      if (!thread) return;
      const { file, sql, params, resolve } = this.#waiting.shift()!;
      const rows = thread.read(file, sql, params);
      const next = (): void => this.#dispatch();
      rows.then(next, next);
      resolve(rows);
    }
  }

  #free(): DatabaseThread | undefined {
    const free = this.#threads.find((thread) => thread.reading < READS_PER_THREAD);
    const helped = this.#threads.length === 0 || this.#waiting.length >= CROWD;
    if (free || !helped || this.#threads.length === THREADS_MAX) return free;
    const thread = new DatabaseThread('reader-thread');
    this.#threads.push(thread);
    return thread;
  }
}
