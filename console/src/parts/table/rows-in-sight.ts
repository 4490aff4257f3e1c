/**
 * Which rows of a scrolled list are in sight, where all rows are equally high; only those need to
 * exist. (Rows that are measured one by one, as events that open, are TanStack Virtual's.)
 */
import { type RefObject, useCallback, useEffect, useState } from 'react';

interface List {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly count: number;
  readonly rowPx: number;
  /** Of a head that stays at the top and covers what is below it. */
  readonly headPx?: number;
}

export interface RowsInSight {
  /** Rows to draw: some more than are in sight, so that scrolling finds them there. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Scrolls no further than needed. */
  readonly show: (index: number) => void;
}

const SPARE_ROWS = 12;
/** Drawn before the list has a size. */
const FIRST_ROWS = 40;

export function useRowsInSight({ scroller, count, rowPx, headPx = 0 }: List): RowsInSight {
  const [sight, setSight] = useState({ from: 0, to: FIRST_ROWS });
  useEffect(() => {
    const frame = scroller.current;
    if (!frame) return;
    const look = (): void => {
      const from = Math.floor(frame.scrollTop / rowPx);
      const to = Math.ceil((frame.scrollTop + frame.clientHeight) / rowPx);
      setSight((old) => (old.from === from && old.to === to ? old : { from, to }));
    };
    look();
    frame.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(frame);
    return () => {
      frame.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [scroller, rowPx]);
  const show = useCallback(
    (index: number): void => {
      const frame = scroller.current;
      if (!frame) return;
      const top = index * rowPx;
      const end = headPx + top + rowPx;
      if (top < frame.scrollTop) frame.scrollTop = top;
      else if (end > frame.scrollTop + frame.clientHeight) {
        frame.scrollTop = end - frame.clientHeight;
      }
    },
    [scroller, rowPx, headPx],
  );
  return { ...drawn(sight, count), show };
}

/** A list that has become shorter may have been scrolled beyond its new end. */
export function drawn(
  sight: { readonly from: number; readonly to: number },
  count: number,
): { from: number; to: number } {
  const to = Math.min(count, sight.to + SPARE_ROWS);
  return { from: Math.max(0, Math.min(sight.from - SPARE_ROWS, to)), to };
}
