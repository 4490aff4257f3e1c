/** How a drawing is looked at: its scale and place in the frame. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Drawing extends Size {
  readonly fitKey: string;
  readonly scaleMax: number;
  readonly isWhole: boolean;
}

const SCALE_MIN = 0.08;
const WHOLE_SCALE_MIN = 0.3;
const SCALE_MAX = 3;
/** Below this a tall drawing is not readable: it starts at its top instead. */
const READABLE_SCALE = 0.45;
const START_SCALE = 0.75;
const MARGIN = 18;

/** Fits a new drawing, and again with each size of the frame until somebody moves or zooms it. */
export function useView(frame: RefObject<HTMLElement | null>, drawing: Drawing) {
  const { width, height, fitKey, scaleMax, isWhole } = drawing;
  const [view, setView] = useState<View>({ scale: 1, x: 0, y: 0 });
  const isTouched = useRef(false);
  const refit = useCallback(() => {
    const box = frame.current?.getBoundingClientRect();
    if (!box || width === 0 || height === 0) return;
    isTouched.current = false;
    setView(fitted({ width, height }, box, { scaleMax, isWhole }));
  }, [frame, width, height, scaleMax, isWhole]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: fitKey says when to forget the reader's view
  useLayoutEffect(refit, [fitKey, refit]);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (!isTouched.current) refit();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame, refit]);
  /** `at` stays where it is; without one, the middle does. */
  const zoom = useCallback(
    (factor: number, at?: Point) => {
      isTouched.current = true;
      const box = frame.current?.getBoundingClientRect();
      const middle = { x: (box?.width ?? 0) / 2, y: (box?.height ?? 0) / 2 };
      setView((old) => zoomed(old, factor, at ?? middle));
    },
    [frame],
  );
  const move = useCallback((dx: number, dy: number) => {
    isTouched.current = true;
    setView((old) => ({ ...old, x: old.x + dx, y: old.y + dy }));
  }, []);
  return { view, refit, zoom, move };
}

function fitted(
  drawing: Size,
  frame: Size,
  { scaleMax, isWhole }: { scaleMax: number; isWhole: boolean },
): View {
  const room = { width: frame.width - 2 * MARGIN, height: frame.height - 2 * MARGIN };
  const whole = Math.min(scaleMax, room.width / drawing.width, room.height / drawing.height);
  const isTooSmall = !isWhole && whole < READABLE_SCALE;
  const least = isWhole ? WHOLE_SCALE_MIN : SCALE_MIN;
  const wanted = isTooSmall ? Math.min(START_SCALE, room.width / drawing.width) : whole;
  const scale = Math.max(least, wanted);
  return {
    scale,
    x: (frame.width - drawing.width * scale) / 2,
    y: Math.max(MARGIN, (frame.height - drawing.height * scale) / 2),
  };
}

function zoomed(old: View, factor: number, at: Point): View {
  const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, old.scale * factor));
  const ratio = scale / old.scale;
  return { scale, x: at.x - (at.x - old.x) * ratio, y: at.y - (at.y - old.y) * ratio };
}
