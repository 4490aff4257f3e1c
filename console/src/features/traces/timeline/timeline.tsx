/** A trace as a tree of rows with bars on a canvas; only the rows in sight exist. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Window } from '../../../model/range.ts';
import { type TraceTree, visibleRows } from '../../../model/trace.ts';
import { useRowsInSight } from '../../../parts/table/rows-in-sight.ts';
import { Axis } from './axis.tsx';
import { Bars } from './bars.tsx';
import { useTimelineKeys } from './keys.ts';
import { ROW_PX, TimelineRow } from './timeline-row.tsx';
import './timeline.css';

interface Props {
  readonly tree: TraceTree;
  /** Milliseconds; until then spans in progress are drawn. */
  readonly now: number;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}

export function Timeline({ tree, now, selected, onSelect }: Props): ReactNode {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [zoomed, setZoomed] = useState<Window>();
  const rows = useMemo(() => visibleRows(tree, closed), [tree, closed]);
  const scroller = useRef<HTMLDivElement>(null);
  const sight = useRowsInSight({ scroller, count: rows.length, rowPx: ROW_PX });
  const shown = zoomed ?? wholeOf(tree, now);
  const toggle = (id: string): void => {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
  };
  const index = rows.findIndex((row) => row.id === selected);
  useShown(scroller, index);
  const onKey = useTimelineKeys({ rows, index, closed, onSelect, onToggle: toggle });
  return (
    <div className="timeline" data-testid="timeline">
      <Head tree={tree} shown={shown} onReset={zoomed && (() => setZoomed(undefined))} />
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
        <div className="timeline-rows" style={{ height: rows.length * ROW_PX }}>
          {rows.slice(sight.from, sight.to).map((row, offset) => (
            <TimelineRow
              key={row.id}
              row={row}
              top={(sight.from + offset) * ROW_PX}
              isClosed={closed.has(row.id)}
              isSelected={row.id === selected}
              now={now}
              onToggle={() => toggle(row.id)}
              onSelect={() => onSelect(row.id)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function Head(props: {
  tree: TraceTree;
  shown: Window;
  onReset: (() => void) | undefined;
}): ReactNode {
  const { tree, shown, onReset } = props;
  return (
    <div className="timeline-head">
      <div className="tree">
        <span className="grow">Name</span>
        <span className="res">Res.</span>
        <span className="dur">Duration</span>
      </div>
      <Axis from={shown.from} to={shown.to} origin={tree.start} />
      {onReset && (
        <button type="button" className="link reset" onClick={onReset}>
          Reset zoom
        </button>
      )}
    </div>
  );
}

/** What is chosen elsewhere (the address, the first trouble) comes into sight, in the middle. */
function useShown(scroller: React.RefObject<HTMLDivElement | null>, index: number): void {
  useEffect(() => {
    const frame = scroller.current;
    if (!frame || index < 0) return;
    const top = index * ROW_PX;
    const isInSight =
      top >= frame.scrollTop && top + ROW_PX <= frame.scrollTop + frame.clientHeight;
    if (!isInSight) frame.scrollTop = top - frame.clientHeight / 2;
  }, [scroller, index]);
}

/** All of the trace; what is in progress reaches to the present. */
function wholeOf(tree: TraceTree, now: number): Window {
  const end = tree.isPartial ? Math.max(now, tree.end ?? 0) : (tree.end ?? now);
  return { from: tree.start, to: Math.max(end, tree.start + 1) };
}
