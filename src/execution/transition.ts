/** From state to state: entering, exiting, and what follows when a scope is through. */
import { type Doc, fitsBytes } from '../ground/json.ts';
import { executionSucceeded, iterationSucceeded, stateEntered, stateExited } from './event.ts';
import { type Fold, flowOf } from './fold.ts';
import type { Assigned, Failure } from './record.ts';
import type { Scope } from './state.ts';
import type { Step } from './step.ts';

function enter(fold: Fold, scope: Scope, name: string, input: Doc): void {
  const flow = flowOf(fold.machine, scope);
  const type = flow.states.get(name)!.type;
  fold.append(stateEntered(type, name, input.text), scope, scope.last, input);
  fold.next(scope);
}

/** Enters the first state of the scope. */
export function begin(fold: Fold, scope: Scope, input = scope.data): void {
  enter(fold, scope, flowOf(fold.machine, scope).startAt, input);
}

/** Exits the state and enters `next`; without one the scope is through. */
export function exit(
  step: Step,
  output: Doc,
  assigned: Assigned | undefined,
  next: string | undefined,
): void {
  const { fold, scope, open } = step;
  checkSize(step, output);
  const { type, name } = open;
  const ends = next === undefined;
  fold.append(stateExited(type, name, output.text, assigned, ends), scope, scope.last, output);
  if (next !== undefined) enter(fold, scope, next, output);
  else finish(fold, scope);
}

/** A state whose own data are too large fails the execution; nothing can catch that (recorded). */
export function checkSize({ fold, scope, open }: Step, data: Doc): void {
  if (!fitsBytes(data.text, fold.limits.payloadBytes)) fold.fail(scope, tooLarge(open.name));
}

export function tooLarge(name: string): Failure {
  return {
    error: 'States.DataLimitExceeded',
    cause:
      `The state/task '${name}' returned a result with a size exceeding the maximum number of ` +
      'bytes service limit.',
  };
}

function finish(fold: Fold, scope: Scope): void {
  const { parent } = scope;
  if (!parent) {
    fold.end(executionSucceeded(scope.data.text), scope.last, scope.data);
    return;
  }
  const outer = parent.current!;
  if (outer.type === 'Map') fold.append(iterationSucceeded(outer.name, scope.index), scope);
  fold.first(parent);
}
