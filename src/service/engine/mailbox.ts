/**
 * The mailboxes: all that is said to an execution while a commit of it is in flight waits, and goes
 * into the next one together. A commit that was refused or failed is forgotten with the state it
 * came from; its mail is heard again after a reload. So is mail on which a decision has thrown;
 * where that does not help, the execution fails by it, visibly.
 */
import type { Machine } from '../../asl/machine.ts';
import type { HistoryRecord } from '../../execution/record.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock } from '../../ground/tools.ts';
import type { ExecutionHead, ExecutionStore } from '../../store/executions/store.ts';
import { unavailable } from '../retrying-writes.ts';
import { Cell, Cells, type Loaded, type Mail } from './cell.ts';
import { defectSignal, internalFailure, isDefect, recordsWithoutState } from './defect.ts';
import { meaningOf, noteHeard } from './hearing.ts';
import type { Interpreter } from './interpret.ts';
import { RETRY_AFTER_MS, STARTED_WAITS_MS, TURN_MAILS_MAX, TURN_RECORDS_MAX } from './limits.ts';
import { firstState, loadState } from './loading.ts';
import { type Pending, rowsOf } from './pending.ts';
import { makePlan, type Plan, type Planner } from './plan.ts';
import type { Tasks } from './tasks.ts';
import { answer, doubt, heardOf, newTurn, type Turn } from './turn.ts';

export interface MailboxDeps {
  readonly store: ExecutionStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tasks: Tasks;
  readonly interpreter: Interpreter;
  readonly planner: Planner;
  readonly stateBytesMax: number;
  machine(definitionHash: string): Machine | Promise<Machine>;
  /** True where projectors must see the execution's records. */
  wanted(head: ExecutionHead): boolean;
  /** A state has come from the store. */
  loaded?(loaded: Loaded): void;
  observe?: Observer | undefined;
  /** The turn's commit is durable; resolves when the execution may go on, undefined = at once. */
  after(turn: Turn, plan: Plan): Promise<void> | undefined;
}

/** Hears what happens to executions in memory, for those who count it. */
export type Observer = (what: 'loaded' | 'conflict' | 'evicted', execution: number) => void;

export class Mailboxes {
  readonly #deps: MailboxDeps;
  readonly #cells: Cells;
  #lazy: Cell[] = [];
  #cancelLazy: (() => void) | undefined;
  #busy = 0;
  #defects = 0;
  #quiet: (() => void)[] = [];
  #closed = false;

  constructor(deps: MailboxDeps) {
    this.#deps = deps;
    this.#cells = new Cells(deps.stateBytesMax, (id) => deps.observe?.('evicted', id));
  }

  get size(): number {
    return this.#cells.size;
  }

  /** Executions being loaded, decided or written. */
  get busy(): number {
    return this.#busy;
  }

  /** Executions that have failed by a defect of ours. */
  get defects(): number {
    return this.#defects;
  }

  /** What is held of an execution that nothing is being done to. Not to be changed. */
  held(id: number): Loaded | undefined {
    const cell = this.#cells.get(id);
    return cell?.idle ? cell.loaded : undefined;
  }

  deliver(id: number, mail: Mail): void {
    const cell = this.#post(id, mail);
    if (!cell) return;
    cell.urgent = true;
    this.#pump(cell);
  }

  /** For what may wait a little for company. */
  deliverLazily(id: number, mail: Mail): void {
    const cell = this.#post(id, mail);
    if (!cell || cell.urgent) return;
    this.#lazy.push(cell);
    this.#cancelLazy ??= this.#deps.clock.wake(this.#deps.clock.now() + STARTED_WAITS_MS, () => {
      this.#cancelLazy = undefined;
      this.flushLazy();
    });
  }

  flushLazy(): void {
    const cells = this.#lazy;
    this.#lazy = [];
    for (const cell of cells) {
      if (cell.mail.length === 0) continue;
      cell.urgent = true;
      this.#pump(cell);
    }
  }

  /**
   * The first turn of a new execution. Who finds it in the store before its writing is acknowledged
   * here has a cell of their own, with what has happened since: that one stays.
   */
  async begin(
    head: ExecutionHead,
    input: string,
  ): Promise<{ existing: ExecutionHead | undefined }> {
    const cell = new Cell(head.id);
    cell.busy = true;
    this.#busy++;
    try {
      const turn = newTurn([], true);
      const loaded = await firstState(this.#deps, head, input, turn);
      if (loaded) cell.loaded = loaded;
      const plan = this.#plan(loaded ?? { head, rows: new Map() }, turn);
      const { existing } = await this.#create(head, plan);
      if (existing) {
        this.#deps.tasks.giveBack(plan.run.length);
        this.#rest();
        return { existing };
      }
      if (!this.#cells.get(head.id)) this.#cells.add(cell);
      if (loaded) this.#committed(cell, loaded, turn, plan);
      else this.#ended(cell, turn, plan);
      return { existing: undefined };
    } catch (error) {
      this.#rest();
      throw error;
    }
  }

  /** Hears nothing more; resolves when nothing is being decided or written. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelLazy?.();
    if (this.#busy > 0) await new Promise<void>((resolve) => this.#quiet.push(resolve));
  }

  async #create(head: ExecutionHead, plan: Plan): Promise<{ existing: ExecutionHead | undefined }> {
    try {
      return await this.#deps.store.create(head, plan.commit);
    } catch (error) {
      this.#deps.tasks.giveBack(plan.run.length);
      this.#deps.log.error('could not write a new execution', { execution: head.arn, error });
      throw unavailable();
    }
  }

  #post(id: number, mail: Mail): Cell | undefined {
    if (this.#closed) {
      mail.answer?.reject(unavailable());
      return undefined;
    }
    let cell = this.#cells.get(id);
    if (!cell) {
      cell = new Cell(id);
      this.#cells.add(cell);
    }
    cell.touched = true;
    cell.mail.push(mail);
    return cell;
  }

  #pump(cell: Cell): void {
    if (cell.busy || !cell.urgent) return;
    cell.busy = true;
    this.#busy++;
    if (cell.loaded) this.#turn(cell, cell.loaded, false);
    else void this.#load(cell);
  }

  /** The cell has nothing to do, or goes on with what has come meanwhile. */
  #release(cell: Cell): void {
    cell.busy = false;
    this.#rest();
    this.#pump(cell);
  }

  #rest(): void {
    this.#busy--;
    if (this.#busy > 0 || this.#quiet.length === 0) return;
    for (const resolve of this.#quiet.splice(0)) resolve();
  }

  async #load(cell: Cell): Promise<void> {
    let loaded: Loaded | undefined;
    try {
      loaded = await loadState(this.#deps, cell.id);
    } catch (error) {
      if (isDefect(error)) this.#broken(cell, [], error);
      else this.#failed(cell, [], error);
      return;
    }
    if (!loaded) return this.#forget(cell);
    cell.loaded = loaded;
    this.#deps.observe?.('loaded', cell.id);
    this.#deps.loaded?.(loaded);
    this.#cells.grow(cell, this.#deps.interpreter.sizeOf(loaded.state) - cell.sizeBytes);
    this.#turn(cell, loaded, true);
  }

  /** There is no such execution (any more), or it has ended: what is said to it is stale. */
  #forget(cell: Cell): void {
    const mails = cell.mail;
    cell.mail = [];
    cell.urgent = false;
    this.#cells.delete(cell);
    this.#deps.tasks.giveBack(mails.filter(({ signal }) => signal.type === 'Claimed').length);
    for (const mail of mails) mail.answer?.resolve(false);
    this.#release(cell);
  }

  #turn(cell: Cell, loaded: Loaded, fresh: boolean): void {
    const mails =
      cell.mail.length > TURN_MAILS_MAX ? cell.mail.splice(0, TURN_MAILS_MAX) : cell.mail;
    if (mails === cell.mail) cell.mail = [];
    cell.urgent = cell.mail.length > 0;
    this.#hear(cell, loaded, newTurn(mails, fresh));
  }

  /** Hears mail after mail until the turn is full, asynchronously only where JSONata is involved. */
  #hear(cell: Cell, loaded: Loaded, turn: Turn): void {
    try {
      while (turn.accepted.length < turn.mails.length) {
        if (turn.records.length >= TURN_RECORDS_MAX) break;
        const mail = turn.mails[turn.accepted.length]!;
        const signal = meaningOf(this.#deps, loaded, turn, mail);
        const records = signal
          ? this.#deps.interpreter.decide(loaded.machine, loaded.state, signal, cell.defects > 0)
          : NOTHING;
        if (records instanceof Promise) {
          records.then(
            (made) => {
              noteHeard(loaded, turn, mail, made);
              this.#hear(cell, loaded, turn);
            },
            (error) => this.#broken(cell, turn.mails, error),
          );
          return;
        }
        noteHeard(loaded, turn, mail, records);
      }
      this.#commit(cell, loaded, turn);
    } catch (error) {
      this.#broken(cell, turn.mails, error);
    }
  }

  #plan(loaded: Pick<Loaded, 'head' | 'rows'>, turn: Turn): Plan {
    const wanted = this.#deps.wanted(loaded.head);
    return makePlan(this.#deps.planner, loaded, turn.records, turn.consumed, !wanted);
  }

  #commit(cell: Cell, loaded: Loaded, turn: Turn): void {
    const idle = turn.records.length === 0 && turn.consumed.length === 0;
    const plan = idle ? undefined : this.#plan(loaded, turn);
    const writing = plan && this.#write(plan);
    if (turn.accepted.length < turn.mails.length) {
      cell.mail = [...turn.mails.slice(turn.accepted.length), ...cell.mail];
      cell.urgent = true;
    }
    if (!plan || !writing) {
      cell.defects = 0;
      this.#start(loaded, turn.claimed);
      answer(turn);
      doubt(cell, turn);
      const closed = loaded.head.status !== 'RUNNING';
      if (closed && cell.mail.length === 0) this.#cells.delete(cell);
      this.#release(cell);
      return;
    }
    writing.then(
      (outcome) => {
        if (outcome === 'ok') this.#committed(cell, loaded, turn, plan);
        else this.#again(cell, turn, plan);
      },
      (error) => {
        this.#deps.tasks.giveBack(plan.run.length);
        this.#failed(cell, heardOf(turn), error);
      },
    );
  }

  /** Throws where the commit cannot even be put into words. */
  #write(plan: Plan): Promise<'ok' | 'conflict'> {
    try {
      return this.#deps.store.commit(plan.commit);
    } catch (error) {
      this.#deps.tasks.giveBack(plan.run.length);
      throw error;
    }
  }

  #committed(cell: Cell, loaded: Loaded, turn: Turn, plan: Plan): void {
    loaded.head = plan.head;
    cell.defects = 0;
    if (plan.finish && turn.mails.some(({ signal }) => signal.type === 'Fail')) this.#defects++;
    this.#start(loaded, plan.run);
    this.#start(loaded, turn.claimed);
    answer(turn);
    if (plan.finish) this.#cells.delete(cell);
    else this.#cells.grow(cell, this.#deps.interpreter.sizeOf(loaded.state) - cell.sizeBytes);
    doubt(cell, turn);
    const wait = this.#deps.after(turn, plan);
    if (wait) wait.then(() => this.#release(cell));
    else this.#release(cell);
  }

  #start(loaded: Loaded, rows: readonly Pending[]): void {
    for (const row of rows) this.#deps.tasks.run(loaded.head, row.scope, row.attempt, row.order!);
  }

  /** Somebody else has written: what we knew is old. */
  #again(cell: Cell, turn: Turn, plan: Plan): void {
    this.#deps.observe?.('conflict', cell.id);
    this.#deps.tasks.giveBack(plan.run.length);
    cell.loaded = undefined;
    cell.mail = [...heardOf(turn), ...cell.mail];
    cell.urgent = true;
    this.#release(cell);
  }

  /** The store failed. Nothing is acknowledged; what nobody waits for is heard again later. */
  #failed(cell: Cell, heard: readonly Mail[], error: unknown): void {
    this.#deps.log.error('could not write', { execution: cell.id, error });
    cell.loaded = undefined;
    const mails = [...heard, ...cell.mail];
    cell.mail = [];
    for (const mail of mails) {
      if (mail.answer) mail.answer.reject(unavailable());
      else cell.mail.push(mail);
    }
    cell.busy = false;
    cell.urgent = false;
    this.#rest();
    if (cell.mail.length === 0) return;
    this.#deps.clock.wake(this.#deps.clock.now() + RETRY_AFTER_MS, () => {
      cell.urgent = cell.mail.length > 0;
      this.#pump(cell);
    });
  }

  /**
   * A defect of ours, or of what was in memory: all is heard once more from a fresh load, and
   * carefully. The second time the execution fails by it, where not even that can be decided, by
   * its head alone.
   */
  #broken(cell: Cell, heard: readonly Mail[], error: unknown): void {
    const { log } = this.#deps;
    log.error('a decision failed', { execution: cell.loaded?.head.arn ?? cell.id, error });
    cell.loaded = undefined;
    cell.mail = [...heard, ...cell.mail];
    cell.urgent = true;
    cell.defects++;
    if (cell.defects > 2) return void this.#failHead(cell, error);
    if (cell.defects === 2) cell.mail.unshift({ signal: defectSignal(error) });
    this.#release(cell);
  }

  async #failHead(cell: Cell, defect: unknown): Promise<void> {
    const { store, interpreter } = this.#deps;
    try {
      const found = await store.outline(cell.id);
      if (!found) return this.#forget(cell);
      const { head, lastEventId, work } = found;
      if (head.status !== 'RUNNING') return this.#refuse(cell);
      const turn = newTurn([], true);
      turn.records.push(...recordsWithoutState(interpreter, head, lastEventId, defect));
      const plan = this.#plan({ head, rows: rowsOf(work) }, turn);
      if ((await store.commit(plan.commit)) === 'ok') this.#ended(cell, turn, plan);
      else this.#release(cell);
    } catch (error) {
      this.#failed(cell, [], error);
    }
  }

  /** An execution has ended by a defect, without a state. */
  #ended(cell: Cell, turn: Turn, plan: Plan): void {
    this.#defects++;
    const wait = this.#deps.after(turn, plan);
    if (wait) wait.then(() => this.#forget(cell));
    else this.#forget(cell);
  }

  /** It has ended long ago, and cannot be heard of any more. */
  #refuse(cell: Cell): void {
    for (const mail of cell.mail) mail.answer?.reject(internalFailure());
    this.#forget(cell);
  }
}

const NOTHING: readonly HistoryRecord[] = [];
