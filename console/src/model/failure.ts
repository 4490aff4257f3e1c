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
  /** The innermost state that broke; undefined where the history names none. */
  readonly state: StateEntry | undefined;
  readonly attempts: number;
  /** What ended the execution, where that is another state than the one that broke. */
  readonly end:
    | { readonly state: StateEntry; readonly error: string | undefined; readonly message: string }
    | undefined;
}

/** `own`: error and cause of the execution itself. */
export function explainFailure(
  view: HistoryView,
  own: { error?: string | undefined; cause?: string | undefined },
): Failure {
  const last = view.failed;
  // A Fail state reports what was caught on the way to it: that is where to look.
  const caught = last?.type === 'Fail' ? lastCaught(view, last) : undefined;
  if (!last || !caught) {
    const text = readCause(own.error ?? last?.error, own.cause ?? last?.cause);
    return { ...text, state: last, attempts: last?.attempts.length ?? 0, end: undefined };
  }
  const state = innermost(view, caught);
  const said = readCause(own.error, own.cause);
  const error = own.error === 'States.Runtime' ? undefined : own.error;
  return {
    ...readCause(caught.error, caught.cause),
    state,
    attempts: state.attempts.length,
    end: { state: last, error, message: said.message },
  };
}

function lastCaught(view: HistoryView, before: StateEntry): StateEntry | undefined {
  return view.entries.findLast(
    (entry) => entry.status === 'caught' && entry.id < before.id && entry.parent === before.parent,
  );
}

/** Down through Parallel and Map to the state that broke with this error. */
function innermost(view: HistoryView, entry: StateEntry): StateEntry {
  const inside = view.entries.find(
    (one) => one.parent === entry && one.error === entry.error && one.cause === entry.cause,
  );
  return inside ? innermost(view, inside) : entry;
}
