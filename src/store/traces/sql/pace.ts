/** Lets others have their turn in the middle of long work on the main thread. */
import type { Clock } from '../../../ground/tools.ts';

const TURN_MS = 8;

export class Pace {
  readonly #clock: Clock;
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** True once the turn is over: then `rest` is due. */
  get isOver(): boolean {
    return this.#clock.now() - this.#since >= TURN_MS;
  }

  async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#clock.wake(this.#clock.now(), resolve);
    });
    this.#since = this.#clock.now();
  }
}
