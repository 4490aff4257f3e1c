/** The keys of the tree: arrows move and fold, `e` and `E` go to the next trouble and back. */
import type { KeyboardEvent } from 'react';
import type { Span } from '../../../model/trace.ts';

interface Keys {
  readonly rows: readonly Span[];
  /** Of the chosen row; -1 where none is. */
  readonly index: number;
  readonly closed: ReadonlySet<string>;
  readonly onSelect: (id: string) => void;
  readonly onToggle: (id: string) => void;
}

export function useTimelineKeys({ rows, index, closed, onSelect, onToggle }: Keys) {
  return (event: KeyboardEvent): void => {
    const row = rows[index];
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      const next = rows[Math.max(0, Math.min(rows.length - 1, index + step))];
      if (next) onSelect(next.id);
    } else if (row && event.key === 'ArrowLeft' && !closed.has(row.id)) onToggle(row.id);
    else if (row && event.key === 'ArrowRight' && closed.has(row.id)) onToggle(row.id);
    else if (event.key === 'e' || event.key === 'E') {
      const next = nextTrouble(rows, index, event.key === 'e' ? 1 : -1);
      if (next === undefined) return;
      onSelect(rows[next]!.id);
    } else return;
    event.preventDefault();
  };
}

function nextTrouble(rows: readonly Span[], from: number, step: number): number | undefined {
  for (let at = from + step; at >= 0 && at < rows.length; at += step) {
    const { status } = rows[at]!;
    if (status !== 'ok' && status !== 'pending') return at;
  }
  return undefined;
}
