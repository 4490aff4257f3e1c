/** The head of a table: titles that sort where sorting holds, and the edges that change widths. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { Icon } from '../ui/icons.tsx';
import { type Column, isSortable, nextSort, type Sort } from './column.ts';

const STEP_PX = 16;

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly isWhole: boolean;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly onResize: (px: number) => void;
}

export function HeadCell<Row>(props: HeadProps<Row>): ReactNode {
  const { column, isWhole, sort, onSort, onResize } = props;
  const cell = useRef<HTMLTableCellElement>(null);
  const { id, title, help, align } = column;
  const direction = sort === id ? 'ascending' : sort === `-${id}` ? 'descending' : 'none';
  const canSort = isSortable(column, isWhole);
  return (
    <th
      ref={cell}
      scope="col"
      className={align}
      title={help}
      aria-sort={canSort ? direction : undefined}
    >
      {canSort ? (
        <button type="button" onClick={() => onSort(nextSort(sort, id))}>
          {title}
          <Icon name="down" size={11} />
        </button>
      ) : (
        title
      )}
      <Edge title={title} cell={cell} onResize={onResize} />
    </th>
  );
}

/** The right edge of a column: dragged, or moved with the arrow keys. */
function Edge(props: {
  title: string;
  cell: React.RefObject<HTMLTableCellElement | null>;
  onResize: (px: number) => void;
}): ReactNode {
  const { title, cell, onResize } = props;
  const from = useRef<{ x: number; px: number } | undefined>(undefined);
  const widthOf = (): number => cell.current?.getBoundingClientRect().width ?? 0;
  const onDown = (event: PointerEvent<HTMLElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, px: widthOf() };
  };
  const onMove = (event: PointerEvent<HTMLElement>): void => {
    if (from.current) onResize(from.current.px + event.clientX - from.current.x);
  };
  const onEnd = (): void => {
    from.current = undefined;
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onResize(widthOf() + step * STEP_PX);
  };
  return (
    <button
      type="button"
      className="edge"
      tabIndex={-1}
      aria-label={`Width of ${title}`}
      onPointerDown={onDown}
      onPointerMove={onMove}
      onPointerUp={onEnd}
      onPointerCancel={onEnd}
      onKeyDown={onKey}
    />
  );
}
