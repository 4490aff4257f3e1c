/**
 * Executions: their heads, their journals and the work they wait for. One aggregate, because one
 * commit moves all three.
 *
 * `seq` counts an execution's commits and is the fence: a commit with another `expectedSeq` than
 * the stored one is refused as a whole. Returned objects belong to the caller.
 */
import type { ExecutionStatus } from '../../execution/effect.ts';
import type { ChildEnding } from '../../execution/maprun.ts';
import type { HistoryRecord, ScopePath } from '../../execution/record.ts';
import type { Page } from '../../ground/page.ts';
import type { Instant } from '../../ground/time.ts';

export interface ExecutionHead {
  /** Internal number; the ARN is stored once. */
  readonly id: number;
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly roleArn: string;
  /** Hash of the definition this execution runs. */
  readonly definitionHash: string;
  readonly revisionId?: string;
  /** Of the mock configuration, that answers in place of some tasks. */
  readonly testCase?: string;
  /** When the revision it runs came into being. */
  readonly revisedAt?: Instant;
  readonly versionArn?: string;
  readonly aliasArn?: string;
  readonly mapRunArn?: string;
  /** Of a child of a Map Run: the run's id, its number in it, how many items it was given. */
  readonly mapItem?: { readonly run: number; readonly index: number; readonly items: number };
  readonly input: string;
  readonly startedAt: Instant;
  /** Who waits for this execution to end (`.sync`): an execution's id, scope and attempt. */
  readonly parent?: { readonly id: number; readonly scope: ScopePath; readonly attempt: number };
  /** Trace header as given by the caller of StartExecution. */
  readonly traceHeader?: string;
  /** `Root=…;Parent=…;Sampled=…` this execution works under; undefined = not traced. */
  readonly trace?: {
    readonly traceId: string;
    readonly parentId?: string;
    readonly sampled: boolean;
  };
  readonly tracingEnabled: boolean;
  /** JSON of the logging configuration in force at the start; undefined = OFF. */
  readonly logging?: string;

  readonly seq: number;
  readonly status: ExecutionStatus;
  readonly stoppedAt?: Instant;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly redriveCount: number;
  readonly redrivenAt?: Instant;
}

/** Fields that a commit may change; one that is present and undefined is cleared. */
export type HeadChange = Partial<
  Pick<
    ExecutionHead,
    'status' | 'stoppedAt' | 'output' | 'error' | 'cause' | 'redriveCount' | 'redrivenAt'
  >
>;

/**
 * `ready`: to be claimed. `owned`: the node with this epoch is at it. `waiting`: for a token, a
 * child, an activity worker, or only for `due`.
 */
export type WorkStatus = 'ready' | 'owned' | 'waiting';
export type WorkKind =
  | 'task'
  | 'timer'
  | 'executionDeadline'
  | 'continue'
  | 'childEnded'
  /** A Map Run is under way; owned by the process that runs it. */
  | 'mapRun'
  | 'mapRunEnded';

export interface WorkRow {
  readonly execution: number;
  readonly scope: ScopePath;
  readonly attempt: number;
  readonly kind: WorkKind;
  readonly status: WorkStatus;
  /** Of the node that owns it, or that will look at it while it lives; 0 = any. */
  readonly epoch: number;
  readonly due?: Instant;
  /** JSON of what the kind needs (a TaskOrder, a child's outcome). */
  readonly payload?: string;
  /** Activity ARN, where the row waits for one of its workers. */
  readonly activity?: string;
}

export type WorkKey = Pick<WorkRow, 'execution' | 'scope' | 'attempt' | 'kind'>;

/** What one commit does to the execution's work, applied in this order. */
export interface WorkChange {
  /** Scopes whose rows, and those of the scopes below, go. */
  readonly cancel: readonly ScopePath[];
  readonly remove: readonly Omit<WorkKey, 'execution'>[];
  /** Inserts or replaces. */
  readonly put: readonly Omit<WorkRow, 'execution'>[];
  /** True: no row of this execution stays (it ended). */
  readonly clear: boolean;
}

export interface Commit {
  readonly execution: number;
  readonly expectedSeq: number;
  /** Written as one journal row. */
  readonly records: readonly HistoryRecord[];
  readonly head?: HeadChange;
  readonly work: WorkChange;
  /**
   * Rows of other executions that this commit inserts: a finished child tells its parent. One that
   * has stopped is told nothing.
   */
  readonly tell?: readonly WorkRow[];
  /** A child of a Map Run has closed: what its run is to count. */
  readonly ended?: { readonly run: number; readonly child: ChildEnding };
  /** True: no projector wants these records, so `projected` moves along with `seq`. */
  readonly projected?: boolean;
}

export interface ListQuery {
  readonly account: string;
  readonly region: string;
  readonly machineArn?: string;
  readonly versionArn?: string;
  readonly aliasArn?: string;
  readonly mapRunArn?: string;
  readonly type?: 'STANDARD' | 'EXPRESS';
  readonly status?: ExecutionStatus;
  readonly redriven?: boolean;
  /** Part of the name; ASCII letters in either case. */
  readonly nameContains?: string;
  /** Both inclusive. */
  readonly startedFrom?: Instant;
  readonly startedTo?: Instant;
  readonly limit: number;
  readonly token?: string;
}

export interface ExecutionStore {
  /** An id nobody else uses. */
  nextId(): number;
  /**
   * The head with the first commit. Where the ARN exists nothing is written and the existing head
   * comes back.
   */
  create(head: ExecutionHead, commit: Commit): Promise<{ existing: ExecutionHead | undefined }>;
  commit(commit: Commit): Promise<'ok' | 'conflict'>;
  /**
   * The head, all records for folding, and the rows it waits for; undefined where there is none.
   */
  load(
    id: number,
  ): Promise<{ head: ExecutionHead; records: HistoryRecord[]; work: WorkRow[] } | undefined>;
  /** What can be had of it where its records cannot be read. */
  outline(
    id: number,
  ): Promise<{ head: ExecutionHead; lastEventId: number; work: WorkRow[] } | undefined>;
  headByArn(arn: string): Promise<ExecutionHead | undefined>;
  /** Numbered records from event id `from` on (descending from `from` down when `reverse`). */
  history(
    id: number,
    page: { from: number; limit: number; reverse: boolean },
  ): Promise<HistoryRecord[]>;
  /**
   * Most recent first: running ones by their start or redrive, others by their end. Throws AWS's
   * InvalidToken where the token is not one of this query.
   */
  list(query: ListQuery): Promise<Page<ExecutionHead>>;
  /** Children of a Map Run with ids above `after`, by id; without one, the last ones backwards. */
  children(mapRunArn: string, after: number | undefined, limit: number): Promise<ExecutionHead[]>;

  /**
   * Rows that are ready, then those waiting with a due time up to `now` by due time; the older of
   * equal ones first. Not changed. What the nodes `others` will look at is left out.
   */
  due(now: Instant, limit: number, others?: readonly number[]): Promise<WorkRow[]>;
  /** The earliest due time after `now` of such a waiting row, for the next wake-up. */
  nextDue(now: Instant, others?: readonly number[]): Promise<Instant | undefined>;
  /** Rows owned by nodes other than the live ones, oldest first. */
  lost(live: readonly number[], limit: number): Promise<WorkRow[]>;
  /** One pending row, or undefined. */
  work(key: WorkKey): Promise<WorkRow | undefined>;
  /** Oldest rows that wait for a worker of this activity. */
  activityQueue(activity: string, limit: number): Promise<WorkRow[]>;
  /**
   * Makes `epoch` the owner of a row that is as it was read: owned by nobody, or by that node. False
   * where it is gone or taken.
   */
  own(row: WorkKey & Pick<WorkRow, 'epoch'>, epoch: number): Promise<boolean>;

  /** How far projectors have seen these executions; never moves back. */
  markProjected(marks: readonly { readonly id: number; readonly seq: number }[]): Promise<void>;
  /** Heads whose `projected` is behind their `seq`. */
  behind(limit: number): Promise<{ head: ExecutionHead; projected: number }[]>;
  /** Deletes closed executions that ended before `before`, at most `limit`; answers how many. */
  prune(before: Instant, limit: number): Promise<number>;
  /** Deletes one execution that is closed. */
  forget(id: number): Promise<void>;
  counts(): Promise<{ open: number; closed: number }>;
  /** Standard executions that run, without children of Map Runs; places that have some. */
  running(): Promise<{ account: string; region: string; count: number }[]>;
}
