/**
 * The work an execution waits for, as its engine holds it in memory: every row of the store, with
 * the task's order at hand.
 */
import type { TaskOrder } from '../../execution/effect.ts';
import type { ScopePath } from '../../execution/record.ts';
import type { Instant } from '../../ground/time.ts';
import type { WorkKind, WorkRow, WorkStatus } from '../../store/executions/store.ts';

export interface Pending {
  readonly scope: ScopePath;
  readonly attempt: number;
  readonly kind: WorkKind;
  status: WorkStatus;
  epoch: number;
  due: Instant | undefined;
  /** The due time is the heartbeat's, not the timeout's. */
  heartbeat: boolean;
  order: TaskOrder | undefined;
  activity: string | undefined;
  /** JSON of what other kinds carry. */
  note: string | undefined;
  /** The store has (or will have, with the commit in flight) this row. */
  stored: boolean;
}

export type PendingKey = string;

export const pendingKey = (kind: WorkKind, scope: ScopePath, attempt: number): PendingKey =>
  `${kind} ${attempt} ${scope}`;

export const isBelow = (scope: ScopePath, top: ScopePath): boolean =>
  top === '' || scope === top || (scope.startsWith(top) && scope[top.length] === '/');

/** What the store keeps of a row's order and deadline kind. */
export interface TaskPayload {
  readonly heartbeat: boolean;
  readonly order: TaskOrder;
}

export function newPending(
  kind: WorkKind,
  scope: ScopePath,
  attempt: number,
  status: WorkStatus,
): Pending {
  return {
    scope,
    attempt,
    kind,
    status,
    epoch: 0,
    due: undefined,
    heartbeat: false,
    order: undefined,
    activity: undefined,
    note: undefined,
    stored: false,
  };
}

function pendingOf(row: WorkRow): Pending {
  const pending = newPending(row.kind, row.scope, row.attempt, row.status);
  pending.epoch = row.epoch;
  pending.due = row.due;
  pending.activity = row.activity;
  pending.stored = true;
  const task = row.kind === 'task' ? taskPayload(row.payload) : undefined;
  pending.order = task?.order;
  pending.heartbeat = task?.heartbeat ?? false;
  if (row.kind !== 'task') pending.note = row.payload;
  return pending;
}

/** All that an execution waits for. */
export function rowsOf(work: readonly WorkRow[]): Map<PendingKey, Pending> {
  const rows = work.map(pendingOf);
  return new Map(rows.map((row) => [pendingKey(row.kind, row.scope, row.attempt), row]));
}

export function taskPayload(payload: string | undefined): TaskPayload | undefined {
  return payload === undefined ? undefined : (JSON.parse(payload) as TaskPayload);
}

/** `withOrder` is false where nobody will ever read the order back. */
export function rowOf(pending: Pending, withOrder: boolean): Omit<WorkRow, 'execution'> {
  const payload = pending.order
    ? withOrder
      ? JSON.stringify({ heartbeat: pending.heartbeat, order: pending.order } satisfies TaskPayload)
      : undefined
    : pending.note;
  return {
    scope: pending.scope,
    attempt: pending.attempt,
    kind: pending.kind,
    status: pending.status,
    epoch: pending.epoch,
    ...(pending.due === undefined ? undefined : { due: pending.due }),
    ...(payload === undefined ? undefined : { payload }),
    ...(pending.activity === undefined ? undefined : { activity: pending.activity }),
  };
}
