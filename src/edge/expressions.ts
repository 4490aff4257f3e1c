/**
 * JSONata without standstill: an expression has a short time on the main thread, where nearly all
 * of them end at once; one that needs longer begins again on a thread of its own, with the whole of
 * the language's limit. A thread that does not answer is ended.
 *
 * On the main thread one is evaluated after the other: the library goes on in many small steps, and
 * steps of a thousand expressions taken in turns would use up the time of each.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type ExpressionRequest, LanguageError } from '../asl/env.ts';
import { evaluateExpression, isTimeout, timedOut } from '../asl/evaluator.ts';
import { JSONATA_TIMEOUT_MS } from '../asl/limits.ts';
import type { Json } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { Tools } from '../ground/tools.ts';
import type { Service } from '../service/lifecycle.ts';
import { nextTurn } from './system.ts';

export interface EvaluationRequest {
  readonly now: Instant;
  readonly request: ExpressionRequest;
}

export type EvaluationReply =
  | { readonly value: Json }
  | {
      readonly failure: {
        readonly error: string;
        readonly cause: string;
        readonly location: string | undefined;
      };
    };

interface Job extends EvaluationRequest {
  resolve(value: Json): void;
  reject(error: unknown): void;
}

/** One that has not had its time on the main thread. */
interface Candidate extends Pick<Job, 'request' | 'resolve' | 'reject'> {
  readonly tools: Tools;
}

interface Thread {
  readonly worker: Worker;
  job: Job | undefined;
  timer: NodeJS.Timeout | undefined;
}

const HERE_MS_MAX = 20;
/** After so long everything else has its turn. */
const TURN_MS = 10;
const THREADS_MAX = Math.max(1, Math.min(4, availableParallelism() - 1));
/** The limit is kept by the evaluator; a thread that is late by this much is stuck. */
const GRACE_MS = 2_000;
const IDLE_MS = 30_000;

export class Expressions implements Service {
  readonly #threads = new Set<Thread>();
  readonly #waiting: Job[] = [];
  #candidates: Candidate[] = [];
  #evaluating = false;

  async start(): Promise<void> {}

  /** Whoever still waits for an expression gets an error. */
  async stop(): Promise<void> {
    const gone = new Error('The server is stopping.');
    for (const job of this.#candidates.splice(0)) job.reject(gone);
    for (const job of this.#waiting.splice(0)) job.reject(gone);
    await Promise.all([...this.#threads].map((thread) => this.#end(thread, gone)));
  }

  /** Rejects with a LanguageError. */
  evaluate(request: ExpressionRequest, tools: Tools): Promise<Json> {
    return new Promise((resolve, reject) => {
      this.#candidates.push({ request, tools, resolve, reject });
      if (!this.#evaluating) void this.#evaluateAll();
    });
  }

  async #evaluateAll(): Promise<void> {
    this.#evaluating = true;
    let turnEnds = performance.now() + TURN_MS;
    while (this.#candidates.length > 0) {
      const candidates = this.#candidates;
      this.#candidates = [];
      for (const candidate of candidates) {
        const { request, tools } = candidate;
        try {
          candidate.resolve(await evaluateExpression(request, tools, HERE_MS_MAX));
        } catch (error) {
          this.#failed(candidate, error);
        }
        if (performance.now() < turnEnds) continue;
        await nextTurn();
        turnEnds = performance.now() + TURN_MS;
      }
    }
    this.#evaluating = false;
  }

  #failed({ request, tools, resolve, reject }: Candidate, error: unknown): void {
    if (!isTimeout(error)) {
      reject(error);
      return;
    }
    this.#waiting.push({ now: tools.now(), request, resolve, reject });
    this.#feed();
  }

  #feed(): void {
    const idle = [...this.#threads].find(({ job }) => !job);
    if (!idle && this.#threads.size >= THREADS_MAX) return;
    const job = this.#waiting.shift();
    if (job) this.#give(idle ?? this.#startThread(), job);
  }

  #startThread(): Thread {
    const worker = new Worker(workerFile(), { name: 'expressions', execArgv: [] });
    const thread: Thread = { worker, job: undefined, timer: undefined };
    worker.on('message', (reply: EvaluationReply) => this.#answer(thread, reply));
    worker.on('error', (error) => void this.#end(thread, error));
    worker.on('exit', () => void this.#end(thread, new Error('The thread has ended.')));
    this.#threads.add(thread);
    return thread;
  }

  #give(thread: Thread, job: Job): void {
    clearTimeout(thread.timer);
    thread.job = job;
    const late = (): void => void this.#end(thread, timedOut(job.request));
    thread.timer = setTimeout(late, JSONATA_TIMEOUT_MS + GRACE_MS);
    const { now, request } = job;
    try {
      thread.worker.postMessage({ now, request } satisfies EvaluationRequest);
    } catch (error) {
      // Nested too deeply to be copied.
      this.#settle(thread);
      job.reject(error);
    }
  }

  #answer(thread: Thread, reply: EvaluationReply): void {
    const job = this.#settle(thread);
    if ('value' in reply) {
      job?.resolve(reply.value);
    } else {
      const { error, cause, location } = reply.failure;
      job?.reject(new LanguageError(error, cause, location));
    }
  }

  /** The thread is free for the next one, or ends when none comes for a while. */
  #settle(thread: Thread): Job | undefined {
    const { job } = thread;
    thread.job = undefined;
    clearTimeout(thread.timer);
    thread.timer = setTimeout(() => void this.#end(thread, new Error('idle')), IDLE_MS);
    thread.timer.unref();
    this.#feed();
    return job;
  }

  async #end(thread: Thread, why: Error): Promise<void> {
    if (!this.#threads.delete(thread)) return;
    clearTimeout(thread.timer);
    thread.job?.reject(why);
    this.#feed();
    await thread.worker.terminate();
  }
}

/** Node 20 cannot start a thread from TypeScript: sources start the compiled twin in `dist/`. */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith('.ts')
    ? new URL('../../dist/src/edge/expression-worker.js', here)
    : new URL('./expression-worker.js', here);
}
