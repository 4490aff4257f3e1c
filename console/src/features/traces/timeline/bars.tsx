/**
 * The bars beside the rows, on one canvas that stays in sight and draws what the scroll position
 * shows: thousands of spans cost no elements. Dragging across it zooms, a double click shows all.
 */
import {
  type PointerEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Window } from '../../../model/range.ts';
import type { Span } from '../../../model/trace.ts';
import { isDark, watchTheme } from '../../../parts/ui/theme.ts';
import { ticksOf } from './axis.tsx';
import { drawTimeline } from './draw.ts';
import { ROW_PX } from './timeline-row.tsx';

/** Less than this share of the width is a click, not a drag. */
const DRAG_SHARE_MIN = 0.01;

interface Drag {
  /** Shares of the width. */
  readonly from: number;
  readonly to: number;
}

interface Props {
  readonly rows: readonly Span[];
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly window: Window;
  /** Start of the trace. */
  readonly origin: number;
  readonly now: number;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  readonly onZoom: (window: Window | undefined) => void;
}

export function Bars(props: Props): ReactNode {
  const { rows, scroller, window: shown, onSelect, onZoom } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drag, setDrag] = useState<Drag>();
  useDrawing(canvas, props, drag);
  const finish = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (!drag) return;
    setDrag(undefined);
    const [low, high] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
    if (high - low > DRAG_SHARE_MIN) {
      const span = shown.to - shown.from;
      onZoom({ from: shown.from + low * span, to: shown.from + high * span });
      return;
    }
    const box = event.currentTarget.getBoundingClientRect();
    const y = event.clientY - box.top + (scroller.current?.scrollTop ?? 0);
    const row = rows[Math.floor(y / ROW_PX)];
    if (row) onSelect(row.id);
  };
  return (
    <div className="timeline-bars" aria-hidden="true">
      <canvas
        ref={canvas}
        onPointerDown={(event) => {
          const share = shareAt(event);
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: share, to: share });
        }}
        onPointerMove={(event) => drag && setDrag({ ...drag, to: shareAt(event) })}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(undefined)}
        onDoubleClick={() => onZoom(undefined)}
      />
    </div>
  );
}

function shareAt(event: PointerEvent<HTMLCanvasElement>): number {
  const box = event.currentTarget.getBoundingClientRect();
  return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
}

/** Draws after each render, and between renders when the rows are scrolled or resized. */
function useDrawing(
  canvas: RefObject<HTMLCanvasElement | null>,
  { rows, scroller, window: shown, origin, now, selected }: Props,
  drag: Drag | undefined,
): void {
  const dark = useSyncExternalStore(watchTheme, isDark);
  const latest = useRef<() => void>(() => {});
  latest.current = () => {
    const frame = scroller.current;
    if (!canvas.current || !frame) return;
    drawTimeline(canvas.current, {
      rows,
      from: shown.from,
      to: shown.to,
      now,
      selected,
      rowPx: ROW_PX,
      scrollTop: frame.scrollTop,
      height: frame.clientHeight,
      drag,
      isDark: dark,
      ticks: ticksOf(shown.from - origin, shown.to - origin).map((tick) => tick + origin),
    });
  };
  useEffect(() => latest.current());
  useEffect(() => {
    const frame = scroller.current;
    if (!frame) return;
    let pending = 0;
    const redraw = (): void => {
      cancelAnimationFrame(pending);
      pending = requestAnimationFrame(() => latest.current());
    };
    frame.addEventListener('scroll', redraw, { passive: true });
    const observer = new ResizeObserver(redraw);
    observer.observe(frame);
    return () => {
      frame.removeEventListener('scroll', redraw);
      observer.disconnect();
      cancelAnimationFrame(pending);
    };
  }, [scroller]);
}
