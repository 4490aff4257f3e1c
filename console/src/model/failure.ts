/**
 * One sentence on why an execution failed, from its history alone: the innermost state that broke,
 * its error, and how often it was tried.
 */
import { isObject, tryParseJson } from '../../../src/ground/json.ts';
import type { HistoryView, StateEntry } from './history.ts';

export interface FailureText {
  readonly error: string;
  /** The cause in one line, as a person would say it. */
  readonly message: string;
  readonly stack: readonly string[];
}

/** A cause may be a plain text, or the error JSON of a Lambda runtime. */
export function readCause(error: string | undefined, cause: string | undefined): FailureText {
  const name = error ?? 'Error';
  const value = cause === undefined ? undefined : tryParseJson(cause);
  if (!isObject(value ?? null)) return { error: name, message: cause ?? '', stack: [] };
  const { errorType, errorMessage, trace, stackTrace } = value as Record<string, unknown>;
  if (typeof errorMessage !== 'string') return { error: name, message: cause ?? '', stack: [] };
  const frames = Array.isArray(trace) ? trace : Array.isArray(stackTrace) ? stackTrace : [];
  const shown = typeof errorType === 'string' && errorType !== name ? `${errorType}: ` : '';
  return {
    error: name,
    message: `${shown}${errorMessage}`,
    stack: frames.filter((frame) => typeof frame === 'string').map((frame) => frame.trimEnd()),
  };
}

export interface Failure extends FailureText {
  /** The state to look at; undefined where the history names none. */
  readonly state: StateEntry | undefined;
  readonly attempts: number;
  /** The failed state only reports what this one caught. */
  readonly after: StateEntry | undefined;
}

/** `own`: error and cause of the execution itself. */
export function explainFailure(
  view: HistoryView,
  own: { error?: string | undefined; cause?: string | undefined },
): Failure {
  const last = view.failed;
  // A Fail state without an error of its own: the reason is what was caught on the way to it.
  const caught = last?.type === 'Fail' ? lastCaught(view, last) : undefined;
  const source = caught ?? last;
  const hasOwn = own.error !== undefined && own.error !== '' && own.error !== 'States.Runtime';
  const error = caught ? caught.error : (own.error ?? last?.error);
  const cause = caught ? caught.cause : (own.cause ?? last?.cause);
  const text =
    caught && hasOwn ? readCause(own.error, own.cause ?? caught.cause) : readCause(error, cause);
  return {
    ...text,
    state: source,
    attempts: source?.attempts.length ?? 0,
    after: caught ? last : undefined,
  };
}

function lastCaught(view: HistoryView, before: StateEntry): StateEntry | undefined {
  return view.entries.findLast(
    (entry) => entry.status === 'caught' && entry.id < before.id && entry.parent === before.parent,
  );
}
