/** Parallel: every branch gets a copy of the input; the result is the array of their outputs. */
import type { Evaluation } from '../../asl/env.ts';
import type { ParallelState } from '../../asl/machine.ts';
import { Doc } from '../../ground/json.ts';
import { childrenSucceeded, parallelStarted } from '../event.ts';
import { inputOf, leaveWithResult } from '../leave.ts';
import { allSucceeded, childScopes } from '../state.ts';
import type { Step } from '../step.ts';
import { checkSize } from '../transition.ts';

export function* executeParallel(step: Step<ParallelState>): Evaluation<void> {
  const { fold, scope, open, definition } = step;
  const effective = inputOf(step, definition);
  const input = definition.parameters
    ? yield* step.fill(definition.parameters, effective)
    : effective;
  checkSize(step, input);
  const own = input === open.input ? undefined : input.text;
  fold.append(parallelStarted(definition.branches.length, own), scope, scope.last, input);
  for (const branch of childScopes(fold.state, scope)) fold.next(branch);
}

/** A branch is through. */
export function* resumeParallel(step: Step<ParallelState>): Evaluation<void> {
  if (allSucceeded(step.open)) yield* gather(step, step.definition);
}

/** All branches or iterations have succeeded. */
export function* gather(
  step: Step,
  state: Parameters<typeof leaveWithResult>[1] & { readonly next?: string },
): Evaluation<void> {
  const { fold, scope, open } = step;
  const outputs = open.children!.outputs.map((output) => output!.text);
  const result = Doc.ofText(`[${outputs.join(',')}]`);
  fold.append(childrenSucceeded(open.type === 'Map' ? 'Map' : 'Parallel'), scope);
  step.gathered = true;
  checkSize(step, result);
  yield* leaveWithResult(step, state, result, state.next);
}
