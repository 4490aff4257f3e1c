/** One commit of a Map Run in the making: what has been asked, begun and ended since the last one. */
import {
  type ChildEnding,
  decideMapRun,
  isCountable,
  type MapRunSignal,
  type MapRunState,
} from '../../../execution/maprun.ts';
import type { Instant } from '../../../ground/time.ts';
import { CHILDREN_PER_COMMIT } from './limits.ts';
import type { Batch } from './starting.ts';

export interface Ask {
  readonly signal: MapRunSignal;
  resolve?(done: boolean): void;
}

export interface Turn {
  /** The same as before where there is nothing to write. */
  readonly state: MapRunState;
  readonly batches: number;
  readonly asks: readonly { readonly ask: Ask; readonly done: boolean }[];
  /** Numbers of the children whose endings it counts, ascending. */
  readonly counted: readonly number[];
}

export interface Said {
  readonly asks: readonly Ask[];
  readonly batches: readonly Batch[];
  readonly endings: Iterable<ChildEnding>;
  /** Whether a child of this number was begun before and may not be under the cursor. */
  isBegun(index: number): boolean;
}

/** Undefined where it must wait for children that are being begun. */
export function turnOf(before: MapRunState, said: Said, now: Instant): Turn | undefined {
  let state = before;
  let batches = 0;
  for (const { done, cursor } of said.batches) {
    if (!done || !cursor) break;
    batches++;
    state = decideMapRun(state, { type: 'Started', cursor }, now);
  }
  const asks = said.asks.map((ask) => {
    const next = decideMapRun(state, ask.signal, now);
    const done = next !== state;
    state = next;
    return { ask, done };
  });
  const counted: number[] = [];
  for (const ending of said.endings) {
    if (counted.length === CHILDREN_PER_COMMIT) break;
    if (!isCountable(state, ending)) continue;
    state = decideMapRun(state, { type: 'Ended', child: ending }, now);
    counted.push(ending.index);
  }
  // Children that are being begun are not under the cursor yet, and must end before it is over.
  const beginning = batches < said.batches.length || said.isBegun(state.cursor.children);
  const over = state.stage === 'gathering' && before.stage !== 'gathering';
  if (over && beginning) return undefined;
  return { state, batches, asks, counted: counted.sort((a, b) => a - b) };
}
