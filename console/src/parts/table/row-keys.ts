/**
 * The keys of a table: the focus stays on it, and one of its rows is the active one. Arrows (or j
 * and k), Home, End and the page keys move, Enter opens, Space (or x) selects.
 */
import { type KeyboardEvent, useState } from 'react';

interface Keys {
  readonly count: number;
  /** How many rows are in sight. */
  readonly pageRows: () => number;
  readonly show: (index: number) => void;
  readonly onOpen: ((index: number) => void) | undefined;
  readonly onSelect: ((index: number) => void) | undefined;
}

export function useRowKeys({ count, pageRows, show, onOpen, onSelect }: Keys) {
  const [active, setActive] = useState(0);
  const at = Math.min(active, count - 1);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    // Links, buttons and fields inside have keys of their own, the browser has its shortcuts.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
    const to = movedBy(event.key, at, count, pageRows());
    if (to !== undefined) {
      setActive(to);
      show(to);
    } else if (event.key === 'Enter') onOpen?.(at);
    else if (event.key === ' ' || event.key === 'x') onSelect?.(at);
    else return;
    event.preventDefault();
  };
  return { active: at, onKeyDown };
}

/** The row that a key leads to from the row `at`; undefined where it moves nothing. */
export function movedBy(
  key: string,
  at: number,
  count: number,
  pageRows: number,
): number | undefined {
  const steps = new Map([
    ['ArrowDown', 1],
    ['j', 1],
    ['ArrowUp', -1],
    ['k', -1],
    ['PageDown', pageRows],
    ['PageUp', -pageRows],
    ['Home', -count],
    ['End', count],
  ]);
  const step = steps.get(key);
  if (step === undefined || count === 0) return undefined;
  return Math.max(0, Math.min(count - 1, at + step));
}
