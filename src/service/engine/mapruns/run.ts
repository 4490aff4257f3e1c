/**
 * One Map Run at work. Its own commits move the cursor and count endings, up to a thousand of each
 * at a time; children are begun before the cursor that covers them is stored, and have names that
 * follow from their numbers, so that after a crash they are begun again and found.
 */
import {
  type ChildEnding,
  decideMapRun,
  isCountable,
  type MapRunOutcome,
  type MapRunSignal,
  type MapRunState,
  roomOf,
  runningOf,
} from '../../../execution/maprun.ts';
import type { WorkRow } from '../../../store/executions/store.ts';
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import { BATCHES_MAX, CHILDREN_PER_COMMIT, LOOK_AFTER_MS, RETRY_AFTER_MS } from './limits.ts';
import { outcomeOf } from './outcome.ts';
import { redriveSome } from './redriving.ts';
import type { RunDeps } from './run-deps.ts';
import { type Batch, Starting } from './starting.ts';
import { stopChildren } from './stopping.ts';

interface Ask {
  readonly signal: MapRunSignal;
  resolve?(done: boolean): void;
}

type Work = 'feeding' | 'redriving' | 'stopping' | 'gathering';

/** A commit in the making. */
interface Turn {
  readonly state: MapRunState;
  readonly batches: number;
  readonly asks: readonly { readonly ask: Ask; readonly done: boolean }[];
  readonly counted: readonly number[];
}

export class MapRun {
  readonly #deps: RunDeps;
  readonly #starting: Starting;
  #stored: StoredMapRun;
  /** Of children, as far as they have been read and not been counted. */
  readonly #endings = new Map<number, ChildEnding>();
  /** There may be more of them. */
  #toldMore = false;
  #reading = false;
  #asks: Ask[] = [];
  readonly #batches: Batch[] = [];
  /** Children that were begun before and may not be under the cursor: how many items, by number. */
  readonly #known = new Map<number, number>();
  /** The state that is being written. */
  #committing: MapRunState | undefined;
  #acting: Work | undefined;
  #outcome: MapRunOutcome | undefined;
  /** Children have been told to stop; they are told again at the next look. */
  #stopped = false;
  #cancelLook: (() => void) | undefined;
  #halted = false;
  /** It may begin children. */
  #admitted = false;
  /** Resolves when it is closed, or not ours any more. */
  readonly over: Promise<void>;
  #tellOver!: () => void;
  #idle: (() => void)[] = [];

  constructor(deps: RunDeps, stored: StoredMapRun) {
    this.#deps = deps;
    this.#stored = stored;
    this.#starting = new Starting(deps, stored);
    this.over = new Promise((resolve) => {
      this.#tellOver = resolve;
    });
  }

  get stored(): StoredMapRun {
    return this.#stored;
  }

  get busy(): boolean {
    if (this.#acting || this.#committing || this.#reading) return true;
    return this.#batches.length > 0;
  }

  /** Goes on from what is stored, and hears a signal before anything else where one is given. */
  async open(signal?: MapRunSignal): Promise<void> {
    const { id, arn } = this.#stored;
    const { executions, mapRuns } = this.#deps;
    // What was begun before a crash and is not under the cursor is among the last ones.
    const last = await executions.children(arn, undefined, BATCHES_MAX * CHILDREN_PER_COMMIT);
    for (const { mapItem } of last) this.#known.set(mapItem!.index, mapItem!.items);
    for (const ending of await mapRuns.endings(id)) this.#endings.set(ending.index, ending);
    if (signal) this.#asks.push({ signal });
    this.#lookLater();
    this.#pump();
  }

  /** It has waited long enough for others to end. */
  admit(): void {
    this.#admitted = true;
    this.#pump();
  }

  /**
   * A child has ended. Its ending is read from the store, for only there it is known whether it has
   * been counted: this may come long after a look at the store has found it.
   */
  ended(): void {
    this.#toldMore = true;
    this.#pump();
  }

  /** Resolves once it is durable; false where it came too late. */
  ask(signal: MapRunSignal): Promise<boolean> {
    if (this.#halted) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#asks.push({ signal, resolve });
      this.#pump();
    });
  }

  /** Begins and commits nothing more; resolves when nothing is under way. */
  async halt(): Promise<void> {
    this.#halted = true;
    this.#cancelLook?.();
    this.#starting.halt();
    this.#refuse();
    while (this.#committing || this.#acting || this.#reading) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
    await this.#starting.close();
    this.#tellOver();
  }

  #say(signal: MapRunSignal): void {
    this.#asks.push({ signal });
    this.#pump();
  }

  #pump(): void {
    if (this.#halted) {
      this.#rest();
      return;
    }
    const turn = this.#committing ? undefined : this.#turn();
    if (turn) this.#commit(turn);
    if (this.#toldMore) this.#read();
    this.#act();
  }

  /** What was asked for and can never be done. */
  #refuse(): void {
    for (const { resolve } of this.#asks.splice(0)) resolve?.(false);
  }

  #rest(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** What is to be written; undefined where nothing has changed, or must wait for children. */
  #turn(): Turn | undefined {
    const now = this.#deps.clock.now();
    const before = this.#stored.state;
    let state = before;
    let batches = 0;
    for (const { done, cursor } of this.#batches) {
      if (!done || !cursor) break;
      batches++;
      state = decideMapRun(state, { type: 'Started', cursor }, now);
    }
    const asks = this.#asks.map((ask) => {
      const next = decideMapRun(state, ask.signal, now);
      const done = next !== state;
      state = next;
      return { ask, done };
    });
    const counted: number[] = [];
    for (const ending of this.#endings.values()) {
      if (this.#reading || counted.length === CHILDREN_PER_COMMIT) break;
      if (!isCountable(state, ending)) continue;
      state = decideMapRun(state, { type: 'Ended', child: ending }, now);
      counted.push(ending.index);
    }
    if (state === before) {
      this.#answer(asks);
      return undefined;
    }
    // Children that are being begun are not under the cursor yet, and must end before it is over.
    const beginning = batches < this.#batches.length || this.#known.has(state.cursor.children);
    const over = state.stage === 'gathering' && before.stage !== 'gathering';
    if (over && beginning) return undefined;
    return { state, batches, asks, counted: counted.sort((a, b) => a - b) };
  }

  #answer(asks: Turn['asks']): void {
    const heard = new Set(asks.map(({ ask }) => ask));
    this.#asks = this.#asks.filter((ask) => !heard.has(ask));
    for (const { ask, done } of asks) ask.resolve?.(done);
  }

  #commit(turn: Turn): void {
    this.#committing = turn.state;
    const { id, seq } = this.#stored;
    const tell = turn.state.stage === 'closed' ? this.#tellOf(turn.state) : undefined;
    const { state, counted } = turn;
    this.#deps.mapRuns
      .commit({ run: id, expectedSeq: seq, state, counted, ...(tell && { tell }) })
      .then(
        (outcome) => {
          this.#committing = undefined;
          if (outcome === 'ok') this.#committed(turn, tell);
          else this.#lost();
        },
        (error: unknown) => {
          this.#committing = undefined;
          this.#deps.log.error('could not write', { mapRun: this.#stored.arn, error });
          this.#deps.clock.wake(this.#deps.clock.now() + RETRY_AFTER_MS, () => this.#pump());
          if (this.#halted) this.#rest();
        },
      );
  }

  /** The row that tells the execution; of an aborted Map Run nobody wants to know. */
  #tellOf(state: MapRunState): WorkRow | undefined {
    if (state.status === 'ABORTED') return undefined;
    const { execution } = this.#stored;
    const outcome: MapRunOutcome | undefined = state.failure ?? this.#outcome;
    return {
      execution: execution.id,
      scope: execution.scope,
      attempt: state.attempt,
      kind: 'mapRunEnded',
      status: 'ready',
      epoch: 0,
      payload: JSON.stringify(outcome),
    };
  }

  #committed({ state, batches, asks, counted }: Turn, tell: WorkRow | undefined): void {
    this.#stored = { ...this.#stored, seq: this.#stored.seq + 1, state };
    this.#batches.splice(0, batches);
    for (const index of counted) this.#endings.delete(index);
    this.#answer(asks);
    if (state.stage === 'closed') {
      this.#halted = true;
      this.#refuse();
      this.#cancelLook?.();
      this.#deps.closed(this.#stored.id);
      this.#tellOver();
      if (tell) this.#deps.engines.standard.mapRunEnded(tell);
      void this.#starting.close();
      this.#rest();
      return;
    }
    this.#pump();
  }

  /** Somebody else has written: this Map Run is not ours any more. */
  #lost(): void {
    this.#deps.log.warn('another process runs this Map Run', { mapRun: this.#stored.arn });
    this.#deps.closed(this.#stored.id);
    void this.halt();
  }

  /** Does what the state asks for, one thing at a time. */
  #act(): void {
    if (this.#acting) return;
    const { state } = this.#stored;
    const room = this.#admitted ? roomOf(state, this.#deps.limits) : 0;
    const stopping = state.stage === 'stopping';
    if (this.#quota(state) > 0) {
      this.#do('feeding', () => this.#feed());
    } else if (state.redrive && (room > 0 || stopping) && !this.#isAsked('Redriven')) {
      this.#do('redriving', async () => {
        this.#say(await redriveSome(this.#deps, this.#stored, room));
      });
    } else if (stopping && runningOf(state) > 0 && !this.#stopped) {
      this.#stopped = true;
      this.#do('stopping', () => stopChildren(this.#deps, this.#stored));
    } else if (state.stage === 'gathering' && !this.#isAsked('Gathered')) {
      this.#do('gathering', () => this.#gather());
    }
  }

  #isAsked(type: MapRunSignal['type']): boolean {
    return this.#asks.some(({ signal }) => signal.type === type);
  }

  #do(what: Work, work: () => Promise<void>): void {
    this.#acting = what;
    work()
      .catch((error: unknown) => {
        this.#deps.log.error('a Map Run failed at its work', { mapRun: this.#stored.arn, error });
        return this.#starting.pause(RETRY_AFTER_MS);
      })
      .finally(() => {
        this.#acting = undefined;
        this.#pump();
      });
  }

  /** How many children may be begun now. */
  #quota(state: MapRunState): number {
    if (!this.#admitted || this.#batches.length >= BATCHES_MAX) return 0;
    const { index } = this.#starting;
    const begun = this.#begunFrom(index);
    if (begun > 0) return Math.min(begun, CHILDREN_PER_COMMIT);
    if (state.cursor.done || this.#starting.exhausted || state.redrive) return 0;
    if (!this.#takesMore()) return 0;
    const room = roomOf(state, this.#deps.limits) - (index - state.cursor.children);
    return Math.min(room, CHILDREN_PER_COMMIT);
  }

  async #feed(): Promise<void> {
    for (;;) {
      const { state } = this.#stored;
      const quota = this.#quota(state);
      if (quota <= 0 || this.#halted) return;
      const batch: Batch = { cursor: undefined, done: false };
      this.#batches.push(batch);
      const wanted = () => this.#known.has(this.#starting.index) || this.#takesMore();
      const failure = await this.#starting.start(this.#stored, batch, quota, wanted, () =>
        this.#pump(),
      );
      if (!failure) continue;
      this.#adopt();
      return this.#say(failure);
    }
  }

  /** What has been begun counts, also where it cannot be read again what it was begun with. */
  #adopt(): void {
    const { index } = this.#starting;
    const count = this.#begunFrom(index);
    let items = 0;
    for (let i = index; i < index + count; i++) items += this.#known.get(i)!;
    if (count > 0) this.#say(this.#starting.adopt(index + count, items));
  }

  /** How many children from this number on have been begun before. */
  #begunFrom(index: number): number {
    let end = index;
    while (this.#known.has(end)) end++;
    return end - index;
  }

  /** Nothing has been asked that ends it, and nothing is being written that does. */
  #takesMore(): boolean {
    const { stage } = this.#committing ?? this.#stored.state;
    return stage === 'running' && !this.#isAsked('Abort');
  }

  async #gather(): Promise<void> {
    const outcome = await outcomeOf(this.#deps, this.#stored, this.#starting);
    const failed = 'error' in outcome;
    this.#outcome = outcome;
    this.#say({ type: 'Gathered', failure: failed ? outcome : undefined });
  }

  /**
   * Reads endings, when those that were read before have been counted. None are counted meanwhile,
   * nor is it done while some are, so that none is counted twice.
   */
  #read(): void {
    if (this.#reading || this.#committing || this.#endings.size > 0) return;
    this.#reading = true;
    this.#toldMore = false;
    this.#deps.mapRuns
      .endings(this.#stored.id)
      .then(
        (endings) => {
          for (const ending of endings) this.#endings.set(ending.index, ending);
        },
        (error: unknown) => {
          this.#deps.log.warn('could not read endings', { mapRun: this.#stored.arn, error });
        },
      )
      .finally(() => {
        this.#reading = false;
        this.#pump();
      });
  }

  #lookLater(): void {
    const { clock } = this.#deps;
    this.#cancelLook = clock.wake(clock.now() + LOOK_AFTER_MS, () => this.#look());
  }

  /** Endings that another process has written, and children that were begun while others stopped. */
  #look(): void {
    this.#stopped = false;
    this.#toldMore = true;
    this.#lookLater();
    this.#pump();
  }
}
