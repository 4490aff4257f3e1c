/**
 * One decision under way: what it works on, the records it has made, which scopes can go on, and
 * how much of its budget is left. Every record is applied to the state as soon as it is made.
 */
import type { Flow, Machine } from '../asl/machine.ts';
import type { Resource } from '../asl/resource.ts';
import { invariant } from '../ground/invariant.ts';
import type { Doc } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { Tools } from '../ground/tools.ts';
import { type Draft, executionFailed } from './event.ts';
import { evolve } from './evolve.ts';
import { AWS_LIMITS, FOLD_BYTES_MAX, FOLD_EVENTS_MAX, FOLD_MS_MAX, type Limits } from './limits.ts';
import type { HistoryRecord } from './record.ts';
import { type Failure, isPrivate, payloadOf } from './record.ts';
import { type ExecutionFacts, type ExecutionState, isRunnable, type Scope } from './state.ts';

interface Budget {
  readonly events: number;
  /** UTF-16 units of payload. */
  readonly bytes: number;
  readonly ms: number;
}

export interface FoldOptions {
  /** How much one fold may do; parts that are left out have their default. */
  readonly budget?: Partial<Budget> | undefined;
  /** Default: AWS's. */
  readonly limits?: Limits | undefined;
  /** What is known of activities outside; default: each exists. */
  readonly activityExists?: ((arn: string) => boolean) | undefined;
  /**
   * The request that a Task makes of its parameters, or of its whole input where it has none.
   * Throws a LanguageError where they are of no use; default: as they are.
   */
  readonly request?: ((resource: Resource, given: Doc, whole: boolean) => Doc) | undefined;
  /** True where the execution's test case answers the state's tasks; default: none does. */
  readonly mocked?: ((facts: ExecutionFacts, state: string) => boolean) | undefined;
}

const BUDGET: Budget = { events: FOLD_EVENTS_MAX, bytes: FOLD_BYTES_MAX, ms: FOLD_MS_MAX };

/** Thrown where the execution has ended, to leave whatever was being done. */
class FoldEnded extends Error {
  override name = 'FoldEnded';
}
const ENDED = new FoldEnded('The execution has ended');

export const isEnd = (error: unknown): boolean => error === ENDED;

export class Fold {
  readonly machine: Machine;
  readonly state: ExecutionState;
  readonly tools: Tools;
  readonly limits: Limits;
  readonly records: HistoryRecord[] = [];
  /** Time of the step under way, which all its records carry. */
  now: Instant;
  readonly #options: FoldOptions;
  readonly #startedAt: Instant;
  readonly #budget: Budget;
  readonly #queue: Scope[] = [];
  #bytes = 0;

  constructor(machine: Machine, state: ExecutionState, tools: Tools, options: FoldOptions = {}) {
    this.#options = options;
    this.machine = machine;
    this.state = state;
    this.tools = tools;
    this.limits = options.limits ?? AWS_LIMITS;
    this.now = tools.now();
    this.#startedAt = this.now;
    this.#budget = { ...BUDGET, ...options.budget };
  }

  activityExists(arn: string): boolean {
    return this.#options.activityExists?.(arn) ?? true;
  }

  /** What a Task sends. */
  request(resource: Resource, given: Doc, whole: boolean): Doc {
    return this.#options.request?.(resource, given, whole) ?? given;
  }

  /** Number of the state's next attempt, where a test case answers it. */
  mockOf(state: string): number | undefined {
    const { facts, mocked } = this.state;
    if (facts.testCase === undefined || !this.#options.mocked?.(facts, state)) return undefined;
    return mocked.get(state) ?? 0;
  }

  /**
   * Adds a record and applies it. `doc` is the document whose text the record carries, so that its
   * value need not be parsed again. In place of the last event there may be, the execution fails.
   */
  append(
    draft: Draft,
    scope: Pick<Scope, 'path' | 'last'>,
    previousEventId = scope.last,
    doc?: Doc,
  ): void {
    if (!isPrivate(draft.type)) {
      const full = this.#full();
      if (full) this.#end(executionFailed(full), scope.last);
      draft.id = this.state.nextId;
      draft.previousEventId = previousEventId;
    }
    if (doc) this.state.memo = doc;
    draft.scope = scope.path;
    this.#add(draft);
  }

  /** Ends the execution: the last record, after which nothing is done any more. */
  end(draft: Draft, previousEventId: number, doc?: Doc): never {
    const full = this.#full();
    if (full) this.#end(executionFailed(full), previousEventId);
    this.#end(draft, previousEventId, doc);
  }

  /** Ends the execution from outside; this alone may be the last event there may be. */
  close(draft: Draft, at: Instant = this.now): never {
    this.now = at;
    this.#end(draft, 0);
  }

  /** Fails the execution because of the scope's latest event. */
  fail(scope: Scope, failure: Failure): never {
    this.end(executionFailed(failure), scope.last);
  }

  /** Lets the scope go on: at once in an iteration, after the others in a branch. */
  next(scope: Scope): void {
    if (scope.parent?.current?.type === 'Map') this.#queue.unshift(scope);
    else this.#queue.push(scope);
  }

  /** Lets the scope go on before all others. */
  first(scope: Scope): void {
    if (this.#queue[0] !== scope) this.#queue.unshift(scope);
  }

  /** The next scope that can go on, or undefined. */
  take(): Scope | undefined {
    for (;;) {
      const scope = this.#queue.shift();
      if (!scope || isRunnable(scope)) return scope;
    }
  }

  /** True where others should have their turn. Looks at the clock: `now` is the time of this call. */
  spent(): boolean {
    if (this.records.length >= this.#budget.events || this.#bytes >= this.#budget.bytes)
      return true;
    this.now = this.tools.now();
    return this.now - this.#startedAt >= this.#budget.ms;
  }

  /** Why there is no room for another event but the last one. */
  #full(): Failure | undefined {
    const { facts, nextId, historyBytes } = this.state;
    const { historyEvents, expressHistoryBytes } = this.limits;
    if (facts.type === 'STANDARD') {
      return nextId >= historyEvents ? eventsFull(historyEvents) : undefined;
    }
    return historyBytes >= expressHistoryBytes ? bytesFull(expressHistoryBytes) : undefined;
  }

  #end(draft: Draft, previousEventId: number, doc?: Doc): never {
    draft.id = this.state.nextId;
    draft.previousEventId = previousEventId;
    if (doc) this.state.memo = doc;
    this.#add(draft);
    throw ENDED;
  }

  #add(draft: Draft): void {
    draft.at = this.now;
    evolve(this.state, draft);
    this.records.push(draft);
    this.#bytes += payloadOf(draft)?.length ?? 0;
  }
}

const eventsFull = (most: number): Failure => ({
  error: 'States.Runtime',
  cause: `The execution reached the maximum number of history events (${most}).`,
});
const bytesFull = (most: number): Failure => ({
  error: 'States.Runtime',
  cause:
    'The execution reached the maximum size of the history of an Express execution ' +
    `(${most} bytes on this server).`,
});

/** The states that the scope walks through. */
export function flowOf(machine: Machine, scope: Scope): Flow {
  if (!scope.parent) return machine;
  const name = scope.parent.current!.name;
  const outer = flowOf(machine, scope.parent).states.get(name);
  if (outer?.type === 'Map') return outer.processor;
  const branch = outer?.type === 'Parallel' ? outer.branches[scope.index] : undefined;
  invariant(branch, `no flow for scope ${scope.path}`);
  return branch;
}
