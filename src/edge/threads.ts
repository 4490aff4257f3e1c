/**
 * Threads for work that takes long and needs nothing of this process: a question goes to an idle
 * one, and waits while there is none. A thread is ended that for long has neither answered nor
 * given a sign of progress, and so is one that has had no question for a while.
 */
import { Worker, workerData } from 'node:worker_threads';

export interface ThreadsOptions {
  /** Module beside this one, without its extension. */
  readonly module: string;
  /** What the threads are told at their start. */
  readonly data?: unknown;
  readonly threadsMax: number;
  /** A thread that has a question and was silent for so long is stuck. */
  readonly silentMsMax: number;
}

/** The thread was silent for too long. */
export class Stuck extends Error {
  override name = 'Stuck';
}

interface Job<Q, A> {
  readonly question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

interface Thread<Q, A> {
  readonly worker: Worker;
  /** Grows with each sign of progress. */
  readonly signs: Int32Array;
  job: Job<Q, A> | undefined;
  timer: NodeJS.Timeout | undefined;
}

const IDLE_MS = 30_000;
/**
 * How often a thread is looked at before it counts as stuck: when the whole machine stands still,
 * that is one look.
 */
const LOOKS = 6;

interface ToldAtStart {
  readonly signs: Int32Array;
  readonly data: unknown;
}

/** On a thread: it is at work. */
export function signOfProgress(): void {
  Atomics.add((workerData as ToldAtStart).signs, 0, 1);
}

/** On a thread: the `data` of its options. */
export const dataOfThread = (): unknown => (workerData as ToldAtStart).data;

export class Threads<Q, A> {
  readonly #options: ThreadsOptions;
  readonly #threads = new Set<Thread<Q, A>>();
  readonly #waiting: Job<Q, A>[] = [];

  constructor(options: ThreadsOptions) {
    this.#options = options;
  }

  /** Rejects with Stuck, or because the thread has ended or the question cannot be copied. */
  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#feed();
    });
  }

  /** A question without an answer gets the error. */
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
    const signs = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const told: ToldAtStart = { signs, data };
    const worker = new Worker(fileOf(module), { name: module, execArgv: [], workerData: told });
    const thread: Thread<Q, A> = { worker, signs, job: undefined, timer: undefined };
    worker.on('message', (answer: A) => this.#settle(thread)?.resolve(answer));
    worker.on('error', (error) => void this.#end(thread, error));
    worker.on('exit', () => void this.#end(thread, new Error('The thread has ended.')));
    this.#threads.add(thread);
    return thread;
  }

  #give(thread: Thread<Q, A>, job: Job<Q, A>): void {
    clearTimeout(thread.timer);
    thread.job = job;
    this.#watch(thread);
    try {
      thread.worker.postMessage(job.question);
    } catch (error) {
      // Nested too deeply to be copied.
      this.#settle(thread);
      job.reject(error);
    }
  }

  #watch(thread: Thread<Q, A>): void {
    let seen = thread.signs[0];
    let silentLooks = 0;
    thread.timer = setInterval(() => {
      silentLooks = thread.signs[0] === seen ? silentLooks + 1 : 0;
      seen = thread.signs[0];
      if (silentLooks >= LOOKS) void this.#end(thread, new Stuck('The thread does not answer.'));
    }, this.#options.silentMsMax / LOOKS);
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
