/**
 * Views of single records: the event of GetExecutionHistory and the log event. Private records are
 * not shown. Shapes: API model of Step Functions; log events as recorded.
 */
import type { JsonObject } from '../ground/json.ts';
import { isPrivate } from './event.ts';
import type { HistoryRecord } from './record.ts';

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
  if (!record.details) return event;
  return { ...event, [detailsMember(type)]: detailsOf(record, options) };
}

/** Name of the member that holds the type's details, e.g. `stateEnteredEventDetails`. */
export function detailsMember(type: string): `${string}EventDetails` {
  const state = /^(?:Pass|Task|Choice|Wait|Succeed|Fail|Parallel|Map)(State(?:Entered|Exited))$/;
  const name = state.exec(type)?.[1] ?? type;
  return `${name[0]!.toLowerCase()}${name.slice(1)}EventDetails`;
}

const DETAILS_OF: Readonly<Record<string, string>> = {
  input: 'inputDetails',
  output: 'outputDetails',
  assignedVariables: 'assignedVariablesDetails',
};

/** The details as AWS shows them, with the members that say whether a payload was cut. */
function detailsOf(record: HistoryRecord, options: HistoryOptions): JsonObject {
  const { includeExecutionData, truncate = Number.POSITIVE_INFINITY } = options;
  const shown: JsonObject = {};
  for (const [name, value] of Object.entries(record.details!)) {
    const marker = DETAILS_OF[name];
    if ((marker || name === 'parameters') && !includeExecutionData) continue;
    const cut = typeof value === 'string' && marker !== undefined && value.length > truncate;
    shown[name] = cut ? value.slice(0, truncate) : value;
    if (marker) shown[marker] = { truncated: cut };
  }
  return shown;
}

export type LogLevel = 'ALL' | 'ERROR' | 'FATAL' | 'OFF';

const FATAL = /^Execution(Aborted|Failed|TimedOut)$/;
const ERROR =
  /^(FailStateEntered|EvaluationFailed|(Task|Wait|Parallel|Map)StateAborted|(Parallel|Map)StateFailed|(LambdaFunction|Activity|Task|MapIteration|MapRun)(Failed|TimedOut|Aborted|StartFailed|SubmitFailed|ScheduleFailed))$/;

/** True where a log of this level shows events of this type. */
export function isLogged(type: string, level: LogLevel): boolean {
  if (level === 'OFF' || isPrivate(type)) return false;
  if (level === 'ALL') return true;
  return FATAL.test(type) || (level === 'ERROR' && ERROR.test(type));
}

export interface LogOptions extends HistoryOptions {
  readonly executionArn: string;
  readonly redriveCount: number;
  readonly mapRunArn?: string | undefined;
}

/** One line of the execution's log. Ids, time and redrive count are texts (recorded). */
export function logEvent(record: HistoryRecord, options: LogOptions): JsonObject {
  const event: JsonObject = {
    id: String(record.id),
    type: record.type,
    details: record.details ? detailsOf(record, options) : {},
    previous_event_id: String(record.previousEventId),
    event_timestamp: String(record.at),
    execution_arn: options.executionArn,
    redrive_count: String(options.redriveCount),
  };
  if (options.mapRunArn) event.map_run_arn = options.mapRunArn;
  return event;
}
