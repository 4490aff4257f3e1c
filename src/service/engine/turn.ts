/** One turn of an execution: the mails it hears together and what comes of them. */
import type { HistoryRecord } from '../../execution/record.ts';
import type { Cell, Mail } from './cell.ts';
import type { Pending } from './pending.ts';
import type { RowName } from './plan.ts';

export interface Turn {
  readonly mails: readonly Mail[];
  /** Just loaded: what is stale now is stale. */
  readonly fresh: boolean;
  /** Per mail that was heard: did it make records? Undefined: not to be answered yet. */
  readonly accepted: (boolean | undefined)[];
  /**
   * Mails that a state from memory calls stale. Where others may write too, only the store can say
   * no: they are heard again after a reload.
   */
  readonly doubted: Mail[];
  readonly records: HistoryRecord[];
  readonly consumed: RowName[];
  /** Rows that this process has claimed and is to run now. */
  readonly claimed: Pending[];
}

export function newTurn(mails: readonly Mail[], fresh: boolean): Turn {
  return { mails, fresh, accepted: [], doubted: [], records: [], consumed: [], claimed: [] };
}

export const heardOf = (turn: Turn): readonly Mail[] => turn.mails.slice(0, turn.accepted.length);

/** Tells callers what became of their mail. */
export function answer(turn: Turn): void {
  for (let i = 0; i < turn.accepted.length; i++) {
    const accepted = turn.accepted[i];
    if (accepted !== undefined) turn.mails[i]!.answer?.resolve(accepted);
  }
}

/** Lets the cell hear the doubted mails first, from the store's truth. */
export function doubt(cell: Cell, { doubted }: Turn): void {
  if (doubted.length === 0) return;
  cell.loaded = undefined;
  cell.mail = [...doubted, ...cell.mail];
  cell.urgent = true;
}
