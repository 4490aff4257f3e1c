/**
 * JSONata without standstill: an expression has a short time on the main thread, where nearly all
 * of them end at once; one that needs longer begins again on a thread of its own, with the whole of
 * the language's limit. A thread that does not answer is ended.
 *
 * On the main thread one is evaluated after the other: the library goes on in many small steps, and
 * steps of a thousand expressions taken in turns would use up the time of each. What has not ended
 * here several times in a row is not tried here for a while.
 */
import { availableParallelism } from 'node:os';
import { LRUCache } from 'lru-cache';
import { type ExpressionRequest, LanguageError } from '../asl/env.ts';
import { evaluateExpression, isTimeout, timedOut } from '../asl/evaluator.ts';
import { JSONATA_TIMEOUT_MS } from '../asl/limits.ts';
import type { Json } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { Tools } from '../ground/tools.ts';
import type { Service } from '../service/lifecycle.ts';
import { nextTurn } from './system.ts';
import { Threads, TooLate } from './threads.ts';

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

/** One that has not had its time on the main thread. */
interface Candidate {
  readonly request: ExpressionRequest;
  readonly tools: Tools;
  resolve(value: Json | Promise<Json>): void;
  reject(error: unknown): void;
}

const HERE_MS_MAX = 20;
/** After so long everything else has its turn. */
const TURN_MS = 10;
const THREADS_MAX = Math.max(1, Math.min(4, availableParallelism() - 1));
/** The limit is kept by the evaluator; a thread that is late by this much is stuck. */
const GRACE_MS = 2_000;
/** One time says little: this process may have been off the processor. */
const SLOW_TIMES = 3;
const SLOW_FOR_MS = 10_000;
const SLOW_MAX = 1_000;

export class Expressions implements Service {
  readonly #threads = new Threads<EvaluationRequest, EvaluationReply>({
    module: 'expression-worker',
    threadsMax: THREADS_MAX,
    answerMs: JSONATA_TIMEOUT_MS + GRACE_MS,
  });
  /** Sources that did not end here the last time, and how many times in a row. */
  readonly #slow = new LRUCache<string, number>({ max: SLOW_MAX, ttl: SLOW_FOR_MS });
  #candidates: Candidate[] = [];
  #evaluating = false;

  async start(): Promise<void> {}

  /** Whoever still waits for an expression gets an error. */
  async stop(): Promise<void> {
    const gone = new Error('The server is stopping.');
    for (const job of this.#candidates.splice(0)) job.reject(gone);
    await this.#threads.stop(gone);
  }

  /** Rejects with a LanguageError. */
  evaluate(request: ExpressionRequest, tools: Tools): Promise<Json> {
    if (this.#slowTimes(request) >= SLOW_TIMES) return this.#elsewhere(request, tools);
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
          this.#slow.delete(request.source);
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
    if (isTimeout(error)) {
      this.#slow.set(request.source, this.#slowTimes(request) + 1);
      resolve(this.#elsewhere(request, tools));
    } else {
      reject(error);
    }
  }

  #slowTimes({ source }: ExpressionRequest): number {
    return this.#slow.get(source) ?? 0;
  }

  async #elsewhere(request: ExpressionRequest, tools: Tools): Promise<Json> {
    let reply: EvaluationReply;
    try {
      reply = await this.#threads.ask({ now: tools.now(), request });
    } catch (error) {
      throw error instanceof TooLate ? timedOut(request) : error;
    }
    if ('value' in reply) return reply.value;
    const { error, cause, location } = reply.failure;
    throw new LanguageError(error, cause, location);
  }
}
