/**
 * How much work paths, filters and intrinsic functions may be for one field of a state, counted in
 * steps and not in time, so that it is the same everywhere: a definition can ask for much that is
 * small to write, and nothing else runs meanwhile.
 */
import type { Json } from '../ground/json.ts';
import { LanguageError } from './language-error.ts';
import { EFFORT_MAX } from './limits.ts';

/** Characters of a text that count as one step. */
const TEXT_STEP_LENGTH = 16;

const TOO_MUCH =
  'The paths and functions of one field are more work than this server does without a pause: ' +
  'they visit too much data';

export class Effort {
  #left: number;

  constructor(most = EFFORT_MAX) {
    this.#left = most;
  }

  /** Throws `States.Runtime` where it is too much. */
  readonly spend = (steps: number): void => {
    this.#left -= steps;
    if (this.#left < 0) throw new LanguageError('States.Runtime', TOO_MUCH);
  };

  spendOnText(text: string): void {
    this.spend(1 + text.length / TEXT_STEP_LENGTH);
  }

  /** As much as printing the value is; what it has twice counts twice. */
  spendOn(value: Json): void {
    const stack: Json[] = [value];
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (typeof node === 'string') this.spendOnText(node);
      else if (typeof node !== 'object' || node === null) this.spend(1);
      else {
        const children = Array.isArray(node) ? node : Object.values(node);
        this.spend(1 + children.length);
        for (const child of children) stack.push(child);
      }
    }
  }
}
