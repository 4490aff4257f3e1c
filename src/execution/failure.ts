/**
 * What a failure does: retried, caught, or passed on to the Parallel or Map around, until the
 * execution fails. Rules: Step Functions developer guide, "Handling errors"; events as recorded.
 */

import { applyResultPath } from '../asl/dataflow.ts';
import type { Evaluation } from '../asl/env.ts';
import { LanguageError } from '../asl/language-error.ts';
import type { Catcher, Retrier } from '../asl/machine.ts';
import { delaySeconds, type ErrorKind, findCatcher, findRetrier } from '../asl/retry.ts';
import { Doc, type JsonObject } from '../ground/json.ts';
import {
  childrenClosed,
  childrenFailed,
  evaluationFailed,
  iterationAborted,
  iterationFailed,
  mapRunAborted,
  stateAborted,
  timerStarted,
} from './event.ts';
import type { Fold } from './fold.ts';
import { assignedBy } from './leave.ts';
import type { Assigned, Failure } from './record.ts';
import { childScopes, type Scope } from './state.ts';
import { Step } from './step.ts';
import { exit } from './transition.ts';

export interface Raised extends Failure {
  readonly kind: ErrorKind;
  /** An EvaluationFailed event has told it. */
  readonly evaluated?: boolean;
}

/** Runs the work of a step; an error of the language fails the state instead of this process. */
export function* guarded(step: Step, work: Evaluation<void>): Evaluation<void> {
  try {
    yield* work;
  } catch (error) {
    yield* raise(step, languageError(error));
  }
}

/** Data nested beyond the stack are the user's doing, like any other bad data. */
export function languageError(error: unknown): LanguageError {
  if (error instanceof LanguageError) return error;
  if (error instanceof RangeError) {
    return new LanguageError('States.Runtime', `The data cannot be processed: ${error.message}`);
  }
  throw error;
}

/** Fails the state by an error of the language. */
export function* raise(
  step: Step,
  error: LanguageError,
  previousEventId = evaluationPrevious(step),
): Evaluation<void> {
  yield* stateFailed(step, told(step, error, previousEventId));
}

/** Records the error; interpreter errors end the execution, wherever they happen (recorded). */
function told(step: Step, error: LanguageError, previousEventId: number): Raised {
  const { fold, scope, open } = step;
  const cause =
    `An error occurred while executing the state '${open.name}' ` +
    `(entered at the event id #${open.enteredId}). ${error.message}`;
  const failure = { error: error.error, cause };
  if (error.error === 'States.Runtime') fold.fail(scope, failure);
  if (error.error !== 'States.QueryEvaluationError') return { ...failure, kind: 'state' };
  const { location } = error;
  const draft = evaluationFailed(open.name, location ? { ...failure, location } : failure);
  fold.append(draft, scope, previousEventId);
  return { ...failure, kind: 'state', evaluated: true };
}

/** EvaluationFailed stands beside the state's …Entered event, not after it (recorded). */
function evaluationPrevious({ scope, open }: Step): number {
  return scope.last === open.enteredId ? open.enteredPrevious : scope.last;
}

/** The state's work has failed: Retry, then Catch, then whatever is around. */
export function* stateFailed(step: Step, failure: Raised): Evaluation<void> {
  const { definition, open, fold, scope } = step;
  if (open.phase === 'children') closeChildren(step, undefined);
  const recovers = 'retry' in definition ? definition : undefined;
  if (recovers && retried(step, recovers.retry, failure)) return;
  if ((open.type === 'Parallel' || open.type === 'Map') && !step.gathered) {
    fold.append(childrenFailed(open.type), scope);
  }
  const catcher = recovers && catcherOf(recovers.catch, failure);
  if (!catcher) return yield* scopeFailed(step, failure);
  try {
    yield* caught(step, catcher, failure);
  } catch (error) {
    const own = told(step, languageError(error), evaluationPrevious(step));
    yield* scopeFailed(step, own);
  }
}

function retried(step: Step, retriers: readonly Retrier[], failure: Raised): boolean {
  const { fold, scope, open } = step;
  const index = findRetrier(retriers, failure.error ?? '', failure.kind);
  if (index === undefined) return false;
  const retrier = retriers[index]!;
  const retries = open.retries[index] ?? 0;
  if (retries >= retrier.maxAttempts) return false;
  const seconds = delaySeconds(retrier, retries + 1, () => fold.tools.random());
  const due = fold.now + Math.round(seconds * 1000);
  fold.append(timerStarted(-1 - fold.state.timers, due, index), scope);
  return true;
}

function catcherOf(catchers: readonly Catcher[], failure: Raised): Catcher | undefined {
  const index = findCatcher(catchers, failure.error ?? '', failure.kind);
  return index === undefined ? undefined : catchers[index];
}

function* caught(step: Step, catcher: Catcher, failure: Failure): Evaluation<void> {
  const { output, assigned } = yield* catcherOutput(step, catcher, failure);
  exit(step, output, assigned, catcher.next);
}

/** The catcher's output goes into the state's raw input; a timeout has an empty cause (recorded). */
export function* catcherOutput(
  step: Step,
  catcher: Catcher,
  failure: Failure,
): Evaluation<{ readonly output: Doc; readonly assigned: Assigned | undefined }> {
  const noCause = failure.error === 'States.Timeout' ? '' : null;
  const output: JsonObject = { Error: failure.error ?? null, Cause: failure.cause ?? noCause };
  const error = Doc.ofValue(output);
  if (step.definition.queryLanguage === 'JSONata') {
    const extra = { errorOutput: output };
    const filled = catcher.output ? yield* step.fill(catcher.output, error, extra) : error;
    return { output: filled, assigned: yield* assignedBy(step, catcher.assign, error, extra) };
  }
  const { resultPath } = catcher;
  const combined =
    resultPath === undefined
      ? error
      : Doc.ofValue(applyResultPath(resultPath, step.open.input.value, output));
  return { output: combined, assigned: yield* assignedBy(step, catcher.assign, error) };
}

/** The scope cannot go on: its siblings are stopped and the state around it fails. */
export function* scopeFailed(step: Step, failure: Raised): Evaluation<void> {
  const { fold, scope } = step;
  const { parent } = scope;
  if (!parent) return fold.fail(scope, failure);
  const outer = new Step(fold, parent);
  closeChildren(outer, { scope, evaluated: failure.evaluated === true });
  const { error, cause } = failure;
  const kind = failure.kind === 'heartbeat' ? 'heartbeat' : 'task';
  yield* stateFailed(outer, { error, cause, kind });
}

/**
 * Ends all branches or iterations. Everything open in them gets an event that points at the failing
 * one, the Task that failed included, unless it failed in an evaluation (recorded).
 */
function closeChildren(
  step: Step,
  failed: { readonly scope: Scope; readonly evaluated: boolean } | undefined,
): void {
  const { fold, scope, open } = step;
  const cause = failed ? failed.scope.last : scope.last;
  if (failed) {
    if (open.type === 'Map') {
      fold.append(iterationFailed(open.name, failed.scope.index), failed.scope, cause);
    }
    if (failed.scope.current?.type === 'Task' && !failed.evaluated) {
      fold.append(stateAborted('Task'), failed.scope, cause);
    }
  }
  for (const child of childScopes(fold.state, scope)) {
    if (child !== failed?.scope && child.open) abort(fold, child, step, cause);
  }
  fold.append(childrenClosed(cause), scope);
}

/** The events of a scope that is stopped, and of those inside it. */
function abort(fold: Fold, scope: Scope, outer: { open: Step['open'] }, cause: number): void {
  if (outer.open.type === 'Map') {
    fold.append(iterationAborted(outer.open.name, scope.index), scope, cause);
  }
  const open = scope.current;
  if (!open) return;
  for (const child of childScopes(fold.state, scope)) {
    if (child.open) abort(fold, child, { open }, cause);
  }
  if (open.phase === 'mapRun') fold.append(mapRunAborted(), scope, cause);
  switch (open.type) {
    case 'Task':
    case 'Wait':
    case 'Parallel':
    case 'Map':
      fold.append(stateAborted(open.type), scope, cause);
  }
}
