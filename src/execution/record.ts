/**
 * Records: one AWS history event each plus the private fields that AWS's answer leaves out.
 *
 * Records are the journal. GetExecutionHistory, X-Ray segments, log events, metrics and redrive are
 * views of them, and folding them with `evolve` gives an execution's state exactly. `Records` names
 * every type there is and what it holds; what works through all types is a table over `RecordType`,
 * so that a type which one of them forgets does not compile.
 *
 * Stored journals outlive a version: what is said here of a type may grow, never change
 * (test/golden/journals).
 */
import type { StateType } from '../asl/machine.ts';
import type { Json } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { MapRunOrder, MapRunRedrive } from './maprun-order.ts';

/**
 * Where in the execution something happens: '' is the execution itself; entering a branch or an
 * iteration appends `/<entered event id>.<index>`, so that every scope has its own name for ever and
 * the scopes below one share its text as a prefix.
 */
export type ScopePath = string;

/** What every record has. */
export interface RecordBase {
  /** AWS's event id from 1 without a hole; 0 for private records. */
  readonly id: number;
  readonly previousEventId: number;
  readonly at: Instant;
  readonly scope: ScopePath;
}

/** `details`: contents of AWS's `…EventDetails`; `hidden`: private fields. */
type Bare = { readonly details?: undefined; readonly hidden?: undefined };
type Shown<Details> = { readonly details: Details; readonly hidden?: undefined };
type Hidden<Fields> = { readonly details?: undefined; readonly hidden: Fields };
type Both<Details, Fields> = { readonly details: Details; readonly hidden: Fields };

/** What a failure says; both absent where nobody said anything. */
export type Failure = {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
};

/** Names what was pending: the event that began it or, below 0, a timer. */
export type OfAttempt = { readonly attempt: number };

/** The attempt's next deadline (absent = none), and whether that is the heartbeat's. */
export type OfDeadline = OfAttempt & { readonly due?: Instant; readonly heartbeat?: boolean };

/** Of an integration alone; a function and an activity have neither. */
export type CallNames = { readonly resourceType?: string; readonly resource?: string };

/** Payloads are JSON text, here and everywhere. */
type Result = CallNames & { readonly output: string };

interface ExecutionRecords {
  /** `deadline`: when the execution times out. */
  readonly ExecutionStarted: Both<
    {
      readonly input: string;
      readonly roleArn: string;
      readonly stateMachineAliasArn?: string;
      readonly stateMachineVersionArn?: string;
    },
    { readonly deadline: Instant }
  >;
  readonly ExecutionSucceeded: Shown<{ readonly output: string }>;
  readonly ExecutionFailed: Shown<Failure>;
  readonly ExecutionAborted: Shown<Failure>;
  readonly ExecutionTimedOut: Shown<Failure>;
  /** `deadline`: the time counts anew. `clientToken`: the one it was asked for with. */
  readonly ExecutionRedriven: Both<
    { readonly redriveCount: number },
    { readonly deadline: Instant; readonly clientToken?: string }
  >;
  /** The fold has used up its budget and goes on with the signal Continue. */
  readonly continue: Bare;
}

/** JSON text by variable. */
export type Assigned = { readonly [variable: string]: string };

type EnteredRecords = {
  readonly [T in StateType as `${T}StateEntered`]: Shown<{
    readonly name: string;
    readonly input: string;
  }>;
};

/**
 * `assignedVariables`: absent where there are none. `ends` is true where the scope
 * (execution, branch or iteration) is through with this state; its output is the scope's.
 */
type ExitedRecords = {
  readonly [T in Exclude<StateType, 'Fail'> as `${T}StateExited`]: {
    readonly details: {
      readonly name: string;
      readonly output: string;
      readonly assignedVariables?: Assigned;
    };
    readonly hidden?: { readonly ends: true };
  };
};

/** States that can be open when a sibling branch or iteration fails. */
export type AbortableType = 'Task' | 'Wait' | 'Parallel' | 'Map';
type AbortedRecords = { readonly [T in AbortableType as `${T}StateAborted`]: Bare };

interface TimerRecords {
  /**
   * A Wait or a retry's back-off begins. `attempt` names the timer (-1, -2, … through the execution,
   * so that it is never an event id), `due` is when it ends, `retrier` the index of the retrier whose
   * back-off it is.
   */
  readonly timerStarted: Hidden<OfAttempt & { readonly due: Instant; readonly retrier?: number }>;
  readonly timerFired: Hidden<OfAttempt>;
}

export type WorkLimits = {
  readonly timeoutInSeconds?: number;
  readonly heartbeatInSeconds?: number;
  readonly taskCredentials?: { readonly roleArn: string };
};

type WorkScheduled = WorkLimits & { readonly resource: string; readonly input: string };

/** What the event does not show of the order. */
export type OrderFields = {
  readonly stateName: string;
  /** Absent = 0. */
  readonly retryCount?: number;
  /** Where the attempt can be answered by one. */
  readonly token?: string;
  /** The attempt's number among the state's, where a test case answers it. */
  readonly mock?: number;
  /** The definition's text, of an integration. */
  readonly resource?: string;
  /** Of a Lambda function. */
  readonly heartbeatSeconds?: number;
};

/** What the three kinds of work have alike. The id of the …Scheduled event is the attempt. */
type WorkRecords<Prefix extends string> = {
  readonly [T in 'Succeeded' as `${Prefix}${T}`]: Both<Result, OfAttempt>;
} & {
  readonly [T in 'Failed' | 'TimedOut' as `${Prefix}${T}`]: Both<CallNames & Failure, OfAttempt>;
};

interface TaskRecords
  extends WorkRecords<'Task'>,
    WorkRecords<'LambdaFunction'>,
    WorkRecords<'Activity'> {
  readonly TaskScheduled: Both<
    WorkLimits & {
      readonly resourceType: string;
      readonly resource: string;
      readonly region: string;
      readonly parameters: string;
    },
    OrderFields
  >;
  readonly LambdaFunctionScheduled: Both<WorkScheduled, OrderFields>;
  readonly ActivityScheduled: Both<WorkScheduled, OrderFields>;
  readonly TaskStarted: Both<CallNames, OfDeadline>;
  readonly LambdaFunctionStarted: Hidden<OfDeadline>;
  readonly ActivityStarted: Both<{ readonly workerName?: string }, OfDeadline>;
  /** A heartbeat came. */
  readonly taskHeartbeat: Hidden<OfDeadline>;
  readonly TaskSubmitted: Both<Result, OfAttempt>;
  /** The request of a job or of a callback was not accepted. */
  readonly TaskSubmitFailed: Both<CallNames & Failure, OfAttempt>;
  /** An answer came before TaskSubmitted and is applied after it. */
  readonly answerKept: Hidden<
    OfAttempt & Failure & { readonly failed: boolean; readonly output?: string | undefined }
  >;
}

type IterationRecords = {
  readonly [T in 'Started' | 'Succeeded' | 'Failed' | 'Aborted' as `MapIteration${T}`]: Shown<{
    readonly name: string;
    readonly index: number;
  }>;
};

interface ChildrenRecords extends IterationRecords {
  /** `branches`, their number; `input`, where it is not the state's own. */
  readonly ParallelStateStarted: Hidden<{ readonly branches: number; readonly input?: string }>;
  /**
   * `concurrency`, iterations at once; `input`, the effective one where it is not the state's own;
   * `items`, the array where that is not the effective input; `keys`, the names of the items where
   * they come from an object.
   */
  readonly MapStateStarted: Both<
    { readonly length: number },
    {
      readonly concurrency: number;
      readonly items?: string;
      readonly input?: string;
      readonly keys?: readonly string[];
    }
  >;
  readonly ParallelStateSucceeded: Bare;
  readonly ParallelStateFailed: Bare;
  readonly MapStateSucceeded: Bare;
  readonly MapStateFailed: Bare;
  /**
   * Every branch or iteration of the scope's open state is over, because one has failed, or the
   * state itself. `last`: the failing event, which the scope's next event points at.
   */
  readonly childrenClosed: Hidden<{ readonly last: number }>;
  /** Its id is the attempt. */
  readonly MapRunStarted: Both<{ readonly mapRunArn: string }, { readonly note: MapRunOrder }>;
  /** Its id is the attempt from now on. */
  readonly MapRunRedriven: Both<
    { readonly mapRunArn: string; readonly redriveCount: number },
    { readonly note: MapRunRedrive }
  >;
  readonly MapRunSucceeded: Hidden<OfAttempt>;
  readonly MapRunFailed: Both<Failure, OfAttempt>;
  readonly MapRunAborted: Bare;
}

/** Every type by AWS's name, or a name of ours, lower case first, for what AWS does not show. */
export interface Records
  extends ExecutionRecords,
    EnteredRecords,
    ExitedRecords,
    AbortedRecords,
    TimerRecords,
    TaskRecords,
    ChildrenRecords {
  readonly EvaluationFailed: Shown<{
    readonly error: string;
    readonly cause: string;
    readonly location?: string;
    readonly state: string;
  }>;
}

export type RecordType = keyof Records;

/** The record of a type. */
export type RecordOf<T extends RecordType> = {
  readonly [One in T]: RecordBase & { readonly type: One } & Records[One];
}[T];

export type HistoryRecord = RecordOf<RecordType>;

/** Types that AWS does not show. */
export type PrivateType = Extract<RecordType, Uncapitalize<string>>;
export type ShownType = Exclude<RecordType, PrivateType>;

export const isPrivate = (type: RecordType): type is PrivateType => type.charCodeAt(0) >= 97;

/** The details as what they are in JSON, for views that treat all types alike. */
export function detailsIn({ details }: HistoryRecord): {
  readonly [name: string]: Json | undefined;
} {
  return details ?? NO_DETAILS;
}

const NO_DETAILS = {};

/** The payload that the record carries, if any. */
export function payloadOf(record: HistoryRecord): string | undefined {
  const { input, output, parameters } = detailsIn(record);
  const payload = input ?? output ?? parameters;
  return typeof payload === 'string' ? payload : undefined;
}

type EnteredRecord = RecordOf<keyof EnteredRecords>;
type ExitedRecord = RecordOf<keyof ExitedRecords>;

export const isEntered = (record: HistoryRecord): record is EnteredRecord =>
  record.type.endsWith('StateEntered');
export const isExited = (record: HistoryRecord): record is ExitedRecord =>
  record.type.endsWith('StateExited');
