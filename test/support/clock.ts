/** A clock that moves only when a test says so. */
import type { Clock } from '../../src/ground/tools.ts';

interface Wake {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #wakes = new Set<Wake>();
  readonly #soon: (ring: () => void) => void;

  /** `soon` calls what is due when it is asked for, as a timer would do it by itself. */
  constructor(now = Date.UTC(2026, 0, 1), soon: (ring: () => void) => void = queueMicrotask) {
    this.#now = now;
    this.#soon = soon;
  }

  now(): number {
    return this.#now;
  }

  wake(at: number, wake: () => void): () => void {
    const entry = { at, order: this.#order++, wake };
    this.#wakes.add(entry);
    if (at <= this.#now) this.#soon(() => this.advance(0));
    return () => this.#wakes.delete(entry);
  }

  /** Due times that are waited for, earliest first, from now. */
  get waits(): number[] {
    return this.#sorted().map(({ at }) => at - this.#now);
  }

  /** When the next wake is due. */
  get next(): number | undefined {
    return this.#first()?.at;
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const one of this.#sorted()) if (one.at <= this.#now) this.#ring(one);
  }

  /** Moves to the next wake and lets it happen; false where nothing waits. */
  tick(): boolean {
    const first = this.#first();
    if (!first) return false;
    this.#now = Math.max(this.#now, first.at);
    this.#ring(first);
    return true;
  }

  /** Nothing is woken any more: the process is dead. */
  clear(): void {
    this.#wakes.clear();
  }

  #ring(one: Wake): void {
    if (this.#wakes.delete(one)) one.wake();
  }

  #first(): Wake | undefined {
    let first: Wake | undefined;
    for (const one of this.#wakes) if (!first || isBefore(one, first)) first = one;
    return first;
  }

  #sorted(): Wake[] {
    return [...this.#wakes].sort((a, b) => a.at - b.at || a.order - b.order);
  }
}

const isBefore = (a: Wake, b: Wake): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
