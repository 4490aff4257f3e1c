/**
 * A database thread seen from the main thread: reads by number, an orderly end, and a death that
 * answers everything still open instead of leaving it waiting.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DatabaseError, type Row, type Value } from '../database.ts';
import { type Reply, type Request, toError } from './messages.ts';
import { workerFile } from './worker-file.ts';

interface Waiting {
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (error: DatabaseError) => void;
}

export class DatabaseThread {
  readonly #worker: Worker;
  readonly #reads = new Map<number, Waiting>();
  #nextRead = 0;
  #ended: DatabaseError | undefined;
  readonly #onReply: (reply: Reply) => void;
  readonly #onEnd: (error: DatabaseError) => void;

  /**
   * `onReply` gets what is not an answer to `read`; `onEnd` is called once, whatever the reason.
   */
  constructor(
    name: 'writer-thread' | 'reader-thread',
    onReply: (reply: Reply) => void = () => {},
    onEnd: (error: DatabaseError) => void = () => {},
  ) {
    this.#onReply = onReply;
    this.#onEnd = onEnd;
    this.#worker = new Worker(workerFile(name), { name, execArgv: [] });
    this.#worker.on('message', (reply: Reply) => this.#receive(reply));
    this.#worker.on('error', (error) => this.#end(`the ${name} thread died: ${error}`));
    this.#worker.on('exit', () => this.#end('the database is closed'));
  }

  /** Reads that have no answer yet. */
  get reading(): number {
    return this.#reads.size;
  }

  post(request: Request, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, transfer);
  }

  read(file: string | undefined, sql: string, params: readonly Value[]): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      const id = this.#nextRead++;
      // What cannot be copied throws here, before anybody waits for its answer.
      this.post({ kind: 'read', id, file, sql, params });
      this.#reads.set(id, { resolve, reject });
    });
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    const exit = once(this.#worker, 'exit');
    this.post({ kind: 'close' });
    await exit;
  }

  #receive(reply: Reply): void {
    if (reply.kind !== 'rows') {
      this.#onReply(reply);
      return;
    }
    const waiting = this.#reads.get(reply.id);
    this.#reads.delete(reply.id);
    if (reply.failure) waiting?.reject(toError(reply.failure));
    else waiting?.resolve(reply.rows);
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = new DatabaseError(reason, 'CLOSED', false);
    for (const waiting of this.#reads.values()) waiting.reject(this.#ended);
    this.#reads.clear();
    this.#onEnd(this.#ended);
  }
}
