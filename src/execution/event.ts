/**
 * One constructor for every type of record. Types that begin with a lower-case letter are private:
 * they have no event id and AWS does not show them. `…Details` members that never vary
 * (inputDetails, outputDetails, assignedVariablesDetails) are added by the views.
 *
 * A draft has no id, time and scope yet; the fold gives them (fold.ts).
 */
import type { StateType } from '../asl/machine.ts';
import type { Resource } from '../asl/resource.ts';
import type { JsonObject } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { HistoryRecord } from './record.ts';
import type { Answer, ExecutionFacts } from './state.ts';

export type Draft = { -readonly [K in keyof HistoryRecord]: HistoryRecord[K] };

/** What a failure says; both absent where nobody said anything. */
export interface Failure {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

function draft(type: string, details?: JsonObject, hidden?: JsonObject): Draft {
  return { type, id: 0, previousEventId: 0, at: 0, details, scope: '', hidden };
}

function failureDetails(failure: Failure, details: JsonObject = {}): JsonObject {
  if (failure.error !== undefined) details.error = failure.error;
  if (failure.cause !== undefined) details.cause = failure.cause;
  return details;
}

const STATE_TYPES: readonly StateType[] = [
  'Pass',
  'Task',
  'Choice',
  'Wait',
  'Succeed',
  'Fail',
  'Parallel',
  'Map',
];

function typed(suffix: string): Record<StateType, string> {
  const entries = STATE_TYPES.map((type) => [type, `${type}State${suffix}`]);
  return Object.fromEntries(entries) as Record<StateType, string>;
}

const ENTERED = typed('Entered');
const EXITED = typed('Exited');

export const isPrivate = (type: string): boolean => type.charCodeAt(0) >= 97;

// The execution

/** Hidden `deadline`: when the execution times out. */
export function executionStarted(facts: ExecutionFacts, input: string, deadline: Instant): Draft {
  const details: JsonObject = { input, roleArn: facts.roleArn };
  if (facts.aliasArn) details.stateMachineAliasArn = facts.aliasArn;
  if (facts.versionArn) details.stateMachineVersionArn = facts.versionArn;
  return draft('ExecutionStarted', details, { deadline });
}

export const executionSucceeded = (output: string): Draft =>
  draft('ExecutionSucceeded', { output });
export const executionFailed = (failure: Failure): Draft =>
  draft('ExecutionFailed', failureDetails(failure));
export const executionAborted = (failure: Failure): Draft =>
  draft('ExecutionAborted', failureDetails(failure));
export const executionTimedOut = (): Draft =>
  draft('ExecutionTimedOut', { error: 'States.Timeout' });

/**
 * Hidden `deadline`: as with ExecutionStarted; the time counts anew. Hidden `clientToken`: the one it
 * was asked for with.
 */
export const executionRedriven = (
  redriveCount: number,
  deadline: Instant,
  clientToken: string | undefined,
): Draft =>
  draft(
    'ExecutionRedriven',
    { redriveCount },
    { deadline, ...(clientToken !== undefined && { clientToken }) },
  );

/** Private: the fold has used up its budget and goes on with the signal Continue. */
export const foldContinues = (): Draft => draft('continue');

// States

export const stateEntered = (type: StateType, name: string, input: string): Draft =>
  draft(ENTERED[type], { name, input });

/**
 * `assigned`: JSON text by variable, undefined where none. Hidden `ends` is true where the scope
 * (execution, branch or iteration) is through with this state; its output is the scope's.
 */
export function stateExited(
  type: StateType,
  name: string,
  output: string,
  assigned: JsonObject | undefined,
  ends: boolean,
): Draft {
  const details: JsonObject = { name, output };
  if (assigned) details.assignedVariables = assigned;
  return draft(EXITED[type], details, ends ? { ends } : undefined);
}

export function evaluationFailed(
  state: string,
  failure: { readonly error: string; readonly cause: string; readonly location?: string },
): Draft {
  const { error, cause, location } = failure;
  const details: JsonObject = { error, cause };
  if (location !== undefined) details.location = location;
  details.state = state;
  return draft('EvaluationFailed', details);
}

// Timers

/**
 * Private: a Wait or a retry's back-off begins. Hidden `attempt` names the timer (-1, -2, … through
 * the execution, so that it is never an event id), `due` is when it ends, `retrier` the index of the
 * retrier whose back-off it is.
 */
export const timerStarted = (attempt: number, due: Instant, retrier?: number): Draft =>
  draft(
    'timerStarted',
    undefined,
    retrier === undefined ? { attempt, due } : { attempt, due, retrier },
  );

/** Private: the timer `attempt` is over. */
export const timerFired = (attempt: number): Draft => draft('timerFired', undefined, { attempt });

// Tasks

export interface Schedule {
  readonly resource: Resource;
  readonly region: string;
  readonly stateName: string;
  /** JSON text. */
  readonly parameters: string;
  readonly retryCount: number;
  readonly token: string | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
  readonly credentialsRoleArn: string | undefined;
  readonly mock: number | undefined;
}

/**
 * The id of this event is the attempt. Hidden: `stateName`, `retryCount` (absent = 0), `token` where
 * the attempt can be answered by one; what the event itself does not show of the order: `resource`
 * (the definition's text, of an integration), `heartbeatSeconds` (of a Lambda function), `mock` (the
 * attempt's number among the state's, where a test case answers it).
 */
export function taskScheduled(schedule: Schedule): Draft {
  const { resource, parameters, retryCount, token, heartbeatSeconds } = schedule;
  const hidden: JsonObject = { stateName: schedule.stateName };
  if (retryCount > 0) hidden.retryCount = retryCount;
  if (token !== undefined) hidden.token = token;
  if (schedule.mock !== undefined) hidden.mock = schedule.mock;
  const details: JsonObject =
    resource.kind === 'integration'
      ? {
          resourceType: resource.service,
          resource: resource.action,
          region: schedule.region,
          parameters,
        }
      : { resource: resource.arn, input: parameters };
  if (schedule.timeoutSeconds !== undefined) details.timeoutInSeconds = schedule.timeoutSeconds;
  if (heartbeatSeconds !== undefined) {
    if (resource.kind === 'lambda') hidden.heartbeatSeconds = heartbeatSeconds;
    else details.heartbeatInSeconds = heartbeatSeconds;
  }
  if (schedule.credentialsRoleArn !== undefined) {
    details.taskCredentials = { roleArn: schedule.credentialsRoleArn };
  }
  if (resource.kind === 'integration') hidden.resource = resource.arn;
  return draft(TASK[resource.kind].scheduled, details, hidden);
}

/**
 * Hidden: `attempt`; `due`, the attempt's first deadline (absent = none), and `heartbeat`, true where
 * that is the heartbeat's.
 */
export function taskStarted(
  resource: Resource,
  attempt: number,
  deadline: Deadline,
  workerName: string | undefined,
): Draft {
  const hidden = deadlineFields(attempt, deadline);
  const type = TASK[resource.kind].started;
  if (resource.kind === 'lambda') return draft(type, undefined, hidden);
  if (resource.kind === 'activity') {
    return draft(type, workerName === undefined ? {} : { workerName }, hidden);
  }
  return draft(type, namesOf(resource), hidden);
}

export interface Deadline {
  readonly due: Instant | undefined;
  readonly heartbeat: boolean;
}

function deadlineFields(attempt: number, { due, heartbeat }: Deadline): JsonObject {
  return due === undefined ? { attempt } : { attempt, due, heartbeat };
}

/** Private: a heartbeat came. Hidden as of taskStarted. */
export const taskHeartbeat = (attempt: number, deadline: Deadline): Draft =>
  draft('taskHeartbeat', undefined, deadlineFields(attempt, deadline));

/** Hidden `attempt`. */
export const taskSubmitted = (resource: Resource, attempt: number, output: string): Draft =>
  draft('TaskSubmitted', { ...namesOf(resource), output }, { attempt });

/** Private: an answer came before TaskSubmitted and is applied after it. Hidden: attempt, answer. */
export function answerKept(attempt: number, answer: Answer): Draft {
  const hidden: JsonObject = failureDetails(answer, { attempt, failed: answer.failed });
  if (answer.output !== undefined) hidden.output = answer.output;
  return draft('answerKept', undefined, hidden);
}

/** Hidden `attempt`. */
export function taskSucceeded(resource: Resource, attempt: number, output: string): Draft {
  return draft(TASK[resource.kind].succeeded, { ...namesOf(resource), output }, { attempt });
}

/** Hidden `attempt`. */
export function taskFailed(resource: Resource, attempt: number, failure: Failure): Draft {
  const details = failureDetails(failure, namesOf(resource));
  return draft(TASK[resource.kind].failed, details, { attempt });
}

/** The request of a job or of a callback was not accepted. Hidden `attempt`. */
export function taskSubmitFailed(resource: Resource, attempt: number, failure: Failure): Draft {
  return draft('TaskSubmitFailed', failureDetails(failure, namesOf(resource)), { attempt });
}

/** Hidden `attempt`. A heartbeat that stays away shows as the same error (recorded). */
export function taskTimedOut(resource: Resource, attempt: number): Draft {
  const details = failureDetails({ error: 'States.Timeout' }, namesOf(resource));
  return draft(TASK[resource.kind].timedOut, details, { attempt });
}

function namesOf(resource: Resource): JsonObject {
  if (resource.kind !== 'integration') return {};
  return { resourceType: resource.service, resource: resource.action };
}

// Parallel and Map

/** Hidden: `branches`, their number; `input`, JSON text, where it is not the state's own. */
export const parallelStarted = (branches: number, input: string | undefined): Draft =>
  draft(
    'ParallelStateStarted',
    undefined,
    input === undefined ? { branches } : { branches, input },
  );

/**
 * Hidden: `concurrency`, iterations at once; `input`, JSON text of the effective input where it is
 * not the state's own; `items`, JSON text of the array where that is not the effective input; `keys`,
 * the names of the items where they come from an object.
 */
export function mapStarted(
  length: number,
  concurrency: number,
  extra: {
    readonly items?: string | undefined;
    readonly input?: string | undefined;
    readonly keys?: readonly string[] | undefined;
  },
): Draft {
  const hidden: JsonObject = { concurrency };
  if (extra.items !== undefined) hidden.items = extra.items;
  if (extra.input !== undefined) hidden.input = extra.input;
  if (extra.keys !== undefined) hidden.keys = [...extra.keys];
  return draft('MapStateStarted', { length }, hidden);
}

/** The scope of these four is the iteration's. */
export const iterationStarted = (name: string, index: number): Draft =>
  draft('MapIterationStarted', { name, index });
export const iterationSucceeded = (name: string, index: number): Draft =>
  draft('MapIterationSucceeded', { name, index });
export const iterationFailed = (name: string, index: number): Draft =>
  draft('MapIterationFailed', { name, index });
export const iterationAborted = (name: string, index: number): Draft =>
  draft('MapIterationAborted', { name, index });

/** Hidden `note`: the MapRunOrder. Its id is the attempt. */
export const mapRunStarted = (mapRunArn: string, note: JsonObject): Draft =>
  draft('MapRunStarted', { mapRunArn }, { note });
/** Hidden `note`: the MapRunRedrive. Its id is the attempt from now on. */
export const mapRunRedriven = (mapRunArn: string, redriveCount: number, note: JsonObject): Draft =>
  draft('MapRunRedriven', { mapRunArn, redriveCount }, { note });
/** Hidden `attempt`, of these two. */
export const mapRunSucceeded = (attempt: number): Draft =>
  draft('MapRunSucceeded', undefined, { attempt });
export const mapRunFailed = (attempt: number, failure: Failure): Draft =>
  draft('MapRunFailed', failureDetails(failure), { attempt });
export const mapRunAborted = (): Draft => draft('MapRunAborted');

type Container = 'Parallel' | 'Map';
export const childrenSucceeded = (type: Container): Draft => draft(`${type}StateSucceeded`);
export const childrenFailed = (type: Container): Draft => draft(`${type}StateFailed`);
/** A state that was open when a sibling branch or iteration failed. */
export const stateAborted = (type: Container | 'Task' | 'Wait'): Draft =>
  draft(`${type}StateAborted`);

/**
 * Private: every branch or iteration of the scope's open state is over, because one has failed, or
 * the state itself. Hidden `last`: the failing event, which the scope's next event points at.
 */
export const childrenClosed = (last: number): Draft => draft('childrenClosed', undefined, { last });

const TASK = {
  integration: names('Task'),
  lambda: names('LambdaFunction'),
  activity: names('Activity'),
};

function names(prefix: string) {
  return {
    scheduled: `${prefix}Scheduled`,
    started: `${prefix}Started`,
    succeeded: `${prefix}Succeeded`,
    failed: `${prefix}Failed`,
    timedOut: `${prefix}TimedOut`,
  };
}
