/** From a record to its effects; see effect.ts. */
import type { JsonObject } from '../ground/json.ts';
import type { ClosedStatus, Effect, TaskOrder } from './effect.ts';
import type { HistoryRecord } from './record.ts';

const NONE: readonly Effect[] = [];

/** In the order in which they are to be applied. */
export function effectsOf(record: HistoryRecord): readonly Effect[] {
  return EFFECTS.get(record.type)?.(record) ?? NONE;
}

type Derive = (record: HistoryRecord) => readonly Effect[];

const task: Derive = (record) => [
  { type: 'task', scope: record.scope, attempt: record.id, order: orderOf(record) },
];

function orderOf(record: HistoryRecord): TaskOrder {
  const details = record.details as JsonObject;
  const hidden = record.hidden as JsonObject;
  const credentials = details.taskCredentials as { roleArn: string } | undefined;
  const timeout = details.timeoutInSeconds as number | undefined;
  const heartbeat = (details.heartbeatInSeconds ?? hidden.heartbeatSeconds) as number | undefined;
  return {
    resource: (hidden.resource ?? details.resource) as string,
    stateName: hidden.stateName as string,
    parameters: (details.parameters ?? details.input) as string,
    retryCount: (hidden.retryCount as number | undefined) ?? 0,
    ...(hidden.token !== undefined && { token: hidden.token as string }),
    ...(timeout !== undefined && { timeoutSeconds: timeout }),
    ...(heartbeat !== undefined && { heartbeatSeconds: heartbeat }),
    ...(credentials && { credentialsRoleArn: credentials.roleArn }),
    ...(hidden.mock !== undefined && { mock: hidden.mock as number }),
  };
}

const deadline: Derive = ({ type, scope, hidden }) => {
  const { attempt, due, heartbeat } = hidden as {
    attempt: number;
    due?: number;
    heartbeat?: boolean;
  };
  if (due === undefined && type !== 'taskHeartbeat') return NONE;
  return [{ type: 'deadline', scope, attempt, due, heartbeat: heartbeat === true }];
};

const awaits: Derive = ({ scope, hidden }) => [
  { type: 'await', scope, attempt: (hidden as JsonObject).attempt as number },
];

const settle: Derive = ({ scope, hidden }) => [
  { type: 'settle', scope, attempt: (hidden as JsonObject).attempt as number },
];

const timer: Derive = ({ scope, hidden }) => {
  const { attempt, due } = hidden as { attempt: number; due: number };
  return [{ type: 'timer', scope, attempt, due }];
};

const mapRun: Derive = ({ scope, id, hidden }) => [
  { type: 'mapRun', scope, attempt: id, note: (hidden as JsonObject).note as JsonObject },
];

const mapRunOver: Derive = ({ scope, hidden }) => [
  { type: 'mapRunOver', scope, attempt: (hidden as JsonObject).attempt as number },
];

const executionDeadline = ({ hidden }: HistoryRecord): Effect => ({
  type: 'executionDeadline',
  due: (hidden as JsonObject).deadline as number,
});

function finish(status: ClosedStatus): Derive {
  return ({ at, details }) => {
    const { output, error, cause } = (details ?? {}) as Record<string, string | undefined>;
    // The error of a timed out execution lives in its history only (recorded).
    const told = status === 'TIMED_OUT' ? {} : { error, cause };
    return [{ type: 'finish', status, at, ...given({ output, ...told }) }];
  };
}

function given(fields: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(fields).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(entries) as Record<string, string>;
}

const reopen: Derive = (record) => {
  const redriveCount = (record.details as JsonObject).redriveCount as number;
  return [{ type: 'reopen', redriveCount, at: record.at }, executionDeadline(record)];
};

const EFFECTS: ReadonlyMap<string, Derive> = new Map<string, Derive>([
  ['ExecutionStarted', (record) => [executionDeadline(record)]],
  ['ExecutionSucceeded', finish('SUCCEEDED')],
  ['ExecutionFailed', finish('FAILED')],
  ['ExecutionAborted', finish('ABORTED')],
  ['ExecutionTimedOut', finish('TIMED_OUT')],
  ['ExecutionRedriven', reopen],
  ['TaskScheduled', task],
  ['LambdaFunctionScheduled', task],
  ['ActivityScheduled', task],
  ['TaskStarted', deadline],
  ['LambdaFunctionStarted', deadline],
  ['ActivityStarted', (record) => [...awaits(record), ...deadline(record)]],
  ['taskHeartbeat', deadline],
  ['TaskSubmitted', awaits],
  ['TaskSucceeded', settle],
  ['LambdaFunctionSucceeded', settle],
  ['ActivitySucceeded', settle],
  ['TaskFailed', settle],
  ['TaskSubmitFailed', settle],
  ['LambdaFunctionFailed', settle],
  ['ActivityFailed', settle],
  ['TaskTimedOut', settle],
  ['LambdaFunctionTimedOut', settle],
  ['ActivityTimedOut', settle],
  ['timerStarted', timer],
  ['timerFired', settle],
  ['MapRunStarted', mapRun],
  ['MapRunRedriven', mapRun],
  ['MapRunSucceeded', mapRunOver],
  ['MapRunFailed', mapRunOver],
  ['childrenClosed', ({ scope }) => [{ type: 'cancel', scope }]],
  ['continue', () => [{ type: 'continue' }]],
]);
