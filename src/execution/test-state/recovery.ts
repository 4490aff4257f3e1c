/** What Retry and Catch make of a failure: the verdict, without any waiting or repeating. */

import type { Evaluation } from '../../asl/env.ts';
import type { LanguageError } from '../../asl/language-error.ts';
import type { State } from '../../asl/machine.ts';
import { delaySeconds, type ErrorKind, findCatcher, findRetrier } from '../../asl/retry.ts';
import type { Doc } from '../../ground/json.ts';
import { catcherOutput, languageError } from '../failure.ts';
import type { Assigned, Failure } from '../record.ts';
import { checkSize } from '../transition.ts';
import type { TestStep } from './step.ts';
import type { ErrorDetails, Verdict } from './trial.ts';

/** The state's work has failed, as opposed to the language around it. */
export class WorkFailed extends Error {
  override name = 'WorkFailed';
  readonly failure: Failure;

  constructor({ error, cause }: Failure) {
    super(error);
    this.failure = { error, cause };
  }
}

type Recovering = Extract<State, { readonly retry: unknown }>;

interface Raised {
  readonly failure: Failure;
  readonly kind: ErrorKind;
}

/** The verdict on a state whose work has thrown; rethrows what is neither its nor the language's. */
export function* recover(step: TestStep, retryCount: number, thrown: unknown): Evaluation<Verdict> {
  const raised = thrown instanceof WorkFailed ? ofWork(thrown) : ofLanguage(languageError(thrown));
  const state = step.definition;
  const failed: Verdict = { status: 'FAILED', ...raised.failure };
  if (!('retry' in state)) return failed;
  const retry = retryOf(state, raised, retryCount);
  if (retry?.retryBackoffIntervalSeconds !== undefined) {
    return { status: 'RETRIABLE', ...raised.failure, errorDetails: retry };
  }
  const caught = yield* catchOf(step, state, raised);
  return caught ?? (retry ? { ...failed, errorDetails: retry } : failed);
}

const ofLanguage = (error: LanguageError): Raised => ({
  failure: { error: error.error, cause: error.message },
  kind: 'state',
});

/** A heartbeat that failed to come has a name of its own only in Retry and Catch. */
function ofWork({ failure }: WorkFailed): Raised {
  return { failure, kind: failure.error === 'States.HeartbeatTimeout' ? 'heartbeat' : 'task' };
}

const matched = ({ failure, kind }: Raised): string =>
  kind === 'heartbeat' ? 'States.Timeout' : (failure.error ?? '');

/** The retrier that matches; without an interval where its attempts are used up. */
function retryOf(state: Recovering, raised: Raised, retryCount: number): ErrorDetails | undefined {
  const retryIndex = findRetrier(state.retry, matched(raised), raised.kind);
  if (retryIndex === undefined) return undefined;
  const retrier = state.retry[retryIndex]!;
  if (retryCount >= retrier.maxAttempts) return { retryIndex };
  const seconds = delaySeconds(retrier, retryCount + 1, () => 1);
  return { retryIndex, retryBackoffIntervalSeconds: Math.floor(seconds) };
}

function* catchOf(
  step: TestStep,
  state: Recovering,
  raised: Raised,
): Evaluation<Verdict | undefined> {
  const { failure } = raised;
  const catchIndex = findCatcher(state.catch, matched(raised), raised.kind);
  if (catchIndex === undefined) return undefined;
  const catcher = state.catch[catchIndex]!;
  let caught: { readonly output: Doc; readonly assigned: Assigned | undefined };
  try {
    caught = yield* catcherOutput(step, catcher, failure);
  } catch (error) {
    return { status: 'FAILED', ...ofLanguage(languageError(error)).failure };
  }
  checkSize(step, caught.output);
  return {
    status: 'CAUGHT_ERROR',
    ...failure,
    output: caught.output.text,
    nextState: catcher.next,
    assigned: caught.assigned,
    errorDetails: { catchIndex },
  };
}
