/**
 * How much one evaluation of a JSONata expression may do, counted in steps and characters and not
 * in time, so that an expression has the same outcome on every machine. One step is the evaluation
 * of one node of its syntax tree; what the library does without evaluating anything (functions on
 * long texts and lists, comparisons, regular expressions) is counted by the size of what it visits.
 */
import { JSONATA_STEPS_MAX, JSONATA_TEXT_LENGTH_MAX, JSONATA_TEXT_TOTAL_MAX } from '../limits.ts';
import { memoryExceeded, StepsExceeded } from './errors.ts';

/** Items of a list or characters of a text that count as one step. */
const VISITS_PER_STEP = 64;
/** Members of an object are found more slowly than items of a list. */
const VISITS_PER_MEMBER = 8;
/** Shorter texts are not counted. */
const LONG_TEXT_LENGTH = 1024;
/** A sign of progress comes once in so many steps. */
const STEPS_PER_SIGN = 1000;

export class Budget {
  readonly #stepsMax: number;
  readonly #onProgress: (() => void) | undefined;
  #spent = 0;
  #nextSign = STEPS_PER_SIGN;
  #textTotal = 0;

  /** `onProgress` is called now and then while steps are counted. */
  constructor(stepsMax = JSONATA_STEPS_MAX, onProgress?: () => void) {
    this.#stepsMax = stepsMax;
    this.#onProgress = onProgress;
  }

  /** Steps so far. */
  get spent(): number {
    return this.#spent;
  }

  /** Throws StepsExceeded where it is too much. */
  spend(steps: number): void {
    this.#spent += steps;
    if (this.#spent > this.#nextSign) {
      this.#nextSign = this.#spent + STEPS_PER_SIGN;
      this.#onProgress?.();
    }
    if (this.#spent > this.#stepsMax) throw new StepsExceeded();
  }

  /** Throws where so many visits would be too much; for work whose true cost is known afterwards. */
  requireVisits(count: number): void {
    if (this.#spent + count / VISITS_PER_STEP > this.#stepsMax) throw new StepsExceeded();
  }

  /** Visits of items, members or characters. */
  visit(count: number): void {
    this.spend(count / VISITS_PER_STEP);
  }

  /** A text or list from one end to the other, and nothing within its items. */
  visitFlat(value: unknown): void {
    if (typeof value === 'string' || Array.isArray(value)) this.visit(value.length);
  }

  /** As much as printing the value is; what it has twice counts twice. */
  visitAll(value: unknown): void {
    this.#walk(value, true);
  }

  /** Lists and the lists in them, through which the library looks for members and truth. */
  visitLists(value: unknown): void {
    if (Array.isArray(value)) this.#walk(value, false);
  }

  #walk(value: unknown, withObjects: boolean): void {
    const stack: unknown[] = [value];
    while (stack.length > 0) {
      const node = stack.pop();
      if (typeof node === 'string') this.visit(node.length);
      if (!Array.isArray(node) && !(withObjects && isPlain(node))) continue;
      const isList = Array.isArray(node);
      const children: readonly unknown[] = isList ? node : Object.values(node);
      this.visit((1 + children.length) * (isList ? 1 : VISITS_PER_MEMBER));
      for (const child of children) {
        if (typeof child === 'object' || (withObjects && typeof child === 'string')) {
          stack.push(child);
        }
      }
    }
  }

  /** Counts a text that was or will be built. Throws where that is too much. */
  build(length: number): void {
    if (length < LONG_TEXT_LENGTH) return;
    this.#textTotal += length;
    if (length > JSONATA_TEXT_LENGTH_MAX || this.#textTotal > JSONATA_TEXT_TOTAL_MAX) {
      throw memoryExceeded();
    }
  }
}

/** What JSONata calls an object. Its functions are objects too, and hold the whole evaluation. */
function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isFunctionObject(value);
}

/** A function of an expression or of the library. */
export function isFunctionObject(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}
