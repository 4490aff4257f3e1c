/**
 * Pretend functions and workers: what a task attempt does follows from the seed, the execution, the
 * state and the retry alone, so that a run with crashes and one without see the same world.
 */
import type { TaskOrder } from '../src/execution/effect.ts';
import type { TaskOutcome } from '../src/service/ports.ts';
import { Random } from './random.ts';

export interface Behaviour {
  /** Until the call returns. */
  readonly ms: number;
  /** Until the token is answered, counted from the call; may be before it returns. */
  readonly answerMs: number;
  readonly heartbeats: boolean;
  readonly outcome: Exclude<TaskOutcome, { type: 'Submitted' }>;
}

/** Event ids depend on how branches interleave, indices do not. */
const placeOf = (scope: string): string => scope.replace(/\/\d+\./g, '/');

export function behaviourOf(
  seed: number,
  execution: string,
  scope: string,
  order: Pick<TaskOrder, 'stateName' | 'retryCount'>,
  mayHang: boolean,
): Behaviour {
  const { stateName, retryCount } = order;
  const random = new Random(seed, `${execution} ${placeOf(scope)} ${stateName} ${retryCount}`);
  const hangs = mayHang && random.chance(0.15);
  const ms = hangs ? random.between(2_000, 400_000) : random.pick([0, 1, 20, 700, 2_500]);
  const answerMs = random.chance(0.2) ? Math.floor(ms / 2) : ms + random.between(0, 3_000);
  const value = { state: stateName, retry: retryCount, drawn: random.between(0, 99) };
  const failed = random.chance(0.25);
  return {
    ms,
    answerMs,
    heartbeats: random.chance(0.5),
    outcome: failed
      ? { type: 'Failed', error: random.pick(['Boom', 'Other']), cause: JSON.stringify(value) }
      : { type: 'Succeeded', output: JSON.stringify(value) },
  };
}
