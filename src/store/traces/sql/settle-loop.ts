/**
 * When traces settle: after a time without news, when memory is short (the quietest first), or when
 * a trace that never rests keeps old log rows on disk.
 */
import type { Logger } from '../../../ground/log.ts';
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
const RETRY_MS = 5_000;
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
  #cancel: (() => void) | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;
  #stopped = false;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting: (() => void)[] = [];

  constructor(deps: SettleLoopDeps) {
    this.#deps = deps;
    this.#rules = { ...DEFAULT_RULES, ...deps.rules };
  }

  /** Something has become hot. */
  wake(): void {
    if (this.#deps.hot.size > 0 || this.#deps.settler.hasDeadLogs) {
      this.#schedule(this.#exceeds(1) ? 0 : TICK_MS);
    }
  }

  /** Resolves when there is room for more hot traces. */
  async room(): Promise<void> {
    if (this.#stopped || !this.#exceeds(OVERFLOW)) return;
    this.wake();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Runs work while nothing is being settled. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    this.#release();
    await this.#running;
    await this.#turn;
  }

  #schedule(delayMs: number): void {
    const at = this.#deps.clock.now() + delayMs;
    if (this.#stopped || this.#running || this.#wakeAt <= at) return;
    this.#cancel?.();
    this.#wakeAt = at;
    this.#cancel = this.#deps.clock.wake(at, () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#running = this.#run();
    });
  }

  async #run(): Promise<void> {
    const { settler, hot } = this.#deps;
    let failed = false;
    try {
      let batch = await this.#prepare();
      while (batch && !this.#stopped) {
        batch = await this.#commit(batch);
        if (!this.#exceeds(OVERFLOW)) this.#release();
      }
      if (hot.size === 0 && settler.hasDeadLogs && !this.#stopped) {
        await this.alone(() => settler.deleteDeadLogs());
      }
    } catch (error) {
      failed = true;
      this.#deps.log.warn('traces could not be settled; they stay in memory', { error });
    }
    this.#running = undefined;
    this.#release();
    if (failed) this.#schedule(RETRY_MS);
    else this.wake();
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
    const due = this.#stopped ? [] : this.#due();
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
