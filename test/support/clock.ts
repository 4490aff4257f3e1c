/** A clock that moves only when a test says so. */
import type { Clock } from '../../src/ground/tools.ts';

export class ManualClock implements Clock {
  #now: number;
  #wakes: { at: number; wake: () => void }[] = [];

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  wake(at: number, wake: () => void): () => void {
    const entry = { at, wake };
    this.#wakes.push(entry);
    // What is already due fires by itself, as a timer would.
    if (at <= this.#now) queueMicrotask(() => this.advance(0));
    return () => {
      this.#wakes = this.#wakes.filter((other) => other !== entry);
    };
  }

  /** Due times that are waited for, earliest first, from now. */
  get waits(): number[] {
    return this.#wakes.map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#wakes.filter(({ at }) => at <= this.#now);
    this.#wakes = this.#wakes.filter(({ at }) => at > this.#now);
    for (const { wake } of due.sort((a, b) => a.at - b.at)) wake();
  }
}
