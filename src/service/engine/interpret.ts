/**
 * The pure core as the engine uses it: a state from a head, a state from its records, the records a
 * signal makes. Machines in JSONPath answer at once; JSONata needs its evaluator in between.
 */
import type { Evaluation, ExpressionRequest } from '../../asl/env.ts';
import type { Machine } from '../../asl/machine.ts';
import {
  type DecideOptions,
  type Decision,
  decide,
  decideSync,
  usesJsonata,
} from '../../execution/decide.ts';
import { evolve } from '../../execution/evolve.ts';
import type { Limits } from '../../execution/limits.ts';
import type { HistoryRecord } from '../../execution/record.ts';
import type { Signal } from '../../execution/signal.ts';
import { approximateBytes } from '../../execution/size.ts';
import { createState, type ExecutionState } from '../../execution/state.ts';
import type { Json } from '../../ground/json.ts';
import type { Instant } from '../../ground/time.ts';
import type { Tools } from '../../ground/tools.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';

/** Evaluates one JSONata expression; rejects with a LanguageError. */
export type Evaluate = (request: ExpressionRequest) => Promise<Json>;

export interface InterpreterDeps {
  readonly tools: Tools;
  readonly evaluate: Evaluate;
  /** Default: every activity exists. */
  activityExists?(arn: string): boolean;
  /** What tasks make of their parameters; default: nothing. */
  readonly request?: DecideOptions['request'];
  /** Which states a test case answers; default: none. */
  readonly mocked?: DecideOptions['mocked'];
  readonly limits: Limits;
  /** Executions that StartSyncExecution began look a little different to themselves. */
  synchronous?(id: number): boolean;
}

export class Interpreter {
  readonly #deps: InterpreterDeps;
  readonly #options: DecideOptions;
  readonly #careful: DecideOptions;
  readonly #asynchronous = new WeakMap<Machine, boolean>();

  constructor(deps: InterpreterDeps) {
    this.#deps = deps;
    const { activityExists, request, mocked, limits } = deps;
    this.#options = { activityExists, request, mocked, limits };
    this.#careful = { ...this.#options, budget: { events: 1 } };
  }

  now(): Instant {
    return this.#deps.tools.now();
  }

  create(head: ExecutionHead): ExecutionState {
    const { id, arn, name, machineArn, machineName, roleArn, type, region, startedAt } = head;
    const { versionArn, aliasArn, testCase } = head;
    const synchronous = this.#deps.synchronous?.(id) ?? false;
    const facts = { id, arn, name, machineArn, machineName, roleArn, type, region, startedAt };
    return createState({ ...facts, versionArn, aliasArn, testCase, synchronous });
  }

  fold(head: ExecutionHead, records: readonly HistoryRecord[]): ExecutionState {
    const state = this.create(head);
    for (const record of records) evolve(state, record);
    return state;
  }

  /** Rough size in memory. */
  sizeOf(state: ExecutionState): number {
    return approximateBytes(state);
  }

  /**
   * Changes the state along with the records it makes. `carefully`: goes no further than the signal
   * itself, and leaves to a Continue what follows from it.
   */
  decide(
    machine: Machine,
    state: ExecutionState,
    signal: Signal,
    carefully = false,
  ): Decision | Promise<Decision> {
    const { tools, evaluate } = this.#deps;
    const options = carefully ? this.#careful : this.#options;
    if (!this.#isAsynchronous(machine)) return decideSync(machine, state, signal, tools, options);
    return drive(decide(machine, state, signal, tools, options), evaluate);
  }

  #isAsynchronous(machine: Machine): boolean {
    let known = this.#asynchronous.get(machine);
    if (known === undefined) {
      known = usesJsonata(machine);
      this.#asynchronous.set(machine, known);
    }
    return known;
  }
}

/** Carries an evaluation to its end. */
export async function drive<T>(evaluation: Evaluation<T>, evaluate: Evaluate): Promise<T> {
  let step = evaluation.next();
  while (!step.done) {
    let value: Json;
    try {
      value = await evaluate(step.value);
    } catch (error) {
      step = evaluation.throw(error);
      continue;
    }
    step = evaluation.next(value);
  }
  return step.value;
}
