/** What belongs to one evaluation, where the functions and hooks of the library find it. */
import type { Environment } from 'jsonata';
import type { Tools } from '../../ground/tools.ts';
import type { Budget } from './budget.ts';
import type { PartsInOrder } from './parts.ts';

export interface Session {
  readonly tools: Tools;
  /** Read once, so that `$now()` and `$millis()` agree within an expression. */
  readonly nowMs: number;
  readonly budget: Budget;
  readonly rows: Rows;
  readonly parts: PartsInOrder;
}

/**
 * Counts how often a node was evaluated for the items of one list, which is when it has the same
 * environment each time.
 */
export class Rows {
  readonly #rows = new Map<object, { environment: Environment | undefined; count: number }>();

  /** Without an environment: for one list in all. */
  next(node: object, environment?: Environment): number {
    let row = this.#rows.get(node);
    if (row?.environment !== environment || !row) {
      row = { environment, count: 0 };
      this.#rows.set(node, row);
    }
    row.count += 1;
    return row.count;
  }
}

/** The name under which the session is bound; no expression can write it as a variable. */
export const SESSION = '\u0000session';

export const sessionOf = (environment: Environment): Session =>
  environment.lookup(SESSION) as Session;
