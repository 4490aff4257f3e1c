/** A trace as a tree of rows with bars on a canvas; only the rows in sight exist. */
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { duration } from '../../../model/format.ts';
import { type Span, type TraceTree, visibleRows } from '../../../model/trace.ts';
import { Icon } from '../../../parts/ui/icons.tsx';
import { SPAN_LOOKS, Status } from '../../../parts/ui/status.tsx';
import { isDark, watchTheme } from '../../../parts/ui/theme.ts';
import { type DrawInput, drawTimeline } from './draw.ts';

const ROW_PX = 27;
const ORIGINS: Readonly<Record<string, string>> = {
  'AWS::Lambda': 'Lambda',
  'AWS::Lambda::Function': 'Function',
  'AWS::StepFunctions::StateMachine': 'State machine',
};

interface Props {
  readonly tree: TraceTree;
  /** Milliseconds; until then spans in progress are drawn. */
  readonly now: number;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}

interface Window {
  readonly from: number;
  readonly to: number;
}

export function Timeline({ tree, now, selected, onSelect }: Props): ReactNode {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [zoomed, setZoomed] = useState<Window>();
  const rows = useMemo(() => visibleRows(tree, closed), [tree, closed]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const whole = wholeOf(tree, now);
  const shown = zoomed ?? whole;

  const toggle = (id: string): void => {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
  };
  const index = rows.findIndex((row) => row.id === selected);
  // What is chosen elsewhere (the address, the first trouble) comes into sight.
  useEffect(() => {
    const frame = scroller.current;
    if (!frame || index < 0) return;
    const top = index * ROW_PX;
    const isInSight =
      top >= frame.scrollTop && top + ROW_PX <= frame.scrollTop + frame.clientHeight;
    if (!isInSight) frame.scrollTop = top - frame.clientHeight / 2;
  }, [index]);
  const onKey = (event: KeyboardEvent): void => {
    const row = rows[index];
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      const next = rows[Math.max(0, Math.min(rows.length - 1, index + step))];
      if (next) onSelect(next.id);
    } else if (row && event.key === 'ArrowLeft' && !closed.has(row.id)) toggle(row.id);
    else if (row && event.key === 'ArrowRight' && closed.has(row.id)) toggle(row.id);
    else if (event.key === 'e' || event.key === 'E') {
      const next = nextTrouble(rows, index, event.key === 'e' ? 1 : -1);
      if (next === undefined) return;
      onSelect(rows[next]!.id);
    } else return;
    event.preventDefault();
  };

  return (
    <div className="timeline" data-testid="timeline">
      <div className="timeline-head">
        <div className="tree">
          <span className="grow">Name</span>
          <span className="res">Res.</span>
          <span className="dur">Duration</span>
        </div>
        <Axis from={shown.from} to={shown.to} origin={tree.start} />
        {zoomed && (
          <button type="button" className="link reset" onClick={() => setZoomed(undefined)}>
            Reset zoom
          </button>
        )}
      </div>
      <div
        className="timeline-body"
        ref={scroller}
        role="tree"
        aria-label="Segments and subsegments"
        tabIndex={0}
        onKeyDown={onKey}
      >
        <Bars
          rows={rows}
          scroller={scroller}
          window={shown}
          origin={tree.start}
          now={now}
          selected={selected}
          onSelect={onSelect}
          onZoom={setZoomed}
        />
        <div className="timeline-rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index]!;
            return (
              <Row
                key={row.id}
                row={row}
                top={item.start}
                isClosed={closed.has(row.id)}
                isSelected={row.id === selected}
                now={now}
                onToggle={() => toggle(row.id)}
                onSelect={() => onSelect(row.id)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function wholeOf(tree: TraceTree, now: number): Window {
  const end = tree.isPartial ? Math.max(now, tree.end ?? 0) : (tree.end ?? now);
  return { from: tree.start, to: Math.max(end, tree.start + 1) };
}

function nextTrouble(rows: readonly Span[], from: number, step: number): number | undefined {
  for (let at = from + step; at >= 0 && at < rows.length; at += step) {
    const { status } = rows[at]!;
    if (status !== 'ok' && status !== 'pending') return at;
  }
  return undefined;
}

function Row(props: {
  row: Span;
  top: number;
  isClosed: boolean;
  isSelected: boolean;
  now: number;
  onToggle: () => void;
  onSelect: () => void;
}): ReactNode {
  const { row, top, isClosed, isSelected, now, onToggle, onSelect } = props;
  const hasChildren = row.children.length > 0;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys
    <div
      className={`timeline-row ${row.isSegment ? 'segment' : ''} ${isSelected ? 'selected' : ''}`}
      style={{ top, height: ROW_PX }}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.depth + 1}
      aria-selected={isSelected}
      aria-expanded={hasChildren ? !isClosed : undefined}
      data-testid={`span-row-${row.name}`}
      data-status={row.status}
      onClick={onSelect}
    >
      <div className="tree">
        <span className="grow name" style={{ paddingLeft: Math.min(row.depth, 16) * 11 }}>
          <button
            type="button"
            className="fold"
            tabIndex={-1}
            style={{ visibility: hasChildren ? 'visible' : 'hidden' }}
            aria-label={isClosed ? 'Unfold' : 'Fold'}
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          >
            <Icon name={isClosed ? 'chevron' : 'down'} size={11} />
          </button>
          <Status look={SPAN_LOOKS[row.status]} bare />
          <span className="cut" title={row.name}>
            {row.name}
          </span>
          {row.isSegment && row.origin && (
            <span className="origin cut" title={row.origin}>
              {originLabel(row.origin)}
            </span>
          )}
        </span>
        <span className="res num">{row.httpStatus ?? '–'}</span>
        <span className="dur num">{duration((row.end ?? now) - row.start)}</span>
      </div>
    </div>
  );
}

/** Short enough to tell the two segments of an invocation apart in a narrow column. */
function originLabel(origin: string): string {
  return ORIGINS[origin] ?? origin.replace(/^AWS::/, '');
}

function Axis({ from, to, origin }: { from: number; to: number; origin: number }): ReactNode {
  const ticks = ticksOf(from - origin, to - origin);
  return (
    <div className="axis" aria-hidden="true">
      {ticks.map((tick) => (
        <span key={tick} style={{ left: `${((tick + origin - from) / (to - from)) * 100}%` }}>
          {duration(tick)}
        </span>
      ))}
    </div>
  );
}

/** Round steps, about six of them. */
function ticksOf(from: number, to: number): number[] {
  const rough = (to - from) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to - step * 0.35; at += step) ticks.push(at);
  return ticks;
}

interface BarsProps {
  readonly rows: readonly Span[];
  readonly scroller: React.RefObject<HTMLDivElement | null>;
  readonly window: Window;
  /** Start of the trace. */
  readonly origin: number;
  readonly now: number;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  readonly onZoom: (window: Window | undefined) => void;
}

/** The canvas stays in sight and draws what the scroll position shows; dragging across it zooms. */
function Bars(props: BarsProps): ReactNode {
  const { rows, scroller, window: shown, origin, now, selected, onSelect, onZoom } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useSyncExternalStore(watchTheme, isDark);
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  const latest = useRef<() => void>(() => {});
  latest.current = () => {
    const element = canvas.current;
    const frame = scroller.current;
    if (!element || !frame) return;
    const input: DrawInput = {
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
    };
    drawTimeline(element, input);
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

  const shareAt = (event: PointerEvent<HTMLCanvasElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const finish = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (!drag) return;
    setDrag(undefined);
    const [low, high] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
    if (high - low > 0.01) {
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
