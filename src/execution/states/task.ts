/** Task: an attempt is scheduled, and later answered. */

import type { Evaluation } from '../../asl/env.ts';
import { LanguageError } from '../../asl/language-error.ts';
import type { TaskState } from '../../asl/machine.ts';
import type { Resource } from '../../asl/resource.ts';
import { Doc, fitsBytes, isObject, printJson, tryParseJson } from '../../ground/json.ts';
import type { Instant } from '../../ground/time.ts';
import { runtimeError, wholeNumber } from '../dynamic.ts';
import {
  answerKept,
  type Deadline,
  taskFailed,
  taskHeartbeat,
  taskScheduled,
  taskStarted,
  taskSubmitFailed,
  taskSubmitted,
  taskSucceeded,
  taskTimedOut,
} from '../event.ts';
import { guarded, stateFailed } from '../failure.ts';
import { inputOf, leaveWithResult } from '../leave.ts';
import { CAUSE_LENGTH_MAX, ERROR_LENGTH_MAX } from '../limits.ts';
import type { Failure } from '../record.ts';
import type { Answer, OpenTask } from '../state.ts';
import type { Step } from '../step.ts';
import { encodeTaskToken } from '../token.ts';
import { checkSize, tooLarge } from '../transition.ts';

type TaskStep = Step<TaskState>;

export function* executeTask(step: TaskStep): Evaluation<void> {
  const { fold, scope, open, definition } = step;
  const { resource } = definition;
  const { facts } = fold.state;
  const mock = fold.mockOf(open.name);
  if (resource.kind === 'activity' && mock === undefined && !fold.activityExists(resource.arn)) {
    throw runtimeError(`The activity ${resource.arn} does not exist.`);
  }
  if (answersByToken(resource)) {
    const attempt = fold.state.nextId;
    const nonce = fold.tools.uuid();
    step.token = encodeTaskToken({ execution: facts.id, scope: scope.path, attempt, nonce });
  }
  const input = inputOf(step, definition);
  const given = definition.parameters ? yield* step.fill(definition.parameters, input) : input;
  checkSize(step, given);
  const whole = definition.parameters === undefined;
  const parameters = mock === undefined ? fold.request(resource, given, whole) : given;
  const schedule = {
    resource,
    region: facts.region,
    stateName: open.name,
    parameters: parameters.text,
    retryCount: open.retryCount,
    token: step.token,
    timeoutSeconds: yield* seconds(step, 'timeoutSeconds', input),
    heartbeatSeconds: yield* seconds(step, 'heartbeatSeconds', input),
    credentialsRoleArn: yield* credentials(step, input),
    mock,
  };
  fold.append(taskScheduled(schedule), scope);
}

const answersByToken = (resource: Resource): boolean =>
  resource.kind === 'activity' || resource.pattern !== 'requestResponse';

function* seconds(
  step: TaskStep,
  name: 'timeoutSeconds' | 'heartbeatSeconds',
  input: Doc,
): Evaluation<number | undefined> {
  const dynamic = step.definition[name];
  if (!dynamic) return undefined;
  return yield* wholeNumber(step, dynamic, input, (value) =>
    value > 0
      ? undefined
      : `The ${name === 'timeoutSeconds' ? 'Timeout' : 'Heartbeat'}Seconds ` +
        `of the task must be a positive integer but was: ${value}`,
  );
}

function* credentials(step: TaskStep, input: Doc): Evaluation<string | undefined> {
  const template = step.definition.credentials;
  if (!template) return undefined;
  const { value } = yield* step.fill(template, input);
  const role = isObject(value) ? value.RoleArn : undefined;
  if (typeof role === 'string') return role;
  if (template.language === 'JSONPath') throw runtimeError('Credentials.RoleArn is not a string.');
  throw new LanguageError(
    'States.QueryEvaluationError',
    'Credentials.RoleArn is not a string.',
    'Credentials/RoleArn',
  );
}

/** The work has really begun. */
export function began(step: TaskStep, at: Instant, workerName: string | undefined): void {
  const { fold, scope, open, definition } = step;
  const { attempt } = open;
  const deadline = deadlineOf(open.task!, at, at);
  const now = fold.now;
  fold.now = at;
  fold.append(taskStarted(definition.resource, attempt, deadline, workerName), scope);
  fold.now = now;
}

function deadlineOf(task: OpenTask, startedAt: Instant, beatAt: Instant): Deadline {
  const { timeoutSeconds, heartbeatSeconds } = task;
  const timeout = timeoutSeconds === undefined ? undefined : startedAt + timeoutSeconds * 1000;
  const beat = heartbeatSeconds === undefined ? undefined : beatAt + heartbeatSeconds * 1000;
  const heartbeat = beat !== undefined && (timeout === undefined || beat < timeout);
  return { due: heartbeat ? beat : timeout, heartbeat };
}

/** A heartbeat before the start changes nothing, for its clock does not run yet. */
export function beat({ fold, scope, open }: TaskStep): void {
  const task = open.task!;
  const { startedAt } = task;
  const none = { due: undefined, heartbeat: false };
  const deadline = startedAt === undefined ? none : deadlineOf(task, startedAt, fold.now);
  fold.append(taskHeartbeat(open.attempt, deadline), scope);
}

/** The request was accepted; an answer that came before is applied now. */
export function* submitted(step: TaskStep, output: string): Evaluation<void> {
  const { fold, scope, open, definition } = step;
  const task = open.task!;
  beginIfNeeded(step);
  fold.append(taskSubmitted(definition.resource, open.attempt, asJson(output).text), scope);
  if (task.kept) yield* answered(step, task.kept);
}

/** Puts an answer aside until the request is known to be accepted. */
export function keep({ fold, scope, open }: TaskStep, answer: Answer): void {
  fold.append(answerKept(open.attempt, answer), scope);
}

export function* answered(step: TaskStep, answer: Answer): Evaluation<void> {
  if (answer.failed) yield* failed(step, answer);
  else yield* succeeded(step, answer.output ?? 'null');
}

function* succeeded(step: TaskStep, output: string): Evaluation<void> {
  const { fold, scope, open, definition } = step;
  const { resource } = definition;
  const result = asJson(output);
  if (!fitsBytes(output, fold.limits.payloadBytes)) {
    const name = resource.kind === 'integration' ? resource.service : resource.arn;
    return yield* failed(step, tooLarge(name));
  }
  beginIfNeeded(step);
  step.token = open.task!.token;
  fold.append(taskSucceeded(resource, open.attempt, result.text), scope);
  const { value } = result;
  yield* guarded(step, leaveWithResult(step, definition, Doc.ofValue(value), definition.next));
}

/** Integrations answer JSON; a text that is none is taken as a string. */
export function asJson(text: string): Doc {
  return tryParseJson(text) === undefined ? Doc.ofText(printJson(text)) : Doc.ofText(text);
}

function* failed(step: TaskStep, failure: Failure): Evaluation<void> {
  const { fold, scope, open, definition } = step;
  const error = failure.error?.slice(0, ERROR_LENGTH_MAX);
  const cause = failure.cause?.slice(0, CAUSE_LENGTH_MAX);
  beginIfNeeded(step);
  const { token, submitted, kept } = open.task!;
  step.token = token;
  const answeredLater = definition.resource.pattern !== 'requestResponse';
  const told = answeredLater && !submitted && !kept ? taskSubmitFailed : taskFailed;
  fold.append(told(definition.resource, open.attempt, { error, cause }), scope);
  yield* stateFailed(step, { error, cause, kind: 'task' });
}

/** An answer that was kept came in time, even if nobody says that the request was accepted. */
export function* timedOut(step: TaskStep): Evaluation<void> {
  const { fold, scope, open, definition } = step;
  const { kept } = open.task!;
  if (kept) return yield* answered(step, kept);
  const kind = open.task!.dueIsHeartbeat ? 'heartbeat' : 'task';
  step.token = open.task!.token;
  fold.append(taskTimedOut(definition.resource, open.attempt), scope);
  yield* stateFailed(step, { error: 'States.Timeout', kind });
}

/** The process that ran the attempt died. An answer that was kept before still counts. */
export function* lost(step: TaskStep): Evaluation<void> {
  const { kept } = step.open.task!;
  if (kept) return yield* answered(step, kept);
  const { service } = step.definition.resource;
  const error = service === 'lambda' ? 'Lambda.Unknown' : 'States.TaskFailed';
  yield* failed(step, {
    error,
    cause: 'The outcome of the task is unknown: the server stopped while the attempt was running.',
  });
}

/** Every outcome follows a …Started event, also where nobody reported the start. */
function beginIfNeeded(step: TaskStep): void {
  if (step.open.task!.startedAt === undefined) began(step, step.fold.now, undefined);
}
