/** Pass: its result is `Result`, or else its effective input. */
import type { Evaluation } from '../../asl/env.ts';
import type { PassState } from '../../asl/machine.ts';
import { Doc } from '../../ground/json.ts';
import { inputOf, leave, leaveWithResult } from '../leave.ts';
import type { Step } from '../step.ts';

export function* executePass(step: Step<PassState>): Evaluation<void> {
  const state = step.definition;
  if (state.queryLanguage === 'JSONata') return yield* leave(step, state, state.next);
  const input = inputOf(step, state);
  const given = state.parameters ? yield* step.fill(state.parameters, input) : input;
  const result = state.result ? Doc.ofValue(state.result.value) : given;
  yield* leaveWithResult(step, state, result, state.next);
}
