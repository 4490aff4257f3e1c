/** The line of an execution's log that a record is, and from which level on it is there. */
import type { JsonObject } from '../ground/json.ts';
import { type HistoryOptions, shownDetails } from './history.ts';
import type { HistoryRecord, PrivateType, RecordType } from './record.ts';

export type LogLevel = 'ALL' | 'ERROR' | 'FATAL' | 'OFF';

/** True where a log of this level shows events of this type. */
export function isLogged(type: RecordType, level: LogLevel): boolean {
  const from = LEVELS[type];
  return from !== null && level !== 'OFF' && RANK[from] >= RANK[level];
}

const RANK = { ALL: 0, ERROR: 1, FATAL: 2 } as const;

export interface LogOptions extends HistoryOptions {
  readonly executionArn: string;
  readonly redriveCount: number;
  readonly mapRunArn?: string | undefined;
}

/** Ids, time and redrive count are texts (recorded). */
export function logEvent(record: HistoryRecord, options: LogOptions): JsonObject {
  const event: JsonObject = {
    id: String(record.id),
    type: record.type,
    details: shownDetails(record, options),
    previous_event_id: String(record.previousEventId),
    event_timestamp: String(record.at),
    execution_arn: options.executionArn,
    redrive_count: String(options.redriveCount),
  };
  if (options.mapRunArn) event.map_run_arn = options.mapRunArn;
  return event;
}

/** The last level that shows the type; null where AWS does not know it. Levels as recorded. */
const LEVELS: {
  readonly [T in RecordType]: T extends PrivateType ? null : Exclude<LogLevel, 'OFF'>;
} = {
  ExecutionStarted: 'ALL',
  ExecutionSucceeded: 'ALL',
  ExecutionFailed: 'FATAL',
  ExecutionAborted: 'FATAL',
  ExecutionTimedOut: 'FATAL',
  ExecutionRedriven: 'ALL',
  continue: null,
  PassStateEntered: 'ALL',
  TaskStateEntered: 'ALL',
  ChoiceStateEntered: 'ALL',
  WaitStateEntered: 'ALL',
  SucceedStateEntered: 'ALL',
  FailStateEntered: 'ERROR',
  ParallelStateEntered: 'ALL',
  MapStateEntered: 'ALL',
  PassStateExited: 'ALL',
  TaskStateExited: 'ALL',
  ChoiceStateExited: 'ALL',
  WaitStateExited: 'ALL',
  SucceedStateExited: 'ALL',
  ParallelStateExited: 'ALL',
  MapStateExited: 'ALL',
  EvaluationFailed: 'ERROR',
  timerStarted: null,
  timerFired: null,
  TaskScheduled: 'ALL',
  LambdaFunctionScheduled: 'ALL',
  ActivityScheduled: 'ALL',
  TaskStarted: 'ALL',
  LambdaFunctionStarted: 'ALL',
  ActivityStarted: 'ALL',
  taskHeartbeat: null,
  TaskSubmitted: 'ALL',
  answerKept: null,
  TaskSucceeded: 'ALL',
  LambdaFunctionSucceeded: 'ALL',
  ActivitySucceeded: 'ALL',
  TaskFailed: 'ERROR',
  TaskSubmitFailed: 'ERROR',
  LambdaFunctionFailed: 'ERROR',
  ActivityFailed: 'ERROR',
  TaskTimedOut: 'ERROR',
  LambdaFunctionTimedOut: 'ERROR',
  ActivityTimedOut: 'ERROR',
  TaskStateAborted: 'ERROR',
  WaitStateAborted: 'ERROR',
  ParallelStateStarted: 'ALL',
  ParallelStateSucceeded: 'ALL',
  ParallelStateFailed: 'ERROR',
  ParallelStateAborted: 'ERROR',
  MapStateStarted: 'ALL',
  MapStateSucceeded: 'ALL',
  MapStateFailed: 'ERROR',
  MapStateAborted: 'ERROR',
  MapIterationStarted: 'ALL',
  MapIterationSucceeded: 'ALL',
  MapIterationFailed: 'ERROR',
  MapIterationAborted: 'ERROR',
  MapRunStarted: 'ALL',
  MapRunRedriven: 'ALL',
  MapRunSucceeded: 'ALL',
  MapRunFailed: 'ERROR',
  MapRunAborted: 'ERROR',
  childrenClosed: null,
};
