/**
 * Which retrier or catcher an error meets, and how long a retry waits. Rules: Amazon States
 * Language, "Errors", and the Step Functions developer guide, "Handling errors".
 */
import type { Catcher, Retrier } from './machine.ts';

/**
 * Where an error comes from. `task`: the work of a Task, or of a state inside a Parallel or Map.
 * `heartbeat`: the same, because its heartbeat failed to come; its name is still `States.Timeout`.
 * `state`: the interpreter itself, between the work and the state's output.
 */
export type ErrorKind = 'task' | 'heartbeat' | 'state';

/** True where one of the names in ErrorEquals stands for the error. */
export function matches(errorEquals: readonly string[], error: string, kind: ErrorKind): boolean {
  if (isFatal(error, kind)) return false;
  return errorEquals.some((name) => covers(name, error, kind));
}

/** What neither Retry nor Catch may handle. A task's own result that is too large may be caught. */
function isFatal(error: string, kind: ErrorKind): boolean {
  return error === 'States.Runtime' || (error === 'States.DataLimitExceeded' && kind === 'state');
}

function covers(name: string, error: string, kind: ErrorKind): boolean {
  switch (name) {
    case error:
    case 'States.ALL':
      return true;
    case 'States.TaskFailed':
      return error !== 'States.Timeout';
    case 'States.HeartbeatTimeout':
      return kind === 'heartbeat';
    default:
      return false;
  }
}

/**
 * The number of the first retrier that matches, or undefined. It alone decides: when its attempts
 * are used up, later ones are not asked.
 */
export function findRetrier(
  retriers: readonly Retrier[],
  error: string,
  kind: ErrorKind,
): number | undefined {
  return indexOf(retriers, error, kind);
}

/** The number of the first catcher that matches, or undefined. */
export function findCatcher(
  catchers: readonly Catcher[],
  error: string,
  kind: ErrorKind,
): number | undefined {
  return indexOf(catchers, error, kind);
}

function indexOf(
  handlers: readonly { readonly errorEquals: readonly string[] }[],
  error: string,
  kind: ErrorKind,
): number | undefined {
  const index = handlers.findIndex((handler) => matches(handler.errorEquals, error, kind));
  return index < 0 ? undefined : index;
}

/** Seconds before retry number `attempt` (from 1). `random` is uniform in [0, 1). */
export function delaySeconds(retrier: Retrier, attempt: number, random: () => number): number {
  const grown = retrier.intervalSeconds * retrier.backoffRate ** (attempt - 1);
  const delay = Math.min(grown, retrier.maxDelaySeconds ?? Infinity, DELAY_SECONDS_MAX);
  return retrier.jitterStrategy === 'FULL' ? delay * random() : delay;
}

/** A year: no execution lives longer, and an instant must stay a number. */
const DELAY_SECONDS_MAX = 31_536_000;
