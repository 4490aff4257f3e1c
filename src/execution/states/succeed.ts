/** Succeed: ends its scope with its input, or what Output makes of it. */
import type { Evaluation } from '../../asl/env.ts';
import type { SucceedState } from '../../asl/machine.ts';
import { leave } from '../leave.ts';
import type { Step } from '../step.ts';

export function* executeSucceed(step: Step<SucceedState>): Evaluation<void> {
  yield* leave(step, step.definition, undefined);
}
