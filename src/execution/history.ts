/**
 * The event of GetExecutionHistory that a record is. Private records are not shown. Shapes: API
 * model of Step Functions.
 */
import type { StateType } from '../asl/machine.ts';
import type { JsonObject } from '../ground/json.ts';
import {
  detailsIn,
  type HistoryRecord,
  type Records,
  type RecordType,
  type ShownType,
} from './record.ts';

export interface HistoryOptions {
  /** False leaves out inputs, outputs, parameters and variables. */
  readonly includeExecutionData: boolean;
  /** Longest payload in UTF-16 units; a longer one is cut and marked as truncated. */
  readonly truncate?: number;
}

/** An event in the shape of the API; the details stand in the member that its type names. */
export interface HistoryEvent {
  readonly timestamp: Date;
  readonly type: string;
  readonly id: number;
  readonly previousEventId: number;
  readonly [details: `${string}EventDetails`]: JsonObject;
}

/** `record` must be numbered. */
export function historyEvent(record: HistoryRecord, options: HistoryOptions): HistoryEvent {
  const { type, id, previousEventId, at } = record;
  const event = { timestamp: new Date(at), type, id, previousEventId };
  const member = detailsMember(type);
  if (member === null || !record.details) return event;
  return { ...event, [member]: shownDetails(record, options) };
}

/** Name of the member that holds the type's details; null where the API has none. */
export const detailsMember = (type: RecordType): `${string}EventDetails` | null => MEMBERS[type];

const DETAILS_OF: Readonly<Record<string, string>> = {
  input: 'inputDetails',
  output: 'outputDetails',
  assignedVariables: 'assignedVariablesDetails',
};

/** The details as AWS shows them, with the members that say whether a payload was cut. */
export function shownDetails(record: HistoryRecord, options: HistoryOptions): JsonObject {
  const { includeExecutionData, truncate = Number.POSITIVE_INFINITY } = options;
  const shown: JsonObject = {};
  for (const [name, value] of Object.entries(detailsIn(record))) {
    if (value === undefined) continue;
    const marker = DETAILS_OF[name];
    if ((marker || name === 'parameters') && !includeExecutionData) continue;
    const cut = typeof value === 'string' && marker !== undefined && value.length > truncate;
    shown[name] = cut ? value.slice(0, truncate) : value;
    if (marker) shown[marker] = { truncated: cut };
  }
  return shown;
}

type MemberOf<T extends ShownType> =
  T extends `${StateType}State${infer Way extends 'Entered' | 'Exited'}`
    ? `state${Way}EventDetails`
    : `${Uncapitalize<T>}EventDetails`;

const MEMBERS: {
  readonly [T in RecordType]: T extends ShownType
    ? Records[T]['details'] extends undefined
      ? null
      : MemberOf<T>
    : null;
} = {
  ExecutionStarted: 'executionStartedEventDetails',
  ExecutionSucceeded: 'executionSucceededEventDetails',
  ExecutionFailed: 'executionFailedEventDetails',
  ExecutionAborted: 'executionAbortedEventDetails',
  ExecutionTimedOut: 'executionTimedOutEventDetails',
  ExecutionRedriven: 'executionRedrivenEventDetails',
  continue: null,
  PassStateEntered: 'stateEnteredEventDetails',
  TaskStateEntered: 'stateEnteredEventDetails',
  ChoiceStateEntered: 'stateEnteredEventDetails',
  WaitStateEntered: 'stateEnteredEventDetails',
  SucceedStateEntered: 'stateEnteredEventDetails',
  FailStateEntered: 'stateEnteredEventDetails',
  ParallelStateEntered: 'stateEnteredEventDetails',
  MapStateEntered: 'stateEnteredEventDetails',
  PassStateExited: 'stateExitedEventDetails',
  TaskStateExited: 'stateExitedEventDetails',
  ChoiceStateExited: 'stateExitedEventDetails',
  WaitStateExited: 'stateExitedEventDetails',
  SucceedStateExited: 'stateExitedEventDetails',
  ParallelStateExited: 'stateExitedEventDetails',
  MapStateExited: 'stateExitedEventDetails',
  EvaluationFailed: 'evaluationFailedEventDetails',
  timerStarted: null,
  timerFired: null,
  TaskScheduled: 'taskScheduledEventDetails',
  LambdaFunctionScheduled: 'lambdaFunctionScheduledEventDetails',
  ActivityScheduled: 'activityScheduledEventDetails',
  TaskStarted: 'taskStartedEventDetails',
  LambdaFunctionStarted: null,
  ActivityStarted: 'activityStartedEventDetails',
  taskHeartbeat: null,
  TaskSubmitted: 'taskSubmittedEventDetails',
  answerKept: null,
  TaskSucceeded: 'taskSucceededEventDetails',
  LambdaFunctionSucceeded: 'lambdaFunctionSucceededEventDetails',
  ActivitySucceeded: 'activitySucceededEventDetails',
  TaskFailed: 'taskFailedEventDetails',
  TaskSubmitFailed: 'taskSubmitFailedEventDetails',
  LambdaFunctionFailed: 'lambdaFunctionFailedEventDetails',
  ActivityFailed: 'activityFailedEventDetails',
  TaskTimedOut: 'taskTimedOutEventDetails',
  LambdaFunctionTimedOut: 'lambdaFunctionTimedOutEventDetails',
  ActivityTimedOut: 'activityTimedOutEventDetails',
  TaskStateAborted: null,
  WaitStateAborted: null,
  ParallelStateStarted: null,
  ParallelStateSucceeded: null,
  ParallelStateFailed: null,
  ParallelStateAborted: null,
  MapStateStarted: 'mapStateStartedEventDetails',
  MapStateSucceeded: null,
  MapStateFailed: null,
  MapStateAborted: null,
  MapIterationStarted: 'mapIterationStartedEventDetails',
  MapIterationSucceeded: 'mapIterationSucceededEventDetails',
  MapIterationFailed: 'mapIterationFailedEventDetails',
  MapIterationAborted: 'mapIterationAbortedEventDetails',
  MapRunStarted: 'mapRunStartedEventDetails',
  MapRunRedriven: 'mapRunRedrivenEventDetails',
  MapRunSucceeded: null,
  MapRunFailed: 'mapRunFailedEventDetails',
  MapRunAborted: null,
  childrenClosed: null,
};
