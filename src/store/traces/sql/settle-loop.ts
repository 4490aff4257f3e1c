/**
 * When traces settle: after a time without news, when memory is short (the quietest first), or when
 * a trace that never rests keeps old log rows on disk.
 */
import type { Logger } from '../../../ground/log.ts';
import { Loop } from '../../../ground/loop.ts';
import type { Clock } from '../../../ground/tools.ts';
import type { HotSet, HotTrace } from './hot.ts';
import type { Batch, Settler } from './settle.ts';

export interface SettleRules {
  readonly quietMs: number;
  readonly tracesMax: number;
  readonly bytesMax: number;
  /** A log row stays at most about this long. */
  readonly logAgeMs: number;
  readonly batchTraces: number;
  readonly batchBytes: number;
}

const DEFAULT_RULES: SettleRules = {
  quietMs: 10_000,
  tracesMax: 50_000,
  bytesMax: 64 * 1024 * 1024,
  logAgeMs: 60_000,
  batchTraces: 500,
  batchBytes: 8 * 1024 * 1024,
};

const TICK_MS = 500;
const RETRY_MS = [5_000, 20_000] as const;
/** Settling because of memory goes on until this share of the bound. */
const RELIEF = 0.9;
/** Beyond this multiple of the bounds, whoever puts has to wait. */
const OVERFLOW = 1.5;

export interface SettleLoopDeps {
  readonly hot: HotSet;
  readonly settler: Settler;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rules: Partial<SettleRules> | undefined;
}

export class SettleLoop {
  readonly #deps: SettleLoopDeps;
  readonly #rules: SettleRules;
  readonly #loop: Loop;
  #alone: Promise<unknown> = Promise.resolve();
  #waiting: (() => void)[] = [];

  constructor(deps: SettleLoopDeps) {
    const { clock, log } = deps;
    this.#deps = deps;
    this.#rules = { ...DEFAULT_RULES, ...deps.rules };
    this.#loop = new Loop({
      clock,
      turn: () => this.#settle().finally(() => this.#release()),
      failed: (error) => {
        log.warn('traces could not be settled; they stay in memory', { error });
      },
      retryMs: RETRY_MS,
    });
  }

  start(): void {
    this.#loop.start(this.#dueInMs());
  }

  /** Something has become hot. */
  wake(): void {
    const inMs = this.#dueInMs();
    if (inMs !== undefined) this.#loop.wake(inMs);
  }

  /** Resolves when there is room for more hot traces. */
  async room(): Promise<void> {
    if (this.#loop.stopped || !this.#exceeds(OVERFLOW)) return;
    this.wake();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Runs work while nothing is being settled. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#alone.then(work);
    this.#alone = turn.catch(() => {});
    return turn;
  }

  async stop(): Promise<void> {
    const stopped = this.#loop.stop();
    this.#release();
    await stopped;
    await this.#alone;
  }

  #dueInMs(): number | undefined {
    const { hot, settler } = this.#deps;
    if (hot.size === 0 && !settler.hasDeadLogs) return undefined;
    return this.#exceeds(1) ? 0 : TICK_MS;
  }

  async #settle(): Promise<number | undefined> {
    const { settler, hot } = this.#deps;
    let batch = await this.#prepare();
    while (batch && !this.#loop.stopped) {
      batch = await this.#commit(batch);
      if (!this.#exceeds(OVERFLOW)) this.#release();
    }
    if (hot.size === 0 && settler.hasDeadLogs && !this.#loop.stopped) {
      await this.alone(() => settler.deleteDeadLogs());
    }
    return this.#dueInMs();
  }

  /** Commits a batch and answers the next, which is compiled while the database writes. */
  async #commit(batch: Batch): Promise<Batch | undefined> {
    const { settler } = this.#deps;
    const committed = this.alone(() => settler.commit(batch));
    const [next] = await Promise.allSettled([this.#prepare(), committed]);
    const prepared = next.status === 'fulfilled' ? next.value : undefined;
    try {
      await committed;
    } catch (error) {
      if (prepared) settler.drop(prepared);
      throw error;
    }
    if (next.status === 'rejected') throw next.reason;
    return prepared;
  }

  async #prepare(): Promise<Batch | undefined> {
    const due = this.#loop.stopped ? [] : this.#due();
    return due.length > 0 ? this.#deps.settler.prepare(due) : undefined;
  }

  #exceeds(multiple: number): boolean {
    const { hot } = this.#deps;
    const { tracesMax, bytesMax } = this.#rules;
    return hot.size > tracesMax * multiple || hot.bytes > bytesMax * multiple;
  }

  /** Those to settle next: quiet ones, the quietest where memory is short, else restless ones. */
  #due(): HotTrace[] {
    const { clock } = this.#deps;
    const { quietMs, logAgeMs } = this.#rules;
    const now = clock.now();
    let excess = this.#exceeds(1) ? this.#excess() : { traces: 0, bytes: 0 };
    const due = this.#take((trace) => {
      const tooMany = excess.traces > 0 || excess.bytes > 0;
      if (now - trace.updatedMs < quietMs && !tooMany) return 'enough';
      excess = { traces: excess.traces - 1, bytes: excess.bytes - trace.bytes };
      return true;
    });
    return due.length > 0 ? due : this.#take((trace) => now - trace.unsettledSinceMs >= logAgeMs);
  }

  /** What must leave memory. */
  #excess(): { traces: number; bytes: number } {
    const { hot } = this.#deps;
    const { tracesMax, bytesMax } = this.#rules;
    return { traces: hot.size - tracesMax * RELIEF, bytes: hot.bytes - bytesMax * RELIEF };
  }

  /** Traces for one batch, the one quiet longest first. */
  #take(wanted: (trace: HotTrace) => boolean | 'enough'): HotTrace[] {
    const { batchTraces, batchBytes } = this.#rules;
    const taken: HotTrace[] = [];
    let bytes = 0;
    for (const trace of this.#deps.hot.all()) {
      if (taken.length >= batchTraces || bytes >= batchBytes) break;
      const answer = wanted(trace);
      if (answer === 'enough') break;
      if (!answer || trace.settling) continue;
      taken.push(trace);
      bytes += trace.bytes;
    }
    return taken;
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
