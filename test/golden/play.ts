/** Plays scenarios: an execution whose time and chance are made up, and the steps it is asked for. */
import type { Machine } from '../../src/asl/machine.ts';
import { systemTools } from '../../src/edge/system.ts';
import type { DecideOptions } from '../../src/execution/decide.ts';
import type { MapRunSignal } from '../../src/execution/maprun.ts';
import { pending } from '../../src/execution/pending.ts';
import type { Signal } from '../../src/execution/signal.ts';
import {
  createState,
  type ExecutionFacts,
  type ExecutionState,
} from '../../src/execution/state.ts';
import { nextDue } from '../../src/execution/testing.ts';
import { uuidFrom } from '../../src/ground/id.ts';
import type { Instant } from '../../src/ground/time.ts';
import type { Tools } from '../../src/ground/tools.ts';
import { carryOut, type GoldenCommit, type Journal } from './journal.ts';

/** What is asked of the code, in one step; most of them let a little time pass. */
export type Step = (run: Playing) => Signal;

export interface Scenario extends Partial<Pick<Journal, 'processor' | 'options' | 'trace'>> {
  readonly name: string;
  readonly about: string;
  readonly definition: object;
  readonly facts?: Partial<ExecutionFacts>;
  readonly steps: readonly Step[];
  /** The journal's rows are kept as bytes too. */
  readonly packed?: boolean;
  /** What the Map Run that the execution began first hears; `batched` as DescribeMapRun asks. */
  readonly mapRun?: { readonly batched: boolean; readonly signals: readonly MapRunSignal[] };
}

/** An execution that is being played. */
export class Playing {
  now: Instant;
  readonly state: ExecutionState;
  readonly commits: GoldenCommit[] = [];
  readonly #machine: Machine;
  readonly #options: DecideOptions;
  readonly #seed: string;
  #drawn = 0;

  constructor(machine: Machine, facts: ExecutionFacts, options: DecideOptions) {
    this.now = facts.startedAt;
    this.state = createState(facts);
    this.#machine = machine;
    this.#options = options;
    this.#seed = facts.name;
  }

  /** The pending attempt with this number, in the order of their making. */
  attempt(index = 0): { readonly scope: string; readonly attempt: number } {
    const found = pending(this.state).filter(({ kind }) => kind === 'task' || kind === 'mapRun');
    const one = found[index];
    if (!one || one.kind === 'continue') throw new Error(`no attempt ${index} in ${this.#seed}`);
    return { scope: one.scope, attempt: one.attempt };
  }

  async hear(signal: Signal): Promise<void> {
    const random: number[] = [];
    const uuids: string[] = [];
    const at = this.now;
    const tools: Tools = {
      now: () => at,
      random: () => this.#draw(random, Number.parseInt(this.#hex().slice(0, 12), 16) / 2 ** 48),
      uuid: () => this.#draw(uuids, uuidFrom(this.#hex())),
      digest: systemTools.digest,
    };
    const records = await carryOut(this.#machine, this.state, signal, tools, this.#options);
    this.commits.push({ at, signal, random, uuids, records });
    if (records.at(-1)?.type === 'continue') await this.hear({ type: 'Continue' });
  }

  #hex(): string {
    return systemTools.digest('SHA-256', `${this.#seed} ${this.#drawn++}`);
  }

  #draw<T>(into: T[], value: T): T {
    into.push(value);
    return value;
  }
}

/** The steps of scenarios. `index` is the attempt's, among the pending ones. */
export const start =
  (input: unknown): Step =>
  () => ({ type: 'Start', input: JSON.stringify(input) });
export const began =
  (index = 0, workerName?: string): Step =>
  (run) => ({
    type: 'TaskStarted',
    ...run.attempt(index),
    at: run.now,
    ...(workerName !== undefined && { workerName }),
  });
export const submitted =
  (output: unknown, index = 0): Step =>
  (run) => ({ type: 'TaskSubmitted', ...run.attempt(index), output: JSON.stringify(output) });
export const succeed =
  (output: unknown, index = 0): Step =>
  (run) => ({ type: 'TaskSucceeded', ...run.attempt(index), output: JSON.stringify(output) });
export const fail =
  (error?: string, cause?: string, index = 0): Step =>
  (run) => ({ type: 'TaskFailed', ...run.attempt(index), error, cause });
export const byToken =
  (step: Step): Step =>
  (run) =>
    ({ ...step(run), byToken: true }) as Signal;
export const beat =
  (index = 0): Step =>
  (run) => ({ type: 'TaskHeartbeat', ...run.attempt(index) });
export const lose =
  (index = 0): Step =>
  (run) => ({ type: 'TaskLost', ...run.attempt(index) });
export const mapRunSucceeds =
  (output: unknown): Step =>
  (run) => ({ type: 'MapRunSucceeded', ...run.attempt(), output: JSON.stringify(output) });
export const mapRunFails =
  (error: string, cause: string): Step =>
  (run) => ({ type: 'MapRunFailed', ...run.attempt(), error, cause });
export const stop =
  (error?: string, cause?: string): Step =>
  () => ({ type: 'Stop', ...(error && { error }), ...(cause && { cause }) });
export const redrive =
  (clientToken?: string): Step =>
  ({ state }) => ({
    type: 'Redrive',
    after: state.redriveCount,
    ...(clientToken !== undefined && { clientToken }),
  });
/** The earliest timer or deadline has come. */
export const tick: Step = (run) => {
  const { at, signal } = nextDue(run.state);
  run.now = Math.max(run.now, at);
  return signal;
};
/** Time passes before the step. */
export const after =
  (ms: number, step: Step): Step =>
  (run) => {
    run.now += ms;
    return step(run);
  };
