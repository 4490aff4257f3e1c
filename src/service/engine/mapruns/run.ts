/**
 * One Map Run at work. Its own commits move the cursor and count endings, up to a thousand of each
 * at a time; children are begun before the cursor that covers them is stored, and have names that
 * follow from their numbers, so that after a crash they are begun again and found.
 */
import {
  type MapRunOutcome,
  type MapRunSignal,
  type MapRunState,
  roomOf,
  runningOf,
} from '../../../execution/maprun.ts';
import type { WorkRow } from '../../../store/executions/store.ts';
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import { failureBy, isDefect } from '../defect.ts';
import { BegunChildren } from './begun.ts';
import { Endings } from './endings.ts';
import { BATCHES_MAX, CHILDREN_PER_COMMIT, LOOK_AFTER_MS, RETRY_AFTER_MS } from './limits.ts';
import { outcomeOf } from './outcome.ts';
import { keyOf, type Seen, seenInStore } from './ownership.ts';
import { redriveSome } from './redriving.ts';
import type { RunDeps } from './run-deps.ts';
import { type Batch, Starting } from './starting.ts';
import { stopChildren } from './stopping.ts';
import { type Ask, type Turn, turnOf } from './turn.ts';

type Work = 'feeding' | 'redriving' | 'stopping' | 'gathering';

export class MapRun {
  readonly #deps: RunDeps;
  readonly #starting: Starting;
  #stored: StoredMapRun;
  readonly #endings: Endings;
  /** What was read before the latest of them is old. */
  #reloads = 0;
  /** How often in a row its work has thrown what is ours to mend. */
  #defects = 0;
  #asks: Ask[] = [];
  readonly #batches: Batch[] = [];
  readonly #begun = new BegunChildren();
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
    this.#endings = new Endings({
      read: () => deps.mapRuns.endings(stored.id),
      failed: (error) => deps.log.warn('could not read endings', { mapRun: stored.arn, error }),
      ended: () => this.#pump(),
    });
    this.over = new Promise((resolve) => {
      this.#tellOver = resolve;
    });
  }

  get stored(): StoredMapRun {
    return this.#stored;
  }

  get busy(): boolean {
    if (this.#acting || this.#committing || this.#endings.reading) return true;
    return this.#batches.length > 0;
  }

  /** Goes on from what is stored, and hears a signal before anything else where one is given. */
  async open(signal?: MapRunSignal): Promise<void> {
    const { id, arn } = this.#stored;
    const { executions, mapRuns } = this.#deps;
    // What was begun before a crash and is not under the cursor is among the last ones.
    const last = await executions.children(arn, undefined, BATCHES_MAX * CHILDREN_PER_COMMIT);
    this.#begun.add(last);
    this.#endings.add(await mapRuns.endings(id));
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
    this.#endings.tell();
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
    while (this.#committing || this.#acting || this.#endings.reading) {
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
    if (!this.#committing) this.#endings.read();
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
    const { state } = this.#stored;
    const isBegun = (index: number) => this.#begun.has(index);
    const endings = this.#endings.countable;
    const said = { asks: this.#asks, batches: this.#batches, endings, isBegun };
    const turn = turnOf(state, said, this.#deps.clock.now());
    if (turn?.state !== state) return turn;
    this.#answer(turn.asks);
    return undefined;
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
          if (outcome === 'conflict') return this.#again();
          this.#committing = undefined;
          this.#committed(turn, tell);
        },
        (error: unknown) => {
          this.#committing = undefined;
          this.#deps.log.error('could not write', { mapRun: this.#stored.arn, error });
          this.#tryAgain();
        },
      );
  }

  #tryAgain(): void {
    this.#deps.clock.wake(this.#deps.clock.now() + RETRY_AFTER_MS, () => this.#pump());
    if (this.#halted) this.#rest();
  }

  /** The row that tells the execution; of an aborted Map Run nobody wants to know. */
  #tellOf(state: MapRunState): WorkRow | undefined {
    if (state.status === 'ABORTED') return undefined;
    const outcome: MapRunOutcome | undefined = state.failure ?? this.#outcome;
    return {
      ...keyOf({ ...this.#stored, state }, 'mapRunEnded'),
      status: 'ready',
      epoch: this.#deps.epoch,
      payload: JSON.stringify(outcome),
    };
  }

  #committed({ state, batches, asks, counted }: Turn, tell: WorkRow | undefined): void {
    this.#stored = { ...this.#stored, seq: this.#stored.seq + 1, state };
    this.#batches.splice(0, batches);
    this.#endings.counted(counted);
    this.#answer(asks);
    if (state.stage === 'closed') this.#over(tell);
    else this.#pump();
  }

  #over(told: WorkRow | undefined): void {
    this.#halted = true;
    this.#refuse();
    this.#cancelLook?.();
    this.#deps.closed(this.#stored.id);
    this.#tellOver();
    if (told) this.#deps.engines.standard.mapRunEnded(told);
    void this.#starting.close();
    this.#rest();
  }

  /** Another node has written. The Map Run is ours all the same, unless that one runs it now. */
  async #again(): Promise<void> {
    const seen = await seenInStore(this.#deps, this.#stored);
    this.#committing = undefined;
    if (seen) this.#goOnFrom(seen);
    else this.#tryAgain();
  }

  #goOnFrom({ stored, row, told }: Seen): void {
    if (!stored || row === 'others') {
      this.#lost();
      return;
    }
    this.#stored = stored;
    // What was found out from the state before does not count.
    this.#reloads++;
    this.#endings.forget();
    this.#asks = this.#asks.filter(({ signal }) => !/^(Redriven|Gathered)$/.test(signal.type));
    if (stored.state.stage === 'closed') {
      this.#over(told);
      return;
    }
    // What others have changed may be a reason to stop.
    this.#say(row === 'void' ? { type: 'Abort' } : { type: 'Update' });
  }

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
      this.#do('redriving', () => this.#find(redriveSome(this.#deps, this.#stored, room)));
    } else if (stopping && runningOf(state) > 0 && !this.#stopped) {
      this.#stopped = true;
      this.#do('stopping', () => stopChildren(this.#deps, this.#stored));
    } else if (state.stage === 'gathering' && !this.#isAsked('Gathered')) {
      this.#do('gathering', () => this.#find(this.#gathered()));
    }
  }

  #isAsked(type: MapRunSignal['type']): boolean {
    return this.#asks.some(({ signal }) => signal.type === type);
  }

  #do(what: Work, work: () => Promise<void>): void {
    this.#acting = what;
    work()
      .then(() => {
        this.#defects = 0;
      })
      .catch((error: unknown) => {
        this.#deps.log.error('a Map Run failed at its work', { mapRun: this.#stored.arn, error });
        if (isDefect(error) && ++this.#defects > 1) this.#giveUp(what, error);
        return this.#starting.pause(RETRY_AFTER_MS);
      })
      .finally(() => {
        this.#acting = undefined;
        this.#pump();
      });
  }

  /** A defect of ours keeps it from its work: it fails by it, as an execution does. */
  #giveUp(what: Work, defect: unknown): void {
    const failure = failureBy(defect);
    if (what === 'gathering') {
      this.#outcome = failure;
      this.#say({ type: 'Gathered', failure });
    } else {
      this.#say({ type: 'Fail', ...failure });
    }
  }

  /** How many children may be begun now. */
  #quota(state: MapRunState): number {
    if (!this.#admitted || this.#batches.length >= BATCHES_MAX) return 0;
    const { index } = this.#starting;
    const begun = this.#begun.from(index).count;
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
      const wanted = () => this.#begun.has(this.#starting.index) || this.#takesMore();
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
    const { count, items } = this.#begun.from(index);
    if (count > 0) this.#say(this.#starting.adopt(index + count, items));
  }

  /** Nothing has been asked that ends it, and nothing is being written that does. */
  #takesMore(): boolean {
    const { stage } = this.#committing ?? this.#stored.state;
    return stage === 'running' && !this.#isAsked('Abort');
  }

  /** Says what is found out, where the state that it comes from is still the one. */
  async #find(finding: Promise<MapRunSignal>): Promise<void> {
    const reloads = this.#reloads;
    const signal = await finding;
    if (reloads === this.#reloads) this.#say(signal);
  }

  async #gathered(): Promise<MapRunSignal> {
    const outcome = await outcomeOf(this.#deps, this.#stored, this.#starting);
    this.#outcome = outcome;
    return { type: 'Gathered', failure: 'error' in outcome ? outcome : undefined };
  }

  #lookLater(): void {
    const { clock } = this.#deps;
    this.#cancelLook = clock.wake(clock.now() + LOOK_AFTER_MS, () => this.#look());
  }

  /** Endings that another process has written, and children that were begun while others stopped. */
  #look(): void {
    this.#stopped = false;
    this.#endings.tell();
    this.#lookLater();
    if (this.#deps.live) void this.#compare();
    this.#pump();
  }

  /** Others may have changed it, or ended what waits for it. */
  async #compare(): Promise<void> {
    const seen = await seenInStore(this.#deps, this.#stored);
    if (!seen || this.#halted || this.#committing) return;
    const { seq, state } = this.#stored;
    if (seen.stored && seen.stored.seq < seq) return;
    const isVoid = seen.row === 'void' && state.status !== 'ABORTED';
    if (isVoid || seen.row === 'others' || seen.stored?.seq !== seq) this.#goOnFrom(seen);
  }
}
