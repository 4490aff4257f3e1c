/**
 * The Map Run of a distributed Map: how far it has come with its items, how its children ended, how
 * many may run and fail. An aggregate of its own beside the execution whose state began it, moved
 * by `decideMapRun` alone. AWS keeps no history of it, so the state itself is what is stored.
 *
 * Children are ordinary executions; a child is known here by its number, from 0.
 */
import type { Json } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { ClosedStatus } from './effect.ts';
import type { Limits } from './limits.ts';
import type { MapRunOrder } from './maprun-order.ts';

/** How far the items have been taken. */
export interface MapRunCursor {
  readonly children: number;
  readonly items: number;
  /** Where the reader goes on; its own business. */
  readonly position: Json;
  /** There are no more. */
  readonly done: boolean;
}

export interface Tally {
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly aborted: number;
}

/**
 * `running`: takes items. `stopping`: takes none and stops its children. `gathering`: no child runs;
 * the result is put together. `closed`: over.
 */
export type MapRunStage = 'running' | 'stopping' | 'gathering' | 'closed';

export interface MapRunState {
  readonly stage: MapRunStage;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  /** The event of the parent that began it, or went on with it. */
  readonly attempt: number;
  readonly startedAt: Instant;
  readonly stoppedAt?: Instant;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount?: number;
  readonly toleratedFailurePercentage?: number;
  /** Number of all items, where it is known before they are taken. */
  readonly total?: number;
  readonly cursor: MapRunCursor;
  readonly executions: Tally;
  readonly items: Tally;
  /** Those that failed before a redrive and wait for their turn in it. */
  readonly redrive?: Redriving;
  readonly failure?: { readonly error: string; readonly cause: string };
  readonly redriveCount: number;
  readonly redrivenAt?: Instant;
}

export interface Redriving {
  /** Id of the last execution that has been looked at. */
  readonly after: number;
  readonly executions: number;
  readonly items: number;
}

export interface ChildEnding {
  readonly index: number;
  /** Id of the execution. */
  readonly execution: number;
  /** Its number of items. */
  readonly items: number;
  readonly status: ClosedStatus;
  /** It had been redriven. */
  readonly redriven: boolean;
}

export type MapRunSignal =
  | { readonly type: 'Started'; readonly cursor: MapRunCursor }
  | { readonly type: 'Ended'; readonly child: ChildEnding }
  | {
      readonly type: 'Update';
      readonly maxConcurrency?: number | undefined;
      readonly toleratedFailureCount?: number | undefined;
      readonly toleratedFailurePercentage?: number | undefined;
    }
  /** The items cannot be read, or not be made inputs of. */
  | { readonly type: 'Fail'; readonly error: string; readonly cause: string }
  /** Nobody waits for it any more; with `attempt`, for what that one has begun. */
  | { readonly type: 'Abort'; readonly attempt?: number }
  /** Result or export is there, or has failed. */
  | {
      readonly type: 'Gathered';
      readonly failure?: { readonly error: string; readonly cause: string } | undefined;
    }
  | { readonly type: 'Redrive'; readonly attempt: number; readonly redriveCount: number }
  /**
   * Children up to `after` have been looked at. This many of them run again; `kept` ones are, in a
   * Map Run that is stopping, to be counted as they ended before.
   */
  | {
      readonly type: 'Redriven';
      readonly after: number;
      readonly executions: number;
      readonly items: number;
      readonly kept: readonly ChildEnding[];
      readonly done: boolean;
    };

/** What the execution that waits for it is told. `output` is JSON text. */
export type MapRunOutcome =
  | { readonly output: string }
  | { readonly error: string; readonly cause: string };

const NOTHING: Tally = { succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };

export function newMapRun(order: MapRunOrder, attempt: number, now: Instant): MapRunState {
  const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage, total } = order;
  return {
    stage: 'running',
    status: 'RUNNING',
    attempt,
    startedAt: now,
    maxConcurrency,
    ...(toleratedFailureCount !== undefined && { toleratedFailureCount }),
    ...(toleratedFailurePercentage !== undefined && { toleratedFailurePercentage }),
    ...(total !== undefined && { total }),
    cursor: { children: 0, items: 0, position: null, done: false },
    executions: NOTHING,
    items: NOTHING,
    redriveCount: 0,
  };
}

/** The state after the signal; the same one where the signal comes too late. */
export function decideMapRun(state: MapRunState, signal: MapRunSignal, now: Instant): MapRunState {
  if (signal.type === 'Redrive') return redrive(state, signal, now);
  if (state.stage === 'closed') return state;
  return onward(apply(state, signal, now));
}

function apply(state: MapRunState, signal: MapRunSignal, now: Instant): MapRunState {
  switch (signal.type) {
    case 'Started':
      if (signal.cursor.children < state.cursor.children) return state;
      return { ...state, cursor: signal.cursor };
    case 'Ended':
      return ended(state, signal.child);
    case 'Update':
      return updated(state, signal);
    case 'Fail': {
      if (state.stage !== 'running') return state;
      const { error, cause } = signal;
      return { ...state, stage: 'stopping', failure: { error, cause } };
    }
    case 'Abort':
      if ((signal.attempt ?? state.attempt) !== state.attempt) return state;
      return { ...state, stage: 'stopping', status: 'ABORTED', stoppedAt: state.stoppedAt ?? now };
    case 'Redriven':
      return redriven(state, signal);
    case 'Gathered':
      return state.stage === 'gathering' ? closed(state, signal.failure, now) : state;
    case 'Redrive':
      return state;
  }
}

function ended(state: MapRunState, { status, items }: ChildEnding): MapRunState {
  const name = TALLIED[status];
  return {
    ...state,
    executions: { ...state.executions, [name]: state.executions[name] + 1 },
    items: { ...state.items, [name]: state.items[name] + items },
  };
}

/** Without children to look at there is nothing left to redrive. */
function redriven(
  state: MapRunState,
  { after, executions, items, kept, done }: Extract<MapRunSignal, { type: 'Redriven' }>,
): MapRunState {
  const { redrive: left, ...rest } = kept.reduce(ended, state);
  if (!left || done) return rest;
  const keptItems = kept.reduce((sum, child) => sum + child.items, 0);
  const redrive = {
    after,
    executions: left.executions - executions - kept.length,
    items: left.items - items - keptItems,
  };
  return { ...rest, redrive };
}

const TALLIED = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
} as const;

function updated(
  state: MapRunState,
  change: Extract<MapRunSignal, { type: 'Update' }>,
): MapRunState {
  const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = change;
  return {
    ...state,
    ...(maxConcurrency !== undefined && { maxConcurrency }),
    ...(toleratedFailureCount !== undefined && { toleratedFailureCount }),
    ...(toleratedFailurePercentage !== undefined && { toleratedFailurePercentage }),
  };
}

function closed(state: MapRunState, failure: MapRunState['failure'], now: Instant): MapRunState {
  if (state.status === 'ABORTED') return { ...state, stage: 'closed' };
  const final = state.failure ?? failure;
  return {
    ...state,
    stage: 'closed',
    status: final ? 'FAILED' : 'SUCCEEDED',
    stoppedAt: now,
    ...(final && { failure: final }),
  };
}

/** Moves to the next stage where its time has come. */
function onward(state: MapRunState): MapRunState {
  const { stage } = state;
  if (stage === 'running' && exceedsTolerance(state)) {
    return onward({ ...state, stage: 'stopping', failure: EXCEEDED });
  }
  const through = stage === 'stopping' || state.cursor.done;
  const open = stage === 'running' || stage === 'stopping';
  const ready = open && through && !state.redrive && runningOf(state) === 0;
  return ready ? { ...state, stage: 'gathering' } : state;
}

const EXCEEDED = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};

/** Without a declared tolerance the first failure is too many; of two, either decides. */
function exceedsTolerance(state: MapRunState): boolean {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage, items } = state;
  const failed = items.failed + items.timedOut;
  if (failed === 0) return false;
  if (count !== undefined && failed > count) return true;
  if (percentage === undefined) return count === undefined;
  const total = state.total ?? (state.cursor.done ? state.cursor.items : undefined);
  // Where items are still being read the share of those that failed is not known yet.
  if (total === undefined) return percentage === 0;
  return (failed / total) * 100 > percentage;
}

function redrive(
  state: MapRunState,
  { attempt, redriveCount }: Extract<MapRunSignal, { type: 'Redrive' }>,
  now: Instant,
): MapRunState {
  if (state.stage !== 'closed') return state;
  const { stoppedAt: _, failure: __, ...rest } = state;
  // Its execution was stopped before it could be told.
  if (state.status === 'SUCCEEDED') {
    const told = { attempt, redriveCount, redrivenAt: now };
    return { ...rest, ...told, stage: 'gathering', status: 'RUNNING' };
  }
  const waiting = ({ failed, timedOut, aborted }: Tally): number => failed + timedOut + aborted;
  const next: MapRunState = {
    ...rest,
    stage: 'running',
    status: 'RUNNING',
    attempt,
    redriveCount,
    redrivenAt: now,
    executions: { ...NOTHING, succeeded: state.executions.succeeded },
    items: { ...NOTHING, succeeded: state.items.succeeded },
    redrive: { after: 0, executions: waiting(state.executions), items: waiting(state.items) },
  };
  return onward(next);
}

/** Children that have been started and have not ended. */
export function runningOf({ cursor, executions, redrive }: MapRunState): number {
  return cursor.children - endedOf(executions) - (redrive?.executions ?? 0);
}

const endedOf = ({ succeeded, failed, timedOut, aborted }: Tally): number =>
  succeeded + failed + timedOut + aborted;

/** How many more children may run now. */
export function roomOf(state: MapRunState, { mapRunChildren }: Limits): number {
  if (state.stage !== 'running') return 0;
  const most = Math.min(state.maxConcurrency || mapRunChildren, mapRunChildren);
  return Math.max(0, most - runningOf(state));
}

/** Whether the ending may be counted: the cursor that its child was started under is stored. */
export function isCountable({ cursor, redrive }: MapRunState, child: ChildEnding): boolean {
  if (child.redriven && redrive) return child.execution <= redrive.after;
  return child.index < cursor.children;
}

export interface MapRunCounts extends Tally {
  readonly pending: number;
  readonly running: number;
  readonly total: number;
  readonly resultsWritten: number;
  readonly pendingRedrive: number;
}

/**
 * The counts of DescribeMapRun, of items and of executions. How many executions batches will make
 * is known only when they are there.
 */
export function countsOf(
  state: MapRunState,
  batched: boolean,
): {
  readonly items: MapRunCounts;
  readonly executions: MapRunCounts;
} {
  const { cursor, redrive, items, executions, stage } = state;
  const written = (tally: Tally): number => (stage === 'closed' ? endedOf(tally) : 0);
  const all = Math.max(state.total ?? 0, cursor.items);
  return {
    items: {
      ...items,
      pending: all - cursor.items,
      running: cursor.items - endedOf(items) - (redrive?.items ?? 0),
      total: all,
      resultsWritten: written(items),
      pendingRedrive: redrive?.items ?? 0,
    },
    executions: {
      ...executions,
      pending: batched ? 0 : all - cursor.items,
      running: runningOf(state),
      total: batched ? cursor.children : all,
      resultsWritten: written(executions),
      pendingRedrive: redrive?.executions ?? 0,
    },
  };
}
