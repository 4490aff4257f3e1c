/** Choice: the first rule that holds says where to go; without one, Default does. */
import { holds } from '../../asl/choice.ts';
import type { Env, Evaluation } from '../../asl/env.ts';
import type { ChoiceRule, ChoiceState } from '../../asl/machine.ts';
import { askFor, runtimeError } from '../dynamic.ts';
import { inputOf, leave } from '../leave.ts';
import type { Step } from '../step.ts';

export function* executeChoice(step: Step<ChoiceState>): Evaluation<void> {
  const state = step.definition;
  const input = inputOf(step, state);
  const env = state.queryLanguage === 'JSONPath' ? step.env(input.value) : undefined;
  for (const rule of state.choices) {
    if (!(yield* ruleHolds(step, rule, env))) continue;
    const { output, assign } = rule;
    return yield* leave(step, { ...state, output, assign }, rule.next);
  }
  if (state.default !== undefined) return yield* leave(step, state, state.default);
  throw runtimeError(
    'Failed to transition out of the state. The state does not point to a next state.',
  );
}

/** `env` is there in states that speak JSONPath. */
function* ruleHolds(
  step: Step,
  { condition }: ChoiceRule,
  env: Env | undefined,
): Evaluation<boolean> {
  if (condition.kind === 'jsonata') return (yield* askFor(step, condition, 'boolean')) as boolean;
  return holds(condition, env!);
}
