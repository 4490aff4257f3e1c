/**
 * Endings of children, as far as they have been read and not been counted. None are counted while
 * more are read, nor is that done while some wait, so that none is counted twice.
 */
import type { ChildEnding } from '../../../execution/maprun.ts';

export interface EndingsDeps {
  read(): Promise<readonly ChildEnding[]>;
  failed(error: unknown): void;
  /** A reading has ended. */
  ended(): void;
}

export class Endings {
  readonly #deps: EndingsDeps;
  readonly #endings = new Map<number, ChildEnding>();
  /** There may be more of them. */
  #more = false;
  #reading = false;
  /** Grows when what is being read is old before it is there. */
  #forgotten = 0;

  constructor(deps: EndingsDeps) {
    this.#deps = deps;
  }

  get reading(): boolean {
    return this.#reading;
  }

  get countable(): Iterable<ChildEnding> {
    return this.#reading ? [] : this.#endings.values();
  }

  add(endings: readonly ChildEnding[]): void {
    for (const ending of endings) this.#endings.set(ending.index, ending);
  }

  /** There may be more in the store. */
  tell(): void {
    this.#more = true;
  }

  counted(indices: readonly number[]): void {
    for (const index of indices) this.#endings.delete(index);
  }

  /** Others have counted some. */
  forget(): void {
    this.#forgotten++;
    this.#endings.clear();
    this.#more = true;
  }

  /** Reads more where there may be any. Not while some are being counted. */
  read(): void {
    if (!this.#more || this.#reading || this.#endings.size > 0) return;
    this.#reading = true;
    this.#more = false;
    const before = this.#forgotten;
    this.#deps
      .read()
      .then((endings) => {
        if (before === this.#forgotten) this.add(endings);
      }, this.#deps.failed)
      .finally(() => {
        this.#reading = false;
        this.#deps.ended();
      });
  }
}
