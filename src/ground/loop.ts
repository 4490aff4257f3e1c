/**
 * Work that is done again and again in turns: never two turns at once, none after a stop has
 * resolved, and a stop waits for the turn that runs. Start, stop and wake are idempotent, in any
 * order, and a stopped loop may start again.
 *
 * A turn that throws is told of and tried again later, each time twice as long as before; a wake
 * does not cut that short.
 */
import type { Instant } from './time.ts';
import type { Clock } from './tools.ts';

export interface LoopOptions {
  readonly clock: Clock;
  /** Answers in how many milliseconds the next turn is due, or nothing: not before a wake. */
  turn(): Promise<number | undefined>;
  failed(error: unknown): void;
  /** The first and the longest pause after turns that threw, in milliseconds. */
  readonly retryMs: readonly [first: number, longest: number];
}

export class Loop {
  readonly #options: LoopOptions;
  readonly #pauses = new Set<() => void>();
  #started = false;
  #armed: { readonly at: Instant; readonly cancel: () => void } | undefined;
  /** When the next turn is wished for, while none can be armed. */
  #wished = Number.POSITIVE_INFINITY;
  #turn: Promise<void> | undefined;
  /** The turn after the one that runs, for those who have asked for one now. */
  #following: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** What a long turn looks at between its steps. */
  get stopped(): boolean {
    return !this.#started;
  }

  /** The first turn comes after `inMs`, or with the first wake where that is left out. */
  start(inMs?: number): void {
    if (this.#started) return;
    this.#started = true;
    this.#failures = 0;
    this.#notBefore = Number.NEGATIVE_INFINITY;
    this.#wish(inMs === undefined ? Number.POSITIVE_INFINITY : this.#options.clock.now() + inMs);
  }

  /** There is to be a turn within `inMs`. One that runs now does not count, another follows it. */
  wake(inMs = 0): void {
    this.#wish(this.#options.clock.now() + inMs);
  }

  /**
   * Takes a turn at once, or right after the one that runs; resolves when it has ended, well or
   * not. Of a loop that is stopped, it is only a wish.
   */
  now(): Promise<void> {
    if (!this.#started) {
      this.wake();
      return Promise.resolve();
    }
    if (!this.#turn) return this.#take();
    this.#following ??= this.#turn.then(() => {
      this.#following = undefined;
      return this.#started ? this.now() : undefined;
    });
    return this.#following;
  }

  /** For a turn: a rest between its steps, which a stop ends. */
  pause(ms: number): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const { clock } = this.#options;
      const end = (): void => {
        cancel();
        this.#pauses.delete(end);
        resolve();
      };
      const cancel = clock.wake(clock.now() + ms, end);
      this.#pauses.add(end);
    });
  }

  /** With a last turn where it is asked for. Never called from a turn, which would wait for itself. */
  stop(withLastTurn = false): Promise<void> {
    if (!this.#started) return this.#stopping ?? Promise.resolve();
    this.#started = false;
    this.#armed?.cancel();
    this.#armed = undefined;
    this.#wished = Number.POSITIVE_INFINITY;
    for (const end of [...this.#pauses]) end();
    const stopping = this.#finish(withLastTurn).then(() => {
      if (this.#stopping === stopping) this.#stopping = undefined;
    });
    this.#stopping = stopping;
    return stopping;
  }

  async #finish(withLastTurn: boolean): Promise<void> {
    await this.#turn;
    // One that began meanwhile, because of a new start, is as good.
    if (withLastTurn) await (this.#turn ?? this.#take());
  }

  #wish(at: Instant): void {
    this.#wished = Math.min(this.#wished, at);
    this.#arm();
  }

  #arm(): void {
    const at = Math.max(this.#wished, this.#notBefore);
    if (!this.#started || this.#turn || at === Number.POSITIVE_INFINITY) return;
    if (this.#armed && this.#armed.at <= at) return;
    this.#armed?.cancel();
    const armed = { at, cancel: this.#options.clock.wake(at, () => this.#ring(armed)) };
    this.#armed = armed;
  }

  #ring(armed: object): void {
    // A clock may still ring what was cancelled in the same moment.
    if (this.#armed === armed) void this.#take();
  }

  #take(): Promise<void> {
    this.#armed?.cancel();
    this.#armed = undefined;
    this.#wished = Number.POSITIVE_INFINITY;
    let ended!: () => void;
    const turn = new Promise<void>((resolve) => {
      ended = resolve;
    });
    this.#turn = turn;
    void this.#run().then((next) => {
      this.#turn = undefined;
      if (next !== undefined && this.#started) this.wake(next);
      this.#arm();
      ended();
    });
    return turn;
  }

  async #run(): Promise<number | undefined> {
    const { turn, failed, retryMs } = this.#options;
    try {
      const next = await turn();
      this.#failures = 0;
      return next;
    } catch (error) {
      const [first, longest] = retryMs;
      const pause = Math.min(first * 2 ** this.#failures, longest);
      this.#failures += 1;
      this.#notBefore = this.#options.clock.now() + pause;
      failed(error);
      return pause;
    }
  }
}
