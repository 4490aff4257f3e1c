/**
 * JSONata without standstill: an expression has a few steps on the main thread, where nearly all of
 * them end at once; one that needs more begins again on a thread of its own, with the whole of the
 * language's limit. Steps are counted and not timed, so that an expression comes to the same end on
 * every machine. A thread that neither answers nor counts steps is stuck, and ended.
 *
 * On the main thread one is evaluated after the other: the library goes on in many small turns, and
 * a thousand expressions that take turns would hold up each other and everything else. What has
 * not ended here several times in a row is not tried here for a while.
 */
import { availableParallelism } from 'node:os';
import { LRUCache } from 'lru-cache';
import type { ExpressionRequest } from '../asl/env.ts';
import { endedFromOutside, evaluateExpression, isTooLong } from '../asl/evaluator.ts';
import { Budget } from '../asl/jsonata/budget.ts';
import { LanguageError } from '../asl/language-error.ts';
import type { Json } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { Tools } from '../ground/tools.ts';
import type { Service } from '../service/lifecycle.ts';
import { nextTurn } from './system.ts';
import { Stuck, Threads } from './threads.ts';

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

/** One that has not had its steps on the main thread. */
interface Candidate {
  readonly request: ExpressionRequest;
  readonly tools: Tools;
  resolve(value: Json | Promise<Json>): void;
  reject(error: unknown): void;
}

/** Some 10 to 20 ms. */
const HERE_STEPS_MAX = 10_000;
/** After so long everything else has its turn. */
const TURN_MS = 10;
const THREADS_MAX = Math.max(1, Math.min(4, availableParallelism() - 1));
/** The limit is kept by the evaluator; a thread without a sign of progress for so long is stuck. */
const SILENT_MS_MAX = 60_000;
/** One time says little: with another input the same source may be short. */
const LONG_TIMES = 3;
/** So often it is then not tried here. */
const PASSED_OVER = 200;
const LONG_MAX = 1_000;

/** A source that did not end here. */
interface Long {
  /** In a row. */
  readonly times: number;
  /** How often it is still not to be tried here. */
  passedOver: number;
}

export class Expressions implements Service {
  readonly #threads = new Threads<EvaluationRequest, EvaluationReply>({
    module: 'expression-worker',
    threadsMax: THREADS_MAX,
    silentMsMax: SILENT_MS_MAX,
  });
  /** Sources that did not end here the last time. */
  readonly #long = new LRUCache<string, Long>({ max: LONG_MAX });
  #candidates: Candidate[] = [];
  #evaluating = false;

  async start(): Promise<void> {}

  /** An evaluation that has not ended gets an error. */
  async stop(): Promise<void> {
    const gone = new Error('The server is stopping.');
    for (const job of this.#candidates.splice(0)) job.reject(gone);
    await this.#threads.stop(gone);
  }

  /** Rejects with a LanguageError. */
  evaluate(request: ExpressionRequest, tools: Tools): Promise<Json> {
    const long = this.#long.get(request.source);
    if (long && long.passedOver > 0) {
      long.passedOver -= 1;
      return this.#elsewhere(request, tools);
    }
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
          candidate.resolve(await evaluateExpression(request, tools, new Budget(HERE_STEPS_MAX)));
          this.#long.delete(request.source);
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
    if (isTooLong(error)) {
      const times = (this.#long.get(request.source)?.times ?? 0) + 1;
      this.#long.set(request.source, { times, passedOver: times < LONG_TIMES ? 0 : PASSED_OVER });
      resolve(this.#elsewhere(request, tools));
    } else {
      reject(error);
    }
  }

  async #elsewhere(request: ExpressionRequest, tools: Tools): Promise<Json> {
    let reply: EvaluationReply;
    try {
      reply = await this.#threads.ask({ now: tools.now(), request });
    } catch (error) {
      throw error instanceof Stuck ? endedFromOutside(request) : error;
    }
    if ('value' in reply) return reply.value;
    const { error, cause, location } = reply.failure;
    throw new LanguageError(error, cause, location);
  }
}
