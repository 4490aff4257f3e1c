/**
 * From a signal to the records it causes. Deterministic states are folded into the answer until
 * something must leave the process, or the budget is used up (`continue`).
 *
 * Pure but for `state`, which follows the records as they are made: after a decision it is the
 * fold of all records. Whoever does not commit the records, or sees the generator throw, drops the
 * state. Total: a user's mistake becomes events; a stale or repeated signal gives no records.
 */
import type { Evaluation } from '../asl/env.ts';
import type { Flow, Machine, MapState, State, TaskState, WaitState } from '../asl/machine.ts';
import { invariant } from '../ground/invariant.ts';
import type { Tools } from '../ground/tools.ts';
import { deadlineFrom } from './deadline.ts';
import {
  executionAborted,
  executionStarted,
  executionTimedOut,
  foldContinues,
  timerFired,
} from './event.ts';
import { guarded } from './failure.ts';
import { Fold, type FoldOptions, isEnd } from './fold.ts';
import type { HistoryRecord } from './record.ts';
import { redrive } from './redrive.ts';
import type { Signal } from './signal.ts';
import {
  type ExecutionState,
  isRunnable,
  openMapRun,
  openTask,
  openTimer,
  type Scope,
} from './state.ts';
import * as distributed from './states/distributed.ts';
import { execute, resume } from './states/execute.ts';
import * as task from './states/task.ts';
import { endWait } from './states/wait.ts';
import { Step } from './step.ts';
import { begin } from './transition.ts';

export type Decision = readonly HistoryRecord[];

export type DecideOptions = FoldOptions;

/** The new records, already applied to `state`. Never yields for a machine without JSONata. */
export function* decide(
  machine: Machine,
  state: ExecutionState,
  signal: Signal,
  tools: Tools,
  options: DecideOptions = {},
): Evaluation<Decision> {
  const fold = new Fold(machine, state, tools, options);
  try {
    yield* answer(fold, signal);
    yield* run(fold);
  } catch (error) {
    if (!isEnd(error)) throw error;
  }
  return fold.records;
}

/** As decide, for machines of which `usesJsonata` is false. */
export function decideSync(
  machine: Machine,
  state: ExecutionState,
  signal: Signal,
  tools: Tools,
  options: DecideOptions = {},
): Decision {
  const { done, value } = decide(machine, state, signal, tools, options).next();
  invariant(done, 'a machine without JSONata decides at once');
  return value as Decision;
}

/** True where some state of the machine is written in JSONata. */
export function usesJsonata(flow: Flow): boolean {
  return [...flow.states.values()].some(
    (state: State) =>
      state.queryLanguage === 'JSONata' ||
      (state.type === 'Map' && usesJsonata(state.processor)) ||
      (state.type === 'Parallel' && state.branches.some(usesJsonata)),
  );
}

function* answer(fold: Fold, signal: Signal): Evaluation<void> {
  const { state } = fold;
  if (signal.type === 'Start') return start(fold, signal.input);
  if (signal.type === 'Redrive') {
    if (redrive(fold, signal)) goOn(fold);
    return;
  }
  if (state.status !== 'RUNNING') return;
  if (fold.now >= state.deadline) timeOut(fold);
  switch (signal.type) {
    case 'Continue':
      return goOn(fold);
    case 'TimerFired':
      return yield* wake(fold, signal.scope, signal.attempt);
    case 'ExecutionTimedOut':
      return;
    case 'Stop':
      distributed.abortMapRuns(fold);
      return fold.close(executionAborted(signal));
    case 'Fail':
      distributed.abortMapRuns(fold);
      return fold.fail(state.root, { error: signal.error, cause: signal.cause });
    case 'MapRunSucceeded':
    case 'MapRunFailed':
      return yield* mapRunEnded(fold, signal);
    default:
      return yield* answerTask(fold, signal);
  }
}

function start(fold: Fold, input: string): void {
  const { machine, state } = fold;
  if (state.status !== undefined) return;
  const deadline = deadlineFrom(machine, state.facts, state.facts.startedAt);
  fold.append(executionStarted(state.facts, input, deadline), state.root);
  try {
    begin(fold, state.root);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const cause = `The input cannot be processed: ${error.message}`;
    fold.fail(state.root, { error: 'States.Runtime', cause });
  }
}

function goOn(fold: Fold): void {
  for (const scope of fold.state.scopes.values()) if (isRunnable(scope)) fold.next(scope);
}

/** Recorded: the execution ends at its deadline exactly, whenever that is noticed. */
function timeOut(fold: Fold): never {
  distributed.abortMapRuns(fold);
  fold.close(executionTimedOut(), fold.state.deadline);
}

function* wake(fold: Fold, path: string, attempt: number): Evaluation<void> {
  const open = openTimer(fold.state, path, attempt);
  if (!open) return;
  const scope = fold.state.scopes.get(path)!;
  const waited = open.phase === 'waiting';
  fold.append(timerFired(attempt), scope);
  if (!waited) return fold.next(scope);
  const step = new Step<WaitState>(fold, scope);
  yield* guarded(step, endWait(step));
}

type MapRunSignal = Extract<Signal, { readonly type: `MapRun${string}` }>;

function* mapRunEnded(fold: Fold, signal: MapRunSignal): Evaluation<void> {
  if (!openMapRun(fold.state, signal.scope, signal.attempt)) return;
  const step = new Step<MapState>(fold, fold.state.scopes.get(signal.scope)!);
  if (signal.type === 'MapRunFailed') yield* distributed.failed(step, signal);
  else yield* distributed.succeeded(step, signal.output);
}

type TaskSignal = Extract<Signal, { readonly type: `Task${string}` }>;

function* answerTask(fold: Fold, signal: TaskSignal): Evaluation<void> {
  const open = openTask(fold.state, signal.scope, signal.attempt);
  if (!open) return;
  const step = new Step<TaskState>(fold, fold.state.scopes.get(signal.scope)!);
  const pending = open.task;
  const early = !pending.submitted && step.definition.resource.pattern !== 'requestResponse';
  switch (signal.type) {
    case 'TaskStarted':
      if (pending.startedAt === undefined) task.began(step, signal.at, signal.workerName);
      return;
    case 'TaskHeartbeat':
      return task.beat(step);
    case 'TaskSubmitted':
      if (!pending.submitted) yield* task.submitted(step, signal.output);
      return;
    case 'TaskTimedOut':
      // A heartbeat may have moved the deadline while this signal was on its way.
      if (pending.due !== undefined && fold.now >= pending.due) yield* task.timedOut(step);
      return;
    case 'TaskLost':
      if (!pending.submitted && pending.kind !== 'activity') yield* task.lost(step);
      return;
    case 'TaskSucceeded':
    case 'TaskFailed': {
      const given =
        signal.type === 'TaskSucceeded'
          ? { failed: false, output: signal.output }
          : { failed: true, error: signal.error, cause: signal.cause };
      if (signal.byToken && pending.kept) return;
      if (signal.byToken && early) return task.keep(step, given);
      return yield* task.answered(step, pending.kept ?? given);
    }
  }
}

/** Lets every scope that can go on do so, one state at a time. */
function* run(fold: Fold): Evaluation<void> {
  for (;;) {
    const scope = fold.take();
    if (!scope) return;
    if (fold.spent()) return fold.append(foldContinues(), fold.state.root);
    if (fold.now >= fold.state.deadline) timeOut(fold);
    yield* advance(fold, scope);
  }
}

function* advance(fold: Fold, scope: Scope): Evaluation<void> {
  if (!scope.current) return begin(fold, scope);
  const step = new Step(fold, scope);
  const work = step.open.phase === 'children' ? resume(step) : execute(step);
  yield* guarded(step, work);
}
