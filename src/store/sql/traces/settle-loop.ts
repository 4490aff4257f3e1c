/**
 * When traces settle: after a time without news, when memory is short (the quietest first), or when
 * a trace that never rests keeps old log rows on disk.
 */
import type { Logger } from '../../../ground/log.ts';
import type { Clock } from '../../../ground/tools.ts';
import type { HotSet, HotTrace } from './hot.ts';
import type { Settler } from './settle.ts';

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
  #running = false;
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
    await this.#turn;
  }

  #schedule(delayMs: number): void {
    const at = this.#deps.clock.now() + delayMs;
    if (this.#stopped || this.#running || this.#wakeAt <= at) return;
    this.#cancel?.();
    this.#wakeAt = at;
    this.#cancel = this.#deps.clock.wake(at, () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    let failed = false;
    try {
      for (let due = this.#due(); due.length > 0 && !this.#stopped; due = this.#due()) {
        const batch = due;
        await this.alone(() => this.#deps.settler.settle(batch));
        if (!this.#exceeds(OVERFLOW)) this.#release();
      }
      const { settler, hot } = this.#deps;
      if (hot.size === 0 && settler.hasDeadLogs && !this.#stopped) {
        await this.alone(() => settler.deleteDeadLogs());
      }
    } catch (error) {
      failed = true;
      this.#deps.log.warn('traces could not be settled; they stay in memory', { error });
    }
    this.#running = false;
    this.#release();
    if (failed) this.#schedule(RETRY_MS);
    else this.wake();
  }

  #exceeds(multiple: number): boolean {
    const { hot } = this.#deps;
    const { tracesMax, bytesMax } = this.#rules;
    return hot.size > tracesMax * multiple || hot.bytes > bytesMax * multiple;
  }

  #due(): HotTrace[] {
    const { hot, clock } = this.#deps;
    const { quietMs, tracesMax, bytesMax, logAgeMs, batchTraces, batchBytes } = this.#rules;
    const now = clock.now();
    const relieve = this.#exceeds(1);
    const due: HotTrace[] = [];
    let bytes = 0;
    for (const trace of hot.all()) {
      if (due.length >= batchTraces || bytes >= batchBytes) return due;
      const tooMany =
        relieve &&
        (hot.size - due.length > tracesMax * RELIEF || hot.bytes - bytes > bytesMax * RELIEF);
      if (now - trace.updatedMs < quietMs && !tooMany) break;
      due.push(trace);
      bytes += trace.bytes;
    }
    if (due.length > 0) return due;
    for (const trace of hot.all()) {
      if (due.length >= batchTraces || bytes >= batchBytes) break;
      if (now - trace.unsettledSinceMs < logAgeMs) continue;
      due.push(trace);
      bytes += trace.bytes;
    }
    return due;
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
