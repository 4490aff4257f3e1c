/** Wait: a timer, unless its time has already come. */

import type { Evaluation } from '../../asl/env.ts';
import { LanguageError } from '../../asl/language-error.ts';
import type { Dynamic, WaitState } from '../../asl/machine.ts';
import { readPath } from '../../asl/path.ts';
import { invariant } from '../../ground/invariant.ts';
import type { Doc, Json } from '../../ground/json.ts';
import { type Instant, parseInstant } from '../../ground/time.ts';
import { askFor, askForInteger, numberIn, plain, runtimeError } from '../dynamic.ts';
import { timerStarted } from '../event.ts';
import { raise } from '../failure.ts';
import { inputOf, leave } from '../leave.ts';
import { WAIT_SECONDS_MAX } from '../limits.ts';
import type { Step } from '../step.ts';

export function* executeWait(step: Step<WaitState>): Evaluation<void> {
  const { fold, scope, open } = step;
  // A redrive goes on with the wait that was under way.
  const due = open.due ?? (yield* dueOf(step));
  if (due === undefined) return;
  if (due - fold.now > WAIT_SECONDS_MAX * 1000) throw runtimeError('Wait state delay is too long.');
  if (due <= fold.now) return yield* endWait(step);
  fold.append(timerStarted(-1 - fold.state.timers, due), scope);
}

/** The timer has fired. */
export function* endWait(step: Step<WaitState>): Evaluation<void> {
  yield* leave(step, step.definition, step.definition.next);
}

/** When the wait ends; undefined where the state has failed over it. */
function* dueOf(step: Step<WaitState>): Evaluation<Instant | undefined> {
  const state = step.definition;
  const input = inputOf(step, state);
  if (state.seconds) {
    return step.fold.now + (yield* secondsOf(step, state.seconds, input)) * 1000;
  }
  invariant(state.timestamp, 'a Wait has Seconds or Timestamp');
  return yield* timestampOf(step, state.timestamp, input);
}

function* secondsOf(step: Step, dynamic: Dynamic<number>, input: Doc): Evaluation<number> {
  if (dynamic.kind === 'literal') return dynamic.value;
  if (dynamic.kind === 'jsonata') {
    const seconds = yield* askForInteger(step, dynamic);
    if (seconds >= 0) return seconds;
    throw new LanguageError(
      'States.QueryEvaluationError',
      `The ${dynamic.field} field references a negative value: ${seconds}`,
      dynamic.field,
    );
  }
  const value = referenced(step, dynamic, input);
  const { field, path } = dynamic;
  const seconds = numberIn(value);
  if (seconds === undefined || !Number.isInteger(seconds)) {
    throw runtimeError(
      `The ${field} parameter cannot be parsed as a long value: ${path.text} == ${plain(value)}`,
    );
  }
  if (seconds >= 0) return seconds;
  throw runtimeError(
    `The ${field} parameter references a negative value: ${path.text} == ${plain(value)}`,
  );
}

function* timestampOf(
  step: Step,
  dynamic: Dynamic<string>,
  input: Doc,
): Evaluation<Instant | undefined> {
  if (dynamic.kind === 'path') {
    const value = referenced(step, dynamic, input);
    const at = typeof value === 'string' ? parseInstant(value) : undefined;
    if (at !== undefined) return at;
    throw runtimeError(
      `The ${dynamic.field} parameter does not reference a valid ISO-8601 extended offset ` +
        `date-time format string: ${dynamic.path.text} == ${plain(value)}`,
    );
  }
  const text =
    dynamic.kind === 'literal'
      ? dynamic.value
      : ((yield* askFor(step, dynamic, 'string')) as string);
  const at = parseInstant(text);
  if (at !== undefined) return at;
  const error = new LanguageError(
    'States.QueryEvaluationError',
    `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format ` +
      `string: ${text}`,
    'Timestamp',
  );
  // Recorded: this error alone points at the state's …Entered event.
  yield* raise(step, error, step.scope.last);
  return undefined;
}

function referenced(
  step: Step,
  dynamic: Extract<Dynamic<unknown>, { kind: 'path' }>,
  input: Doc,
): Json {
  const found = readPath(dynamic.path, step.env(input.value));
  if ('value' in found && !found.beyond) return found.value;
  throw runtimeError(
    `The ${dynamic.field} parameter does not reference an input value: ${dynamic.path.text}`,
  );
}
