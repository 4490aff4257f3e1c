/**
 * From the records of one turn to the commit that makes them durable and the list of what is to be
 * done after it. The effects of the records decide; this file only keeps the books: a row that
 * comes and goes within one commit is never written.
 */
import type { ClosedStatus, Effect, TaskOrder } from '../../execution/effect.ts';
import { effectsOf } from '../../execution/effects.ts';
import type { HistoryRecord, ScopePath } from '../../execution/record.ts';
import type {
  Commit,
  ExecutionHead,
  HeadChange,
  WorkKind,
  WorkRow,
} from '../../store/executions/store.ts';
import {
  isBelow,
  newPending,
  type Pending,
  type PendingKey,
  pendingKey,
  rowOf,
} from './pending.ts';

export type Finish = Extract<Effect, { type: 'finish' }>;

export interface Plan {
  readonly commit: Commit;
  /** The head as it is after the commit. */
  readonly head: ExecutionHead;
  /** Owned by this process from the commit on. */
  readonly run: readonly Pending[];
  /** Rows whose due time is new. */
  readonly timed: readonly Pending[];
  /** Rows that are void or settled. */
  readonly dropped: readonly Pending[];
  /** Activities whose queue has grown. */
  readonly queued: readonly string[];
  /** Rows of Map Runs that begin, or go on after a redrive. */
  readonly mapRuns: readonly Pending[];
  readonly goOn: boolean;
  readonly finish: Finish | undefined;
}

/** What a plan asks of its engine. */
export interface Planner {
  readonly epoch: number;
  /** Takes a slot for a task that is to run here at once; false leaves its row `ready`. */
  takeSlot(): boolean;
  /** True where a repeat after a crash, or whoever reads the row, needs the order. */
  keepsOrder(order: TaskOrder | undefined): boolean;
  /** The activity whose workers do this, undefined for everything else. */
  activityOf(resource: string): string | undefined;
}

export interface RowName {
  readonly kind: WorkKind;
  readonly scope: ScopePath;
  readonly attempt: number;
}

interface Subject {
  readonly head: ExecutionHead;
  readonly rows: Map<PendingKey, Pending>;
}

const NO_WORK: Commit['work'] = { cancel: [], remove: [], put: [], clear: false };
/** Rows of the execution as a whole, which no closing scope voids. */
const OF_EXECUTION: ReadonlySet<WorkKind> = new Set(['executionDeadline', 'continue']);
/** An execution that runs again has no end. */
export const REOPENED: HeadChange = {
  status: 'RUNNING',
  stoppedAt: undefined,
  output: undefined,
  error: undefined,
  cause: undefined,
};
const NO_ROWS: readonly Pending[] = [];
const NO_OUTLOOK = { run: [], timed: [], queued: [] };

/**
 * `consumed` names the rows that said what the turn's signals said and are now heard. `rows` is
 * changed in place.
 */
export function makePlan(
  planner: Planner,
  subject: Subject,
  records: readonly HistoryRecord[],
  consumed: readonly RowName[],
  projected: boolean,
): Plan {
  const draft = new Draft(planner, subject.rows);
  for (const row of consumed) draft.consume(row);
  for (const record of records) {
    const effects = effectsOf(record);
    for (let i = 0; i < effects.length; i++) draft.apply(effects[i]!, record);
  }
  const { head } = subject;
  const change = draft.headChange();
  const next: ExecutionHead = { ...head, ...change, seq: head.seq + 1 };
  const tell = draft.finish && head.parent ? [childEnded(planner, head.parent, next)] : undefined;
  const commit: Commit = {
    execution: head.id,
    expectedSeq: head.seq,
    records,
    work: draft.workChange(head.seq === 0),
    ...(change && { head: change }),
    ...(tell && { tell }),
    ...(draft.finish && head.mapItem && { ended: endingOf(head.mapItem, next) }),
    ...(projected && { projected }),
  };
  const { dropped, goOn, finish, mapRuns } = draft;
  return { commit, head: next, ...draft.outlook(), mapRuns, dropped, goOn, finish };
}

/** The row that tells a parent; its reader looks the child up by ARN. */
function childEnded(
  { epoch }: Planner,
  parent: NonNullable<ExecutionHead['parent']>,
  child: ExecutionHead,
): WorkRow {
  return {
    execution: parent.id,
    scope: parent.scope,
    attempt: parent.attempt,
    kind: 'childEnded',
    status: 'ready',
    epoch,
    payload: JSON.stringify({ arn: child.arn }),
  };
}

/** What a Map Run counts of its child. */
export function endingOf(
  { run, index, items }: NonNullable<ExecutionHead['mapItem']>,
  { id, status, redriveCount }: ExecutionHead,
): NonNullable<Commit['ended']> {
  const redriven = redriveCount > 0;
  const child = { index, execution: id, items, status: status as ClosedStatus, redriven };
  return { run, child };
}

class Draft {
  readonly dropped: Pending[] = [];
  goOn = false;
  finish: Finish | undefined;
  mapRuns: readonly Pending[] = NO_ROWS;
  #reopen: Extract<Effect, { type: 'reopen' }> | undefined;
  #remove: Pending[] | undefined;
  #put: Set<Pending> | undefined;
  /** Rows of tasks that begin with this commit. */
  readonly #fresh = new Set<Pending>();
  readonly #planner: Planner;
  readonly #rows: Map<PendingKey, Pending>;

  constructor(planner: Planner, rows: Map<PendingKey, Pending>) {
    this.#planner = planner;
    this.#rows = rows;
  }

  apply(effect: Effect, record: HistoryRecord): void {
    switch (effect.type) {
      case 'task':
        this.#task(effect.scope, effect.attempt, effect.order);
        break;
      case 'await':
        this.#await(effect.scope, effect.attempt, record);
        break;
      case 'deadline':
        this.#deadline(effect);
        break;
      case 'timer':
        this.#waitUntil('timer', effect.scope, effect.attempt, effect.due);
        break;
      case 'executionDeadline':
        this.#waitUntil('executionDeadline', '', 0, effect.due);
        break;
      case 'settle':
        this.drop(pendingKey('task', effect.scope, effect.attempt));
        this.drop(pendingKey('timer', effect.scope, effect.attempt));
        break;
      case 'cancel':
        this.#cancel(effect.scope);
        break;
      case 'mapRun':
        this.#mapRun(effect);
        break;
      case 'mapRunOver':
        this.drop(pendingKey('mapRun', effect.scope, effect.attempt));
        break;
      case 'continue':
        this.goOn = true;
        this.#change(newPending('continue', '', 0, 'ready'));
        break;
      case 'finish':
        this.finish = effect;
        break;
      case 'reopen':
        this.#reopen = effect;
        break;
    }
  }

  /** Rows told by other executions may be known to the store alone. */
  consume({ kind, scope, attempt }: RowName): void {
    const key = pendingKey(kind, scope, attempt);
    if (!this.#rows.has(key)) {
      const told = newPending(kind, scope, attempt, 'ready');
      told.stored = true;
      this.#rows.set(key, told);
    }
    this.drop(key);
  }

  drop(key: PendingKey): void {
    const row = this.#rows.get(key);
    if (!row) return;
    this.#rows.delete(key);
    this.#put?.delete(row);
    if (row.stored) {
      this.#remove ??= [];
      this.#remove.push(row);
    }
    this.dropped.push(row);
  }

  headChange(): HeadChange | undefined {
    const reopened = this.#reopen && {
      ...REOPENED,
      redriveCount: this.#reopen.redriveCount,
      redrivenAt: this.#reopen.at,
    };
    if (this.finish) {
      const { status, at, output, error, cause } = this.finish;
      return {
        ...reopened,
        status,
        stoppedAt: at,
        ...(output === undefined ? undefined : { output }),
        ...(error === undefined ? undefined : { error }),
        ...(cause === undefined ? undefined : { cause }),
      };
    }
    return reopened;
  }

  workChange(first: boolean): Commit['work'] {
    if (this.finish) {
      for (const row of this.#rows.values()) this.dropped.push(row);
      this.#rows.clear();
      this.#put = undefined;
      return first ? NO_WORK : { ...NO_WORK, clear: true };
    }
    if (!this.#remove && !this.#put) return NO_WORK;
    const put: Omit<WorkRow, 'execution'>[] = [];
    for (const row of this.#put ?? []) {
      put.push(rowOf(row, row.status !== 'owned' || this.#planner.keepsOrder(row.order)));
      row.stored = true;
    }
    return { cancel: [], remove: this.#remove ?? [], put, clear: false };
  }

  outlook(): Pick<Plan, 'run' | 'timed' | 'queued'> {
    if (!this.#put) return NO_OUTLOOK;
    const run: Pending[] = [];
    const timed: Pending[] = [];
    const queued: string[] = [];
    for (const row of this.#put) {
      if (row.due !== undefined) timed.push(row);
      if (row.activity !== undefined) queued.push(row.activity);
      if (row.status === 'owned' && this.#fresh.has(row)) run.push(row);
    }
    return { run, timed, queued };
  }

  /** What nobody owns is looked at by this node, which knows of it. */
  #change(row: Pending): void {
    if (row.status !== 'owned') row.epoch = this.#planner.epoch;
    this.#rows.set(pendingKey(row.kind, row.scope, row.attempt), row);
    this.#put ??= new Set();
    this.#put.add(row);
  }

  #task(scope: ScopePath, attempt: number, order: TaskOrder): void {
    const mocked = order.mock !== undefined;
    const activity = mocked ? undefined : this.#planner.activityOf(order.resource);
    const owned = activity === undefined && this.#planner.takeSlot();
    const row = newPending(
      'task',
      scope,
      attempt,
      owned ? 'owned' : activity ? 'waiting' : 'ready',
    );
    row.order = order;
    row.activity = activity;
    if (owned) {
      row.epoch = this.#planner.epoch;
      this.#fresh.add(row);
    }
    this.#change(row);
  }

  #await(scope: ScopePath, attempt: number, record: HistoryRecord): void {
    const row = this.#rows.get(pendingKey('task', scope, attempt));
    if (!row) return;
    if (record.type === 'ActivityStarted') row.activity = undefined;
    row.status = 'waiting';
    this.#change(row);
  }

  #mapRun({ scope, attempt, note }: Extract<Effect, { type: 'mapRun' }>): void {
    const row = newPending('mapRun', scope, attempt, 'owned');
    row.epoch = this.#planner.epoch;
    row.note = JSON.stringify(note);
    this.mapRuns = [...this.mapRuns, row];
    this.#change(row);
  }

  #deadline(effect: Extract<Effect, { type: 'deadline' }>): void {
    const row = this.#rows.get(pendingKey('task', effect.scope, effect.attempt));
    if (!row || (row.due === effect.due && row.heartbeat === effect.heartbeat)) return;
    row.due = effect.due;
    row.heartbeat = effect.heartbeat;
    this.#change(row);
  }

  #waitUntil(
    kind: 'timer' | 'executionDeadline',
    scope: ScopePath,
    attempt: number,
    due: number,
  ): void {
    const row = newPending(kind, scope, attempt, 'waiting');
    row.due = due;
    this.#change(row);
  }

  #cancel(scope: ScopePath): void {
    for (const [key, row] of this.#rows) {
      if (OF_EXECUTION.has(row.kind)) continue;
      if (isBelow(row.scope, scope)) this.drop(key);
    }
  }
}
