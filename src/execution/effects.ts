/** From a record to its effects; see effect.ts. `null` says that a type has none. */
import type { ClosedStatus, Effect, TaskOrder } from './effect.ts';
import type {
  Failure,
  HistoryRecord,
  OfAttempt,
  OfDeadline,
  OrderFields,
  RecordBase,
  RecordOf,
  RecordType,
  WorkLimits,
} from './record.ts';

type Effects = readonly Effect[];

const NONE: Effects = [];

/** In the order in which they are to be applied. */
export const effectsOf = (record: HistoryRecord): Effects => derive(record);

function derive<T extends RecordType>(record: RecordOf<T>): Effects {
  return EFFECTS[record.type]?.(record) ?? NONE;
}

const task = ({ scope, id, details, hidden }: RecordOf<'TaskScheduled'>): Effects => [
  { type: 'task', scope, attempt: id, order: orderOf(details, hidden, details.parameters) },
];

type WorkScheduled = RecordOf<'LambdaFunctionScheduled' | 'ActivityScheduled'>;

const work = ({ scope, id, details, hidden }: WorkScheduled): Effects => [
  { type: 'task', scope, attempt: id, order: orderOf(details, hidden, details.input) },
];

function orderOf(
  details: WorkLimits & { readonly resource: string },
  hidden: OrderFields,
  parameters: string,
): TaskOrder {
  const { taskCredentials: credentials, timeoutInSeconds: timeout } = details;
  const { token, mock } = hidden;
  const heartbeat = details.heartbeatInSeconds ?? hidden.heartbeatSeconds;
  return {
    resource: hidden.resource ?? details.resource,
    stateName: hidden.stateName,
    parameters,
    retryCount: hidden.retryCount ?? 0,
    ...(token !== undefined && { token }),
    ...(timeout !== undefined && { timeoutSeconds: timeout }),
    ...(heartbeat !== undefined && { heartbeatSeconds: heartbeat }),
    ...(credentials && { credentialsRoleArn: credentials.roleArn }),
    ...(mock !== undefined && { mock }),
  };
}

type Attempted = RecordBase & { readonly hidden: OfAttempt };
type Limited = RecordBase & { readonly hidden: OfDeadline };

const deadline = (record: Limited): Effects =>
  record.hidden.due === undefined ? NONE : moved(record);

/** A heartbeat may also clear the deadline. */
const moved = ({ scope, hidden: { attempt, due, heartbeat } }: Limited): Effects => [
  { type: 'deadline', scope, attempt, due, heartbeat: heartbeat === true },
];

const awaits = ({ scope, hidden: { attempt } }: Attempted): Effects => [
  { type: 'await', scope, attempt },
];

const settle = ({ scope, hidden: { attempt } }: Attempted): Effects => [
  { type: 'settle', scope, attempt },
];

const timer = ({ scope, hidden: { attempt, due } }: RecordOf<'timerStarted'>): Effects => [
  { type: 'timer', scope, attempt, due },
];

const mapRun = ({ scope, id, hidden }: RecordOf<'MapRunStarted' | 'MapRunRedriven'>): Effects => [
  { type: 'mapRun', scope, attempt: id, note: hidden.note },
];

const mapRunOver = ({ scope, hidden: { attempt } }: Attempted): Effects => [
  { type: 'mapRunOver', scope, attempt },
];

const executionDeadline = ({
  hidden,
}: RecordOf<'ExecutionStarted' | 'ExecutionRedriven'>): Effect => ({
  type: 'executionDeadline',
  due: hidden.deadline,
});

type Unsuccessful = RecordBase & { readonly details: Failure };

function fail(status: Exclude<ClosedStatus, 'SUCCEEDED'>) {
  return ({ at, details: { error, cause } }: Unsuccessful): Effects => [
    {
      type: 'finish',
      status,
      at,
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    },
  ];
}

const reopen = (record: RecordOf<'ExecutionRedriven'>): Effects => {
  const { redriveCount } = record.details;
  return [{ type: 'reopen', redriveCount, at: record.at }, executionDeadline(record)];
};

const EFFECTS: {
  readonly [T in RecordType]: ((record: RecordOf<T>) => Effects) | null;
} = {
  ExecutionStarted: (record) => [executionDeadline(record)],
  ExecutionSucceeded: ({ at, details: { output } }) => [
    { type: 'finish', status: 'SUCCEEDED', at, output },
  ],
  ExecutionFailed: fail('FAILED'),
  ExecutionAborted: fail('ABORTED'),
  // The error of a timed out execution lives in its history only (recorded).
  ExecutionTimedOut: ({ at }) => [{ type: 'finish', status: 'TIMED_OUT', at }],
  ExecutionRedriven: reopen,
  continue: () => [{ type: 'continue' }],
  PassStateEntered: null,
  TaskStateEntered: null,
  ChoiceStateEntered: null,
  WaitStateEntered: null,
  SucceedStateEntered: null,
  FailStateEntered: null,
  ParallelStateEntered: null,
  MapStateEntered: null,
  PassStateExited: null,
  TaskStateExited: null,
  ChoiceStateExited: null,
  WaitStateExited: null,
  SucceedStateExited: null,
  ParallelStateExited: null,
  MapStateExited: null,
  EvaluationFailed: null,
  timerStarted: timer,
  timerFired: settle,
  TaskScheduled: task,
  LambdaFunctionScheduled: work,
  ActivityScheduled: work,
  TaskStarted: deadline,
  LambdaFunctionStarted: deadline,
  ActivityStarted: (record) => [...awaits(record), ...deadline(record)],
  taskHeartbeat: moved,
  TaskSubmitted: awaits,
  answerKept: null,
  TaskSucceeded: settle,
  LambdaFunctionSucceeded: settle,
  ActivitySucceeded: settle,
  TaskFailed: settle,
  TaskSubmitFailed: settle,
  LambdaFunctionFailed: settle,
  ActivityFailed: settle,
  TaskTimedOut: settle,
  LambdaFunctionTimedOut: settle,
  ActivityTimedOut: settle,
  TaskStateAborted: null,
  WaitStateAborted: null,
  ParallelStateStarted: null,
  ParallelStateSucceeded: null,
  ParallelStateFailed: null,
  ParallelStateAborted: null,
  MapStateStarted: null,
  MapStateSucceeded: null,
  MapStateFailed: null,
  MapStateAborted: null,
  MapIterationStarted: null,
  MapIterationSucceeded: null,
  MapIterationFailed: null,
  MapIterationAborted: null,
  MapRunStarted: mapRun,
  MapRunRedriven: mapRun,
  MapRunSucceeded: mapRunOver,
  MapRunFailed: mapRunOver,
  MapRunAborted: null,
  childrenClosed: ({ scope }) => [{ type: 'cancel', scope }],
};
