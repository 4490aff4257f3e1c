/**
 * The time of day as something that waits can rely on. It never goes back: where the machine's clock
 * is set back, time goes on at its old pace, ahead of that clock by the step, until the clock has
 * caught up or the process ends. Where it is set forward, or the machine slept, what became due
 * meanwhile is woken within a second: a timer counts only the time that the machine was awake.
 */
import type { Instant } from '../ground/time.ts';
import type { Clock } from '../ground/tools.ts';

/** Where time comes from; all in milliseconds. */
export interface TimeSources {
  /** The time of day, which may be set at any moment. */
  wall(): Instant;
  /** Time since any moment, which only goes on. */
  elapsed(): number;
  /** Calls back once after about so long; the answer cancels. */
  after(ms: number, call: () => void): () => void;
}

interface Wake {
  readonly at: Instant;
  readonly wake: () => void;
}

const LOOK_AGAIN_MS = 1_000;
/** The two sources drift apart a little, and are not read at one moment: that is no step. */
const STEP_MS_MIN = 1_000;

export class SteadyClock implements Clock {
  readonly #sources: TimeSources;
  readonly #onStep: (ms: number) => void;
  readonly #wakes = new Set<Wake>();
  #armed: { readonly at: Instant; readonly cancel: () => void } | undefined;
  /** How far this clock is ahead of the machine's; 0 unless that was set back. */
  #aheadMs = 0;
  #anchor: { readonly wall: Instant; readonly elapsed: number };
  #last: Instant;

  /** `onStep` hears by how much the machine's clock was set, forward or (negative) back. */
  constructor(sources: TimeSources, onStep: (ms: number) => void = () => {}) {
    this.#sources = sources;
    this.#onStep = onStep;
    this.#last = sources.wall();
    this.#anchor = { wall: this.#last, elapsed: sources.elapsed() };
  }

  get aheadMs(): number {
    return this.#aheadMs;
  }

  now(): Instant {
    let now = this.#sources.wall() + this.#aheadMs;
    if (now < this.#last) {
      this.#look();
      now = Math.max(this.#last, this.#sources.wall() + this.#aheadMs);
    }
    this.#last = now;
    return now;
  }

  wake(at: Instant, wake: () => void): () => void {
    const entry = { at, wake };
    this.#wakes.add(entry);
    if (!this.#armed || at < this.#armed.at) this.#arm(at);
    return () => {
      this.#wakes.delete(entry);
      // A timer for nothing would keep the process alive.
      if (this.#wakes.size === 0) this.#disarm();
    };
  }

  #disarm(): void {
    this.#armed?.cancel();
    this.#armed = undefined;
  }

  #arm(at: Instant): void {
    this.#armed?.cancel();
    const ms = Math.min(Math.max(0, Math.ceil(at - this.now())), LOOK_AGAIN_MS);
    const cancel = this.#sources.after(ms, () => {
      this.#armed = undefined;
      this.#look();
      this.#ring();
    });
    this.#armed = { at, cancel };
  }

  /** Holds the two sources against each other. */
  #look(): void {
    const wall = this.#sources.wall();
    const elapsed = this.#sources.elapsed();
    const step = wall - this.#anchor.wall - (elapsed - this.#anchor.elapsed);
    this.#anchor = { wall, elapsed };
    if (Math.abs(step) < STEP_MS_MIN) return;
    this.#aheadMs = Math.max(0, this.#aheadMs - step);
    this.#onStep(step);
  }

  #ring(): void {
    const now = this.now();
    const due = [...this.#wakes].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    for (const one of due) if (this.#wakes.delete(one)) one.wake();
    let next = Number.POSITIVE_INFINITY;
    for (const { at } of this.#wakes) next = Math.min(next, at);
    if (this.#wakes.size > 0 && (!this.#armed || next < this.#armed.at)) this.#arm(next);
  }
}
