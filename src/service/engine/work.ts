/**
 * What the store says is to be done: rows whose time has come, rows nobody has claimed, rows whose
 * process died. In a running server nearly all of it is known from memory; the store is asked at
 * the start, when something beyond the window in memory comes near, when slots are free again, and
 * when another node has died. A row is looked at by the node that wrote it, as long as that lives.
 */
import type { MapRunOutcome } from '../../execution/maprun.ts';
import type { Signal } from '../../execution/signal.ts';
import type { Logger } from '../../ground/log.ts';
import type { Instant } from '../../ground/time.ts';
import type { Clock } from '../../ground/tools.ts';
import type { ExecutionHead, ExecutionStore, WorkRow } from '../../store/executions/store.ts';
import type { Mail } from './cell.ts';
import { defectSignal, isDefect } from './defect.ts';
import {
  HEARING_FEW,
  HEARING_WAIT_MS,
  RETRY_AFTER_MS,
  WINDOW_MS,
  WINDOW_ROWS_MAX,
} from './limits.ts';
import { type Pending, taskPayload } from './pending.ts';
import type { Tasks } from './tasks.ts';
import { type Timer, Timers } from './timers.ts';

export interface WorkDeps {
  readonly store: ExecutionStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tasks: Tasks;
  readonly epoch: number;
  /** Epochs of the nodes that live, this one's among them; absent: it is the only one. */
  live?: (() => Promise<readonly number[]>) | undefined;
  /** Attempts whose process died are run again, whatever they are. */
  readonly redeliver: boolean;
  deliver(execution: number, mail: Mail): void;
  /** Executions that hear something just now. */
  hearing(): number;
  /** A row that is none of an ordinary execution's (an Express execution's mark). */
  foreign(row: WorkRow): Promise<void>;
}

export class Work {
  readonly #deps: WorkDeps;
  readonly #timers: Timers;
  /** Rows due until then are in memory. */
  #windowEnd: Instant = Number.NEGATIVE_INFINITY;
  #look: { readonly at: Instant; readonly cancel: () => void } | undefined;
  #looking: Promise<void> | undefined;
  /** When the store had more rows than were read. */
  #cutOffAt: Instant | undefined;
  #readyWaits = false;
  #stopped = false;

  constructor(deps: WorkDeps) {
    this.#deps = deps;
    this.#timers = new Timers(deps.clock, (timer) => this.#fire(timer));
  }

  /** Hears what is pending from before, then keeps watch. */
  async start(): Promise<void> {
    await this.takeOver();
  }

  /** Hears what nodes that are dead had to do. */
  async takeOver(): Promise<void> {
    await this.#takeLost();
    await this.#lookNow();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timers.stop();
    this.#look?.cancel();
    await this.#looking;
  }

  /** A committed row has a due time. */
  schedule(execution: number, row: Pending): void {
    const { scope, attempt, kind, heartbeat } = row;
    const due = row.due!;
    if (row.status !== 'owned' && due > this.#windowEnd) this.#lookAt(due);
    else this.#timers.set({ execution, scope, attempt, kind, due, heartbeat });
  }

  clear(execution: number, row: Pending): void {
    const { scope, attempt, kind } = row;
    this.#timers.clear({ execution, scope, attempt, kind });
  }

  /** A row had to be left `ready` for want of a slot. */
  noteReady(): void {
    this.#readyWaits = true;
  }

  slotFreed(): void {
    if (this.#readyWaits) this.#lookAt(this.#deps.clock.now());
  }

  #fire({ execution, scope, attempt, kind, heartbeat }: Timer): void {
    if (kind === 'task') {
      const signal: Signal = { type: 'TaskTimedOut', scope, attempt, heartbeat };
      this.#deps.deliver(execution, { signal });
    } else if (kind === 'timer') {
      const row = { kind, scope, attempt };
      this.#deps.deliver(execution, { signal: { type: 'TimerFired', scope, attempt }, row });
    } else {
      // Its row goes with the execution's other rows. One whose hour has not come yet, because a
      // redrive has put it off, stays.
      this.#deps.deliver(execution, { signal: { type: 'ExecutionTimedOut' } });
    }
  }

  #lookAt(at: Instant): void {
    if (this.#stopped || (this.#look && this.#look.at <= at)) return;
    this.#look?.cancel();
    const look = {
      at,
      cancel: this.#deps.clock.wake(at, () => {
        if (this.#look === look) this.#look = undefined;
        void this.#lookNow();
      }),
    };
    this.#look = look;
  }

  #lookNow(): Promise<void> {
    if (this.#looking) this.#lookAt(this.#deps.clock.now() + 1);
    this.#looking ??= this.#lookOnce()
      .catch((error) => {
        this.#deps.log.error('could not look for due work', { error });
        this.#lookAt(this.#deps.clock.now() + RETRY_AFTER_MS);
      })
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  /** Reads the next window; what is ready or due is taken, what is due later waits in memory. */
  async #lookOnce(): Promise<void> {
    const { store, clock } = this.#deps;
    if (this.#stillHeard()) return this.#lookAt(clock.now() + HEARING_WAIT_MS);
    let end = clock.now() + WINDOW_MS;
    const others = await this.#others();
    const rows = await store.due(end, WINDOW_ROWS_MAX, others);
    if (this.#stopped) return;
    this.#readyWaits = false;
    const now = clock.now();
    const cutOff = rows.length >= WINDOW_ROWS_MAX;
    if (cutOff) end = Math.min(end, rows.at(-1)!.due ?? now);
    this.#cutOffAt = cutOff ? now : undefined;
    this.#windowEnd = end;
    await Promise.all(
      rows.map((row) =>
        this.#understood(row, () =>
          row.status === 'ready' ? this.#take(row) : this.#await(timerOf(row), now),
        ),
      ),
    );
    if (cutOff) {
      const soon = this.#readyWaits ? RETRY_AFTER_MS : 1;
      return this.#lookAt(Math.max(end, clock.now() + soon));
    }
    const next = await store.nextDue(end, others);
    if (next !== undefined) this.#lookAt(Math.max(next - WINDOW_MS / 2, clock.now() + 1));
  }

  async #others(): Promise<readonly number[]> {
    const { live, epoch } = this.#deps;
    return live ? (await live()).filter((one) => one !== epoch) : [];
  }

  /**
   * True where a further look would mostly find what the last one has found: rows stay until what
   * they say is committed. Not for ever, since one that takes long must not stop the others.
   */
  #stillHeard(): boolean {
    if (this.#cutOffAt === undefined || this.#deps.hearing() < HEARING_FEW) return false;
    return this.#deps.clock.now() < this.#cutOffAt + RETRY_AFTER_MS;
  }

  /** A row that says nothing to us must not keep the others waiting: its execution fails by it. */
  async #understood(row: WorkRow, use: () => void | Promise<void>): Promise<void> {
    try {
      await use();
    } catch (error) {
      if (!isDefect(error)) throw error;
      this.#deps.log.error('a row of work is of no use', { execution: row.execution, error });
      this.#deps.deliver(row.execution, { signal: defectSignal(error) });
    }
  }

  #await(timer: Timer, now: Instant): void {
    if (timer.due > now) {
      this.#timers.set(timer);
    } else {
      this.#timers.clear(timer);
      this.#fire(timer);
    }
  }

  async #take(row: WorkRow): Promise<void> {
    const { scope, attempt, execution } = row;
    switch (row.kind) {
      case 'continue':
        return this.#deps.deliver(execution, { signal: { type: 'Continue' }, row: nameOf(row) });
      case 'childEnded':
        return this.#deps.deliver(execution, await this.#ended(row));
      case 'mapRunEnded':
        return this.#deps.deliver(execution, mapRunMail(row));
      case 'task':
        if (!this.#deps.tasks.takeSlot()) return this.noteReady();
        if (await this.#deps.store.own(row, this.#deps.epoch)) {
          this.#deps.deliver(execution, { signal: { type: 'Claimed', scope, attempt } });
        } else {
          this.#deps.tasks.giveBack(1);
        }
        return;
      default:
        this.#deps.log.warn('a row of this kind is never ready', { kind: row.kind });
    }
  }

  async #ended(row: WorkRow): Promise<Mail> {
    const { scope, attempt } = row;
    const { arn } = JSON.parse(row.payload!) as { arn: string };
    const child: ExecutionHead | undefined = await this.#deps.store.headByArn(arn);
    if (child) return { signal: { type: 'ChildEnded', scope, attempt, child }, row: nameOf(row) };
    const cause = `The execution ${arn} does not exist any more.`;
    const error = 'States.TaskFailed';
    const signal: Signal = { type: 'TaskFailed', scope, attempt, error, cause, byToken: true };
    return { signal, row: nameOf(row) };
  }

  /** Rows of processes that died: a repeat where that is harmless, else a visible failure. */
  async #takeLost(): Promise<void> {
    const seen = new Set<string>();
    for (;;) {
      const live = [this.#deps.epoch, ...(await this.#others())];
      const found = await this.#deps.store.lost(live, WINDOW_ROWS_MAX);
      const rows = found.filter((row) => !seen.has(idOf(row)));
      if (rows.length === 0 || this.#stopped) return;
      for (const row of rows) seen.add(idOf(row));
      await Promise.all(rows.map((row) => this.#understood(row, () => this.#takeLostRow(row))));
    }
  }

  async #takeLostRow(row: WorkRow): Promise<void> {
    const { execution, scope, attempt } = row;
    if (row.kind !== 'task') return this.#deps.foreign(row);
    const order = taskPayload(row.payload)?.order;
    const integration = order && this.#deps.tasks.integrationOf(order.resource);
    if (order && (this.#deps.redeliver || integration?.onLost === 'rerun')) {
      if (!(await this.#deps.store.own(row, this.#deps.epoch))) return;
      this.#deps.tasks.takeSlotAnyway();
      return this.#deps.deliver(execution, { signal: { type: 'Claimed', scope, attempt } });
    }
    await new Promise<boolean>((resolve, reject) => {
      const signal: Signal = { type: 'TaskLost', scope, attempt };
      this.#deps.deliver(execution, { signal, row: nameOf(row), answer: { resolve, reject } });
    });
  }
}

/** What a Map Run's outcome says to the execution that waits for it. */
export function mapRunMail(row: WorkRow): Mail {
  const { scope, attempt } = row;
  const outcome = JSON.parse(row.payload!) as MapRunOutcome;
  const signal: Signal =
    'output' in outcome
      ? { type: 'MapRunSucceeded', scope, attempt, output: outcome.output }
      : { type: 'MapRunFailed', scope, attempt, ...outcome };
  return { signal, row: nameOf(row) };
}

const idOf = (row: WorkRow): string => `${row.execution} ${JSON.stringify(nameOf(row))}`;

const nameOf = ({ kind, scope, attempt }: WorkRow) => ({ kind, scope, attempt });

function timerOf(row: WorkRow): Timer {
  const { execution, scope, attempt, kind } = row;
  const heartbeat = (kind === 'task' && taskPayload(row.payload)?.heartbeat) || false;
  return { execution, scope, attempt, kind, due: row.due!, heartbeat };
}
