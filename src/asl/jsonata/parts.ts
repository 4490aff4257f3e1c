/**
 * The parts of a list or an object, one after the other. The library begins all of them at once and
 * counts them as nested in one another, so that a list of more than a hundred would be too deep.
 */
import type { Environment } from 'jsonata';

/** How deep the library is; each of its frames knows it. */
interface Evaluation {
  depth: number;
}

export class PartsInOrder {
  /** What begins the parts that have not begun, of the innermost list last. */
  readonly #waiting: (() => void)[][] = [];
  #beginning = false;

  /** Resolves when the parts before it have ended. All parts of a list are begun in one turn. */
  begin(environment: Environment): Promise<void> {
    const evaluation = (environment as unknown as { base: Evaluation }).base;
    if (!this.#beginning) {
      this.#beginning = true;
      this.#waiting.push([]);
      void Promise.resolve().then(() => {
        this.#beginning = false;
        this.#waiting.at(-1)!.reverse();
        this.#next();
      });
    }
    evaluation.depth -= 1;
    return new Promise((resolve) => {
      this.#waiting.at(-1)!.push(() => {
        evaluation.depth += 1;
        resolve();
      });
    });
  }

  end(): void {
    if (this.#waiting.at(-1)!.length === 0) this.#waiting.pop();
    // The library is done with this part a turn later.
    else void Promise.resolve().then(() => this.#next());
  }

  #next(): void {
    this.#waiting.at(-1)!.pop()!();
  }
}
