/**
 * A clock that can skip time. Between skips it goes as fast as the real one, so that what really
 * takes time (a function, a request) still takes that time; it never goes back.
 */
import type { Instant } from '../ground/time.ts';
import type { Clock } from '../ground/tools.ts';

interface Wake {
  readonly at: Instant;
  readonly wake: () => void;
}

export class VirtualClock implements Clock {
  readonly #real: Clock;
  /** How far ahead of the real clock this one is. */
  #aheadMs: number;
  #wakes = new Set<Wake>();
  #armed: { readonly at: Instant; readonly cancel: () => void } | undefined;

  constructor(real: Clock, start: Instant = real.now()) {
    this.#real = real;
    this.#aheadMs = start - real.now();
  }

  get aheadMs(): number {
    return this.#aheadMs;
  }

  now(): Instant {
    return this.#real.now() + this.#aheadMs;
  }

  wake(at: Instant, wake: () => void): () => void {
    const entry = { at, wake };
    this.#wakes.add(entry);
    if (!this.#armed || at < this.#armed.at) this.#arm(at);
    return () => {
      this.#wakes.delete(entry);
      // A timer for nobody would keep the process alive; one that is too early does no harm.
      if (this.#wakes.size === 0) this.#disarm();
    };
  }

  /** It is `at` now, where it was earlier before; whoever wanted to be woken until then is. */
  skipTo(at: Instant): void {
    this.#aheadMs = Math.max(this.#aheadMs, at - this.#real.now());
    this.#disarm();
    this.#ring();
  }

  #disarm(): void {
    this.#armed?.cancel();
    this.#armed = undefined;
  }

  #arm(at: Instant): void {
    this.#armed?.cancel();
    const cancel = this.#real.wake(at - this.#aheadMs, () => {
      this.#armed = undefined;
      this.#ring();
    });
    this.#armed = { at, cancel };
  }

  #ring(): void {
    const now = this.now();
    const due = [...this.#wakes].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    for (const one of due) if (this.#wakes.delete(one)) one.wake();
    let next = Number.POSITIVE_INFINITY;
    for (const { at } of this.#wakes) next = Math.min(next, at);
    if (next < (this.#armed?.at ?? Number.POSITIVE_INFINITY)) this.#arm(next);
  }
}
