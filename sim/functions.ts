/**
 * Pretend functions and workers: what a task attempt does follows from the seed, the execution's
 * input, the state, the retry and how often the caller has mended things alone, so that a run with
 * crashes and one without see the same world.
 */
import type { JsonObject } from '../src/ground/json.ts';
import type { TaskOutcome } from '../src/service/ports/tasks.ts';
import { Random } from './random.ts';

export interface Behaviour {
  /** Until the call returns. */
  readonly ms: number;
  /** Until the token is answered, counted from the call; may be before it returns. */
  readonly answerMs: number;
  readonly heartbeats: boolean;
  readonly outcome: Exclude<TaskOutcome, { type: 'Submitted' }>;
}

/** What tasks tell of themselves in their parameters. */
export interface Call {
  readonly state: string;
  readonly retry: number;
  /** Name of the execution that a caller started, and for which all this is done. */
  readonly e: string;
  /** Of the execution that the task is a part of. */
  readonly input: JsonObject;
}

/** Event ids depend on how branches interleave, indices do not. */
const placeOf = (scope: string): string => scope.replace(/\/\d+\./g, '/');

export function behaviourOf(
  seed: number,
  scope: string,
  { state, retry, e, input }: Call,
  mended: number,
  mayHang: boolean,
): Behaviour {
  const call = `${e} ${JSON.stringify(input)} ${placeOf(scope)} ${state} ${retry} ${mended}`;
  const random = new Random(seed, call);
  const hangs = mayHang && random.chance(0.15);
  const ms = hangs ? random.between(2_000, 60_000) : random.pick([0, 1, 20, 700, 2_500]);
  const answerMs = random.chance(0.2) ? Math.floor(ms / 2) : ms + random.between(0, 3_000);
  const value = { state, retry, drawn: random.between(0, 99) };
  const failed = random.chance(mended > 0 ? 0.05 : 0.15);
  return {
    ms,
    answerMs,
    heartbeats: random.chance(0.7),
    outcome: failed
      ? { type: 'Failed', error: random.pick(['Boom', 'Other']), cause: JSON.stringify(value) }
      : { type: 'Succeeded', output: JSON.stringify(value) },
  };
}
