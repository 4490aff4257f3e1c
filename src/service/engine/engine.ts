/**
 * Drives executions: signal → decide → commit → act. Nothing is run, shown or answered before its
 * commit is durable. Running executions go on by themselves after a crash: what they wait for is
 * rows, and rows are found again.
 */
import type { Machine } from '../../asl/machine.ts';
import { parseResource } from '../../asl/resource.ts';
import { callHeader } from '../../execution/segment-names.ts';
import type { Signal } from '../../execution/signal.ts';
import { decodeTaskToken } from '../../execution/token.ts';
import { Fault } from '../../ground/fault.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock } from '../../ground/tools.ts';
import type { ExecutionHead, ExecutionStore, WorkRow } from '../../store/executions/store.ts';
import type { Service } from '../lifecycle.ts';
import type { Projector } from '../ports/projector.ts';
import type { Integrations } from '../ports/tasks.ts';
import { unavailable } from '../retrying-writes.ts';
import type { Loaded } from './cell.ts';
import { Interpreter, type InterpreterDeps } from './interpret.ts';
import {
  BACKLOG_BYTES_MAX,
  BACKLOG_UNITS_MAX,
  PROJECTIONS_MAX,
  STATE_BYTES_MAX,
  TASK_SLOTS,
} from './limits.ts';
import { Mailboxes, type Observer } from './mailbox.ts';
import { type OpenExecutions, tooManyOpen } from './open-executions.ts';
import type { Pending } from './pending.ts';
import type { Plan, Planner } from './plan.ts';
import { Projection } from './projection.ts';
import { Tasks } from './tasks.ts';
import type { Turn } from './turn.ts';
import { mapRunMail, Work } from './work.ts';

export interface EngineDeps extends InterpreterDeps {
  readonly store: ExecutionStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly integrations: Integrations;
  /** They see every commit, after a crash too. */
  readonly projectors: readonly Projector[];
  /** They see the commits of this process: live views, counters. */
  readonly watchers: readonly Projector[];
  /** Of this node: higher than that of any before on the same data. */
  readonly epoch: number;
  /** Epochs of the nodes that live, this one's among them; absent: it is the only one. */
  live?: (() => Promise<readonly number[]>) | undefined;
  /** The compiled definition with this hash. */
  machine(definitionHash: string): Machine | Promise<Machine>;
  /** What waits for the disk; above the limits new executions are refused. */
  backlog?(): { readonly units: number; readonly bytes: number };
  /** Counts what is open, and says when that is enough; absent: it never is. */
  readonly open?: OpenExecutions;
  /** Attempts in flight when a process died are run again instead of failed. */
  readonly redeliver?: boolean;
  readonly taskSlots?: number;
  readonly stateBytesMax?: number;
  /** How long `stop` waits for tasks in flight. */
  readonly drainMs?: number;
  /** Hears what happens in memory. */
  readonly observe?: Observer | undefined;
  /** An activity's queue has grown. */
  queued?(activity: string): void;
  /** Runs what distributed Maps ask for. */
  readonly mapRuns?: MapRunHost;
  /** A dead process's row that is no task's: the mark of an Express execution. */
  foreign?(row: WorkRow): Promise<void>;
}

/** Who runs Map Runs: what executions say to them. */
export interface MapRunHost {
  /** An execution waits for this Map Run; the row is this process's. */
  begin(head: ExecutionHead, row: Pick<WorkRow, 'scope' | 'attempt' | 'payload'>): void;
  /** The same, where the row's process died. Resolves once the row is taken over. */
  recover(row: WorkRow): Promise<void>;
  /** Nobody waits for it any more. */
  abandon(note: string): void;
  /** A child of a Map Run has closed. */
  childEnded(head: ExecutionHead): void;
}

/** What is given at the start; the rest of the head follows from what happens. */
export type NewExecution = Omit<
  ExecutionHead,
  | 'id'
  | 'seq'
  | 'status'
  | 'stoppedAt'
  | 'output'
  | 'error'
  | 'cause'
  | 'redriveCount'
  | 'redrivenAt'
>;

interface EngineCounts {
  readonly tasks: number;
  readonly deciding: number;
  readonly inMemory: number;
  readonly defects: number;
}

/** How a redeemed token turned out. `gone`: the attempt is over. */
export type Redemption = 'accepted' | 'gone' | 'notAToken';

const DRAIN_MS = 30_000;

export class Engine implements Service {
  readonly #deps: EngineDeps;
  readonly #tasks: Tasks;
  readonly #work: Work;
  readonly #projection: Projection;
  readonly #mailboxes: Mailboxes;
  readonly #endings = new Map<number, ((head: ExecutionHead) => void)[]>();
  #started = false;
  #stopping: Promise<void> | undefined;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    const { store, clock, log, epoch, integrations, tools } = deps;
    this.#tasks = new Tasks({
      integrations,
      clock,
      log,
      slots: deps.taskSlots ?? TASK_SLOTS,
      traceHeader: (head, attempt) => callHeader(tools.digest, head, attempt),
      signal: (id, signal) => this.#mailboxes.deliver(id, { signal }),
      signalLazily: (id, signal) => this.#mailboxes.deliverLazily(id, { signal }),
      slotFreed: () => this.#work.slotFreed(),
    });
    this.#work = new Work({
      store,
      clock,
      log,
      epoch,
      live: deps.live,
      tasks: this.#tasks,
      redeliver: deps.redeliver ?? false,
      deliver: (id, mail) => this.#mailboxes.deliver(id, mail),
      hearing: () => this.#mailboxes.busy,
      foreign: async (row) => {
        await (row.kind === 'mapRun' ? deps.mapRuns?.recover(row) : deps.foreign?.(row));
      },
    });
    this.#projection = new Projection(deps);
    this.#mailboxes = new Mailboxes({
      ...deps,
      tasks: this.#tasks,
      interpreter: new Interpreter(deps),
      planner: this.#planner(),
      stateBytesMax: deps.stateBytesMax ?? STATE_BYTES_MAX,
      machine: (hash) => deps.machine(hash),
      wanted: (head) => this.#projection.wanted(head),
      loaded: (loaded) => this.#loaded(loaded),
      after: (turn, plan) => this.#after(turn, plan),
    });
  }

  /**
   * Task attempts running here, executions at work, executions held in memory, and those that have
   * failed by a defect of this server since it started.
   */
  get counts(): EngineCounts {
    const { busy, size, defects } = this.#mailboxes;
    return { tasks: this.#tasks.running, deciding: busy, inMemory: size, defects };
  }

  /** For checks: the state in memory of an execution at rest. Not to be changed. */
  held(id: number): Loaded | undefined {
    return this.#mailboxes.held(id);
  }

  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    await Promise.all([this.#projection.replay(), this.#countOpen()]);
    await this.#work.start();
  }

  /** Goes on with what nodes that are dead had to do. Rejects where the store fails. */
  async takeOver(): Promise<void> {
    await this.#projection.replay();
    await this.#work.takeOver();
  }

  /** Counts again what is open: others have begun and ended some. */
  async refresh(): Promise<void> {
    await this.#countOpen();
  }

  /** Begins nothing new, waits for tasks in flight, then for the last commits and projections. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  nextId(): number {
    return this.#deps.store.nextId();
  }

  /**
   * Resolves once the first commit is durable; `existing` is the execution that has the ARN already.
   * Throws ThrottlingException where the disk is too far behind, and ExecutionLimitExceeded where
   * enough are open.
   */
  async begin(
    execution: NewExecution,
    id: number = this.nextId(),
  ): Promise<{ id: number; existing: ExecutionHead | undefined }> {
    this.refuseWhenFull();
    const { open, store } = this.#deps;
    if (open?.full(execution)) {
      const existing = await store.headByArn(execution.arn);
      if (existing) return { id, existing };
      throw tooManyOpen();
    }
    const head: ExecutionHead = {
      ...execution,
      id,
      seq: 0,
      status: 'RUNNING',
      redriveCount: 0,
    };
    open?.opened(head);
    try {
      const { existing } = await this.#mailboxes.begin(head, execution.input);
      if (existing) open?.closed(head);
      return { id, existing };
    } catch (error) {
      open?.closed(head);
      throw error;
    }
  }

  /** True where the signal made a difference, which is durable then. */
  signal(id: number, signal: Signal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#mailboxes.deliver(id, { signal, answer: { resolve, reject } });
    });
  }

  /** Says something to the attempt that a task token names. */
  async redeem(
    token: string,
    signalFor: (attempt: { scope: string; attempt: number }) => Signal,
  ): Promise<Redemption> {
    const parts = decodeTaskToken(token);
    if (!parts) return 'notAToken';
    const { execution, scope, attempt } = parts;
    const signal = signalFor({ scope, attempt });
    const accepted = await new Promise<boolean>((resolve, reject) => {
      this.#mailboxes.deliver(execution, {
        signal: { type: 'Redeemed', scope, attempt, token, signal },
        answer: { resolve, reject },
      });
    });
    return accepted ? 'accepted' : 'gone';
  }

  /** A Map Run has told its outcome by this row, which is stored. */
  mapRunEnded(row: WorkRow): void {
    this.#mailboxes.deliver(row.execution, mapRunMail(row));
  }

  /** The head of the execution when it ends. To be asked before it can have ended. */
  ended(id: number): Promise<ExecutionHead> {
    return new Promise((resolve) => {
      const waiting = this.#endings.get(id);
      if (waiting) waiting.push(resolve);
      else this.#endings.set(id, [resolve]);
    });
  }

  #planner(): Planner {
    const { epoch, redeliver = false } = this.#deps;
    return {
      epoch,
      takeSlot: () => {
        if (!this.#stopping && this.#tasks.takeSlot()) return true;
        this.#work.noteReady();
        return false;
      },
      keepsOrder: (order) => {
        if (!order) return false;
        const integration = this.#tasks.integrationOf(order.resource);
        return redeliver || integration?.onLost === 'rerun' || Boolean(integration?.childEnded);
      },
      activityOf: (resource) =>
        parseResource(resource)?.kind === 'activity' ? resource : undefined,
    };
  }

  /** Throws where nothing new can be begun now. */
  refuseWhenFull(): void {
    if (this.#stopping) throw unavailable();
    const backlog = this.#deps.backlog?.();
    if (!backlog) return;
    if (backlog.units > BACKLOG_UNITS_MAX || backlog.bytes > BACKLOG_BYTES_MAX) {
      throw new Fault('ThrottlingException', 'Rate exceeded');
    }
  }

  /** The same where this closed execution is to be open again. */
  refuseToReopen(head: ExecutionHead): void {
    this.refuseWhenFull();
    if (this.#deps.open?.full(head)) throw tooManyOpen();
  }

  async #countOpen(): Promise<void> {
    const { open, store } = this.#deps;
    open?.count(await store.running());
  }

  /** Others may have moved a due time that this node is to meet. */
  #loaded({ head, rows }: Loaded): void {
    const { live, epoch } = this.#deps;
    if (!live) return;
    for (const row of rows.values()) {
      if (row.epoch === epoch && row.due !== undefined) this.#work.schedule(head.id, row);
    }
  }

  /** What a durable commit asks for. */
  #after(turn: Turn, plan: Plan): Promise<void> | undefined {
    const { head } = plan;
    if (plan.commit.head?.redriveCount !== undefined) this.#deps.open?.opened(head);
    if (plan.finish) this.#deps.open?.closed(head);
    for (const row of plan.dropped) {
      if (row.due !== undefined) this.#work.clear(head.id, row);
      if (row.kind === 'mapRun') this.#deps.mapRuns?.abandon(row.note!);
      if (row.kind !== 'task') continue;
      this.#tasks.abort(head.id, row.scope, row.attempt);
      if (row.order && row.status === 'waiting' && !answeredByChild(turn, row)) {
        const integration = this.#tasks.integrationOf(row.order.resource);
        integration?.abandon?.(head, row.scope, row.attempt, row.order);
      }
    }
    for (const row of plan.timed) this.#work.schedule(head.id, row);
    for (const { scope, attempt, note } of plan.mapRuns) {
      this.#deps.mapRuns?.begin(head, { scope, attempt, ...(note && { payload: note }) });
    }
    for (const activity of plan.queued) this.#deps.queued?.(activity);
    if (plan.goOn && !this.#stopping) {
      const row = { kind: 'continue', scope: '', attempt: 0 } as const;
      this.#mailboxes.deliver(head.id, { signal: { type: 'Continue' }, row });
    }
    if (plan.finish) this.#tellEnd(head);
    return this.#show(turn, plan);
  }

  #tellEnd(head: ExecutionHead): void {
    const { parent } = head;
    if (parent) {
      const { scope, attempt } = parent;
      this.#mailboxes.deliver(parent.id, {
        signal: { type: 'ChildEnded', scope, attempt, child: head },
        row: { kind: 'childEnded', scope, attempt },
      });
    }
    if (head.mapItem) this.#deps.mapRuns?.childEnded(head);
    const waiting = this.#endings.get(head.id);
    if (!waiting) return;
    this.#endings.delete(head.id);
    for (const resolve of waiting) resolve(head);
  }

  #show(turn: Turn, plan: Plan): Promise<void> | undefined {
    const wait = this.#projection.show(plan.head, turn.records, !plan.commit.projected);
    return wait && this.#projection.waiting > PROJECTIONS_MAX ? wait : undefined;
  }

  async #stop(): Promise<void> {
    const { clock, drainMs = DRAIN_MS } = this.#deps;
    await this.#work.stop();
    const drained = this.#tasks.idle();
    let cancel: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      cancel = clock.wake(clock.now() + drainMs, resolve);
    });
    await Promise.race([drained, late]);
    cancel?.();
    this.#tasks.abortAll();
    this.#mailboxes.flushLazy();
    await this.#mailboxes.close();
    await this.#projection.stop();
  }
}

const answeredByChild = (turn: Turn, row: Pending): boolean =>
  turn.consumed.some(
    (one) => one.kind === 'childEnded' && one.scope === row.scope && one.attempt === row.attempt,
  );
