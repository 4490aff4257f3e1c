/**
 * Redrive: a closed execution goes on where it failed. Rules: Step Functions developer guide,
 * "Restarting state machine executions with redrive"; the state itself is reopened by `evolve`.
 */
import type { Instant } from '../ground/time.ts';
import { deadlineFrom } from './deadline.ts';
import type { ExecutionStatus } from './effect.ts';
import { executionRedriven } from './event.ts';
import type { Fold } from './fold.ts';
import { type Limits, REDRIVE_PERIOD_MS, STANDARD_DURATION_MS_MAX } from './limits.ts';
import type { HistoryRecord } from './record.ts';
import type { Signal } from './signal.ts';

/** What a redrive depends on; an ExecutionHead has most of it. */
export interface Redrivable {
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly status: ExecutionStatus;
  readonly startedAt: Instant;
  readonly stoppedAt?: Instant | undefined;
  /** Numbered events so far; 0 where unknown. */
  readonly events: number;
  readonly machineDeleting: boolean;
}

/** Why the execution cannot be redriven, in AWS's words; undefined where it can. */
export function redriveRefusal(
  execution: Redrivable,
  now: Instant,
  { historyEvents }: Limits,
): string | undefined {
  const { status, startedAt, stoppedAt } = execution;
  if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'ABORTED') {
    return `Execution is ${status} and cannot be redriven`;
  }
  if (execution.machineDeleting) return 'State machine is in DELETING status';
  if (execution.events >= historyEvents - 1) return 'Execution history event limit exceeded';
  if (now - startedAt >= STANDARD_DURATION_MS_MAX) {
    return 'Execution has exceeded the max execution time';
  }
  if (stoppedAt !== undefined && now - stoppedAt >= REDRIVE_PERIOD_MS) {
    return 'Execution redrivable period exceeded';
  }
  return undefined;
}

/** Reopens what did not succeed; false where nothing is to be done: it did, or still runs. */
export function redrive(
  fold: Fold,
  signal: Extract<Signal, { readonly type: 'Redrive' }>,
): boolean {
  const { state, machine, now, limits } = fold;
  const { status, facts, nextId, redriveCount } = state;
  const { after = redriveCount, clientToken } = signal;
  const closed = status === 'FAILED' || status === 'TIMED_OUT' || status === 'ABORTED';
  if (!closed || facts.type !== 'STANDARD' || nextId > limits.historyEvents - 1) return false;
  if (after !== redriveCount) return false;
  const deadline = deadlineFrom(machine, facts, now);
  fold.append(executionRedriven(redriveCount + 1, deadline, clientToken), state.root, nextId - 1);
  return true;
}

/** The client token that an ExecutionRedriven record was asked for with. */
export function redriveToken(record: HistoryRecord): string | undefined {
  return record.type === 'ExecutionRedriven' ? record.hidden.clientToken : undefined;
}
