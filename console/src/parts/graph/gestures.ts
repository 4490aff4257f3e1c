/** Wheel and drag on a drawing. */
import { type PointerEvent, type RefObject, useEffect, useRef } from 'react';
import type { Point } from './view.ts';

const DRAG_FROM_PX = 4;
const WHEEL_PX_PER_E = 240;

/** Wheel with Ctrl (or a pinch) zooms, without it moves; React cannot prevent the page's own scroll. */
export function useWheel(
  frame: RefObject<HTMLElement | null>,
  zoom: (factor: number, at: Point) => void,
  move: (dx: number, dy: number) => void,
): void {
  const latest = useRef({ zoom, move });
  latest.current = { zoom, move };
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const at = { x: event.clientX - box.left, y: event.clientY - box.top };
      if (event.ctrlKey || event.metaKey) {
        latest.current.zoom(Math.exp(-event.deltaY / WHEEL_PX_PER_E), at);
      } else latest.current.move(event.deltaX, event.deltaY);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [frame]);
}

/** A press that does not move is a click, on the background where nothing else was hit. */
export function useDrag(move: (dx: number, dy: number) => void, onBackground?: () => void) {
  const from = useRef<{ x: number; y: number; moved: boolean } | undefined>(undefined);
  return {
    onPointerDown: (event: PointerEvent<SVGSVGElement>) => {
      if (event.button !== 0) return;
      from.current = { x: event.clientX, y: event.clientY, moved: false };
    },
    onPointerMove: (event: PointerEvent<SVGSVGElement>) => {
      const start = from.current;
      if (!start) return;
      const [dx, dy] = [event.clientX - start.x, event.clientY - start.y];
      if (!start.moved) {
        if (Math.hypot(dx, dy) < DRAG_FROM_PX) return;
        event.currentTarget.setPointerCapture(event.pointerId);
      }
      move(dx, dy);
      from.current = { x: event.clientX, y: event.clientY, moved: true };
    },
    onPointerUp: (event: PointerEvent<SVGSVGElement>) => {
      const wasClick = from.current && !from.current.moved;
      from.current = undefined;
      if (wasClick && event.target === event.currentTarget) onBackground?.();
    },
    onPointerCancel: () => {
      from.current = undefined;
    },
  };
}
