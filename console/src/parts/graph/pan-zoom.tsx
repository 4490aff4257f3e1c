/** A drawing that can be moved and zoomed: wheel, drag, buttons, keys + - 0. Fits when it is new. */
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { IconButton } from '../ui/icon-button.tsx';

interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

interface Props {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  /** Changes when the drawing is another one and should fit anew. */
  readonly fitKey: string;
  /** Not larger than this when fitting. */
  readonly scaleMax?: number;
  /** Shows everything, however small; else a tall drawing starts at its top, readable. */
  readonly isWhole?: boolean;
  readonly onBackground?: () => void;
  readonly children: ReactNode;
}

const SCALE_MIN = 0.08;
const WHOLE_SCALE_MIN = 0.3;
const SCALE_MAX = 3;
const MARGIN = 18;
const DRAG_FROM_PX = 4;

export function PanZoom(props: Props): ReactNode {
  const {
    width,
    height,
    label,
    fitKey,
    scaleMax = 1,
    isWhole = false,
    onBackground,
    children,
  } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>({ scale: 1, x: 0, y: 0 });
  const touched = useRef(false);

  const fitView = useCallback(() => {
    const box = frame.current?.getBoundingClientRect();
    if (!box || width === 0 || height === 0) return;
    const room = { width: box.width - 2 * MARGIN, height: box.height - 2 * MARGIN };
    const whole = Math.min(scaleMax, room.width / width, room.height / height);
    const isTooSmall = !isWhole && whole < 0.45;
    const least = isWhole ? WHOLE_SCALE_MIN : SCALE_MIN;
    const scale = Math.max(least, isTooSmall ? Math.min(0.75, room.width / width) : whole);
    setView({
      scale,
      x: (box.width - width * scale) / 2,
      y: Math.max(MARGIN, (box.height - height * scale) / 2),
    });
  }, [width, height, scaleMax, isWhole]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: fitKey says when to forget the reader's view
  useLayoutEffect(() => {
    touched.current = false;
    fitView();
  }, [fitKey, fitView]);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (!touched.current) fitView();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [fitView]);

  const zoom = useCallback((factor: number, at?: { x: number; y: number }) => {
    touched.current = true;
    setView((old) => {
      const box = frame.current?.getBoundingClientRect();
      const center = at ?? { x: (box?.width ?? 0) / 2, y: (box?.height ?? 0) / 2 };
      const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, old.scale * factor));
      const ratio = scale / old.scale;
      return {
        scale,
        x: center.x - (center.x - old.x) * ratio,
        y: center.y - (center.y - old.y) * ratio,
      };
    });
  }, []);

  useWheel(frame, zoom, (dx, dy) => {
    touched.current = true;
    setView((old) => ({ ...old, x: old.x - dx, y: old.y - dy }));
  });
  const drag = useDrag((dx, dy) => {
    touched.current = true;
    setView((old) => ({ ...old, x: old.x + dx, y: old.y + dy }));
  }, onBackground);

  const onKey = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    if (event.key === '+' || event.key === '=') zoom(1.25);
    else if (event.key === '-') zoom(0.8);
    else if (event.key === '0') fitView();
  };
  return (
    <div className="panzoom" ref={frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing, not part of a form */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: zoomed with keys */}
      <svg role="group" aria-label={label} tabIndex={0} onKeyDown={onKey} {...drag}>
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>{children}</g>
      </svg>
      <div className="zoom">
        <IconButton icon="plus" label="Zoom in" onClick={() => zoom(1.25)} />
        <IconButton icon="minus" label="Zoom out" onClick={() => zoom(0.8)} />
        <IconButton
          icon="fit"
          label="Fit"
          onClick={() => {
            touched.current = false;
            fitView();
          }}
        />
      </div>
    </div>
  );
}

/** Wheel with Ctrl (or a pinch) zooms, without it moves; React cannot prevent the page's own scroll. */
function useWheel(
  frame: React.RefObject<HTMLDivElement | null>,
  zoom: (factor: number, at: { x: number; y: number }) => void,
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
      if (event.ctrlKey || event.metaKey) latest.current.zoom(Math.exp(-event.deltaY / 240), at);
      else latest.current.move(event.deltaX, event.deltaY);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [frame]);
}

function useDrag(move: (dx: number, dy: number) => void, onBackground?: () => void) {
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
