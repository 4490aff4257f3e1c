/**
 * One constructor for every type of record; what each holds is said in record.ts. `…Details` members
 * that never vary (inputDetails, outputDetails, assignedVariablesDetails) are added by the views.
 *
 * A draft has no id, time and scope yet; the fold gives them (fold.ts).
 */
import type { StateType } from '../asl/machine.ts';
import type { Resource } from '../asl/resource.ts';
import { invariant } from '../ground/invariant.ts';
import type { Instant } from '../ground/time.ts';
import type { MapRunOrder, MapRunRedrive } from './maprun-order.ts';
import type {
  AbortableType,
  Assigned,
  CallNames,
  Failure,
  OfDeadline,
  OrderFields,
  RecordBase,
  Records,
  RecordType,
  WorkLimits,
} from './record.ts';
import type { Answer, ExecutionFacts } from './state.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export type Draft = {
  [T in RecordType]: Writable<RecordBase> & { readonly type: T } & Records[T];
}[RecordType];

/** All members are there and in one order, which is that of the stored text. */
function draft<T extends RecordType>(
  type: T,
  details: Records[T]['details'],
  hidden: Records[T]['hidden'],
): Draft {
  const made = { type, id: 0, previousEventId: 0, at: 0, details, scope: '', hidden };
  // That the three belong together is what the parameters say.
  return made as Draft;
}

function failureDetails<T extends object>(failure: Failure, details: T): T & Failure {
  const told: T & Writable<Failure> = details;
  if (failure.error !== undefined) told.error = failure.error;
  if (failure.cause !== undefined) told.cause = failure.cause;
  return told;
}

const ENTERED: { readonly [T in StateType]: `${T}StateEntered` } = {
  Pass: 'PassStateEntered',
  Task: 'TaskStateEntered',
  Choice: 'ChoiceStateEntered',
  Wait: 'WaitStateEntered',
  Succeed: 'SucceedStateEntered',
  Fail: 'FailStateEntered',
  Parallel: 'ParallelStateEntered',
  Map: 'MapStateEntered',
};

const EXITED: { readonly [T in Exclude<StateType, 'Fail'>]: `${T}StateExited` } = {
  Pass: 'PassStateExited',
  Task: 'TaskStateExited',
  Choice: 'ChoiceStateExited',
  Wait: 'WaitStateExited',
  Succeed: 'SucceedStateExited',
  Parallel: 'ParallelStateExited',
  Map: 'MapStateExited',
};

// The execution

export function executionStarted(facts: ExecutionFacts, input: string, deadline: Instant): Draft {
  const details: Writable<Records['ExecutionStarted']['details']> = {
    input,
    roleArn: facts.roleArn,
  };
  if (facts.aliasArn) details.stateMachineAliasArn = facts.aliasArn;
  if (facts.versionArn) details.stateMachineVersionArn = facts.versionArn;
  return draft('ExecutionStarted', details, { deadline });
}

export const executionSucceeded = (output: string): Draft =>
  draft('ExecutionSucceeded', { output }, undefined);
export const executionFailed = (failure: Failure): Draft =>
  draft('ExecutionFailed', failureDetails(failure, {}), undefined);
export const executionAborted = (failure: Failure): Draft =>
  draft('ExecutionAborted', failureDetails(failure, {}), undefined);
export const executionTimedOut = (): Draft =>
  draft('ExecutionTimedOut', { error: 'States.Timeout' }, undefined);

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

export const foldContinues = (): Draft => draft('continue', undefined, undefined);

// States

export const stateEntered = (type: StateType, name: string, input: string): Draft =>
  draft(ENTERED[type], { name, input }, undefined);

export function stateExited(
  type: StateType,
  name: string,
  output: string,
  assigned: Assigned | undefined,
  ends: boolean,
): Draft {
  invariant(type !== 'Fail', 'nothing is left by a Fail');
  const details: Writable<Records['PassStateExited']['details']> = { name, output };
  if (assigned) details.assignedVariables = assigned;
  return draft(EXITED[type], details, ends ? { ends } : undefined);
}

export function evaluationFailed(
  state: string,
  failure: { readonly error: string; readonly cause: string; readonly location?: string },
): Draft {
  const { error, cause, location } = failure;
  const place = location === undefined ? {} : { location };
  return draft('EvaluationFailed', { error, cause, ...place, state }, undefined);
}

// Timers

export const timerStarted = (attempt: number, due: Instant, retrier?: number): Draft =>
  draft(
    'timerStarted',
    undefined,
    retrier === undefined ? { attempt, due } : { attempt, due, retrier },
  );

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

export function taskScheduled(schedule: Schedule): Draft {
  const { resource, parameters } = schedule;
  const { arn, kind } = resource;
  const hidden = orderFields(schedule);
  if (kind !== 'integration') {
    const type = kind === 'lambda' ? 'LambdaFunctionScheduled' : 'ActivityScheduled';
    return draft(type, limited(schedule, { resource: arn, input: parameters }), hidden);
  }
  const { service: resourceType, action } = resource;
  const details = { resourceType, resource: action, region: schedule.region, parameters };
  return draft('TaskScheduled', limited(schedule, details), hidden);
}

/** Adds what limits the work. Of a function's heartbeat AWS's event does not tell. */
function limited<T extends object>(schedule: Schedule, details: T): T & WorkLimits {
  const { timeoutSeconds, heartbeatSeconds, credentialsRoleArn } = schedule;
  const shown: T & Writable<WorkLimits> = details;
  if (timeoutSeconds !== undefined) shown.timeoutInSeconds = timeoutSeconds;
  if (heartbeatSeconds !== undefined && schedule.resource.kind !== 'lambda') {
    shown.heartbeatInSeconds = heartbeatSeconds;
  }
  if (credentialsRoleArn !== undefined) shown.taskCredentials = { roleArn: credentialsRoleArn };
  return shown;
}

function orderFields(schedule: Schedule): OrderFields {
  const { stateName, retryCount, token, mock, resource, heartbeatSeconds } = schedule;
  const fields: Writable<OrderFields> = { stateName };
  if (retryCount > 0) fields.retryCount = retryCount;
  if (token !== undefined) fields.token = token;
  if (mock !== undefined) fields.mock = mock;
  if (resource.kind === 'integration') fields.resource = resource.arn;
  else if (resource.kind === 'lambda' && heartbeatSeconds !== undefined) {
    fields.heartbeatSeconds = heartbeatSeconds;
  }
  return fields;
}

export function taskStarted(
  resource: Resource,
  attempt: number,
  deadline: Deadline,
  workerName: string | undefined,
): Draft {
  const hidden = deadlineFields(attempt, deadline);
  switch (resource.kind) {
    case 'lambda':
      return draft('LambdaFunctionStarted', undefined, hidden);
    case 'activity':
      return draft('ActivityStarted', workerName === undefined ? {} : { workerName }, hidden);
    case 'integration':
      return draft('TaskStarted', namesOf(resource), hidden);
  }
}

export interface Deadline {
  readonly due: Instant | undefined;
  readonly heartbeat: boolean;
}

function deadlineFields(attempt: number, { due, heartbeat }: Deadline): OfDeadline {
  return due === undefined ? { attempt } : { attempt, due, heartbeat };
}

export const taskHeartbeat = (attempt: number, deadline: Deadline): Draft =>
  draft('taskHeartbeat', undefined, deadlineFields(attempt, deadline));

export const taskSubmitted = (resource: Resource, attempt: number, output: string): Draft =>
  draft('TaskSubmitted', { ...namesOf(resource), output }, { attempt });

export function answerKept(attempt: number, answer: Answer): Draft {
  const { failed, output } = answer;
  const hidden = failureDetails(answer, { attempt, failed });
  return draft('answerKept', undefined, output === undefined ? hidden : { ...hidden, output });
}

export function taskSucceeded(resource: Resource, attempt: number, output: string): Draft {
  return draft(WORK[resource.kind].succeeded, { ...namesOf(resource), output }, { attempt });
}

export function taskFailed(resource: Resource, attempt: number, failure: Failure): Draft {
  const details = failureDetails(failure, namesOf(resource));
  return draft(WORK[resource.kind].failed, details, { attempt });
}

export function taskSubmitFailed(resource: Resource, attempt: number, failure: Failure): Draft {
  return draft('TaskSubmitFailed', failureDetails(failure, namesOf(resource)), { attempt });
}

/** A heartbeat that stays away shows as the same error (recorded). */
export function taskTimedOut(resource: Resource, attempt: number): Draft {
  const details = failureDetails({ error: 'States.Timeout' }, namesOf(resource));
  return draft(WORK[resource.kind].timedOut, details, { attempt });
}

function namesOf(resource: Resource): CallNames {
  if (resource.kind !== 'integration') return {};
  return { resourceType: resource.service, resource: resource.action };
}

// Parallel and Map

export const parallelStarted = (branches: number, input: string | undefined): Draft =>
  draft(
    'ParallelStateStarted',
    undefined,
    input === undefined ? { branches } : { branches, input },
  );

export function mapStarted(
  length: number,
  concurrency: number,
  extra: {
    readonly items?: string | undefined;
    readonly input?: string | undefined;
    readonly keys?: readonly string[] | undefined;
  },
): Draft {
  const hidden: Writable<Records['MapStateStarted']['hidden']> = { concurrency };
  if (extra.items !== undefined) hidden.items = extra.items;
  if (extra.input !== undefined) hidden.input = extra.input;
  if (extra.keys !== undefined) hidden.keys = [...extra.keys];
  return draft('MapStateStarted', { length }, hidden);
}

/** The scope of these four is the iteration's. */
export const iterationStarted = (name: string, index: number): Draft =>
  draft('MapIterationStarted', { name, index }, undefined);
export const iterationSucceeded = (name: string, index: number): Draft =>
  draft('MapIterationSucceeded', { name, index }, undefined);
export const iterationFailed = (name: string, index: number): Draft =>
  draft('MapIterationFailed', { name, index }, undefined);
export const iterationAborted = (name: string, index: number): Draft =>
  draft('MapIterationAborted', { name, index }, undefined);

export const mapRunStarted = (mapRunArn: string, note: MapRunOrder): Draft =>
  draft('MapRunStarted', { mapRunArn }, { note });
export const mapRunRedriven = (
  mapRunArn: string,
  redriveCount: number,
  note: MapRunRedrive,
): Draft => draft('MapRunRedriven', { mapRunArn, redriveCount }, { note });
export const mapRunSucceeded = (attempt: number): Draft =>
  draft('MapRunSucceeded', undefined, { attempt });
export const mapRunFailed = (attempt: number, failure: Failure): Draft =>
  draft('MapRunFailed', failureDetails(failure, {}), { attempt });
export const mapRunAborted = (): Draft => draft('MapRunAborted', undefined, undefined);

type Container = 'Parallel' | 'Map';
export const childrenSucceeded = (type: Container): Draft =>
  draft(`${type}StateSucceeded`, undefined, undefined);
export const childrenFailed = (type: Container): Draft =>
  draft(`${type}StateFailed`, undefined, undefined);
/** A state that was open when a sibling branch or iteration failed. */
export const stateAborted = (type: AbortableType): Draft =>
  draft(`${type}StateAborted`, undefined, undefined);

export const childrenClosed = (last: number): Draft => draft('childrenClosed', undefined, { last });

const WORK = {
  integration: names('Task'),
  lambda: names('LambdaFunction'),
  activity: names('Activity'),
};

function names<Prefix extends 'Task' | 'LambdaFunction' | 'Activity'>(prefix: Prefix) {
  return {
    succeeded: `${prefix}Succeeded`,
    failed: `${prefix}Failed`,
    timedOut: `${prefix}TimedOut`,
  } as const;
}
