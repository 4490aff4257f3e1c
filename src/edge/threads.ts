/**
 * Threads for work that takes long and needs nothing of this process: a question goes to an idle
 * one, and waits while there is none. A thread that does not answer in its time is ended, and so is
 * one that nobody has asked for a while.
 */
import { Worker } from 'node:worker_threads';

export interface ThreadsOptions {
  /** Module beside this one, without its extension. */
  readonly module: string;
  /** What the threads are told at their start. */
  readonly data?: unknown;
  readonly threadsMax: number;
  /** From the moment that a thread has the question. */
  readonly answerMs: number;
}

/** The answer has not come in its time. */
export class TooLate extends Error {
  override name = 'TooLate';
}

interface Job<Q, A> {
  readonly question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

interface Thread<Q, A> {
  readonly worker: Worker;
  job: Job<Q, A> | undefined;
  timer: NodeJS.Timeout | undefined;
}

const IDLE_MS = 30_000;

export class Threads<Q, A> {
  readonly #options: ThreadsOptions;
  readonly #threads = new Set<Thread<Q, A>>();
  readonly #waiting: Job<Q, A>[] = [];

  constructor(options: ThreadsOptions) {
    this.#options = options;
  }

  /** Rejects with TooLate, or because the thread has ended or the question cannot be copied. */
  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#feed();
    });
  }

  /** Whoever still waits gets the error. */
  async stop(why: Error): Promise<void> {
    for (const job of this.#waiting.splice(0)) job.reject(why);
    await Promise.all([...this.#threads].map((thread) => this.#end(thread, why)));
  }

  #feed(): void {
    const idle = [...this.#threads].find(({ job }) => !job);
    if (!idle && this.#threads.size >= this.#options.threadsMax) return;
    const job = this.#waiting.shift();
    if (job) this.#give(idle ?? this.#startThread(), job);
  }

  #startThread(): Thread<Q, A> {
    const { module, data } = this.#options;
    const worker = new Worker(fileOf(module), { name: module, execArgv: [], workerData: data });
    const thread: Thread<Q, A> = { worker, job: undefined, timer: undefined };
    worker.on('message', (answer: A) => this.#settle(thread)?.resolve(answer));
    worker.on('error', (error) => void this.#end(thread, error));
    worker.on('exit', () => void this.#end(thread, new Error('The thread has ended.')));
    this.#threads.add(thread);
    return thread;
  }

  #give(thread: Thread<Q, A>, job: Job<Q, A>): void {
    clearTimeout(thread.timer);
    thread.job = job;
    const late = (): void => void this.#end(thread, new TooLate('The thread does not answer.'));
    thread.timer = setTimeout(late, this.#options.answerMs);
    try {
      thread.worker.postMessage(job.question);
    } catch (error) {
      // Nested too deeply to be copied.
      this.#settle(thread);
      job.reject(error);
    }
  }

  /** The thread is free for the next one, or ends when none comes for a while. */
  #settle(thread: Thread<Q, A>): Job<Q, A> | undefined {
    const { job } = thread;
    thread.job = undefined;
    clearTimeout(thread.timer);
    thread.timer = setTimeout(() => void this.#end(thread, new Error('idle')), IDLE_MS);
    thread.timer.unref();
    this.#feed();
    return job;
  }

  async #end(thread: Thread<Q, A>, why: Error): Promise<void> {
    if (!this.#threads.delete(thread)) return;
    clearTimeout(thread.timer);
    thread.job?.reject(why);
    this.#feed();
    await thread.worker.terminate();
  }
}

/** Node 20 cannot start a thread from TypeScript: sources start the compiled twin in `dist/`. */
function fileOf(module: string): URL {
  const here = import.meta.url;
  return here.endsWith('.ts')
    ? new URL(`../../dist/src/edge/${module}.js`, here)
    : new URL(`./${module}.js`, here);
}
