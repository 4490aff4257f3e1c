/** The rows of a table: only those in sight exist, and reading goes on before the end is reached. */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Checkbox } from '../ui/checkbox.tsx';
import { type Column, isSortable, type Sort } from './column.ts';
import { useRowKeys } from './row-keys.ts';
import type { Rows } from './rows.ts';
import { useRowsInSight } from './rows-in-sight.ts';
import type { Selection } from './selection.ts';
import { HeadCell } from './table-head.tsx';

const ROW_PX = 33;
const HEAD_PX = 33;
const CHECK_PX = 36;
/** A column that takes what is left is not narrower than this: then the table scrolls sideways. */
const REST_PX_MIN = 150;
const READ_AHEAD_ROWS = 30;

interface Props<Row> {
  readonly label: string;
  readonly source: Rows<Row>;
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  readonly onResize: (column: string, px: number) => void;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly selection: Selection | undefined;
  readonly onOpen: ((row: Row) => void) | undefined;
  /** A press anywhere on a row opens it. */
  readonly isPressed: boolean;
  readonly picked: string | undefined;
  readonly rowTestId: ((row: Row) => string) | undefined;
  readonly height: string | undefined;
}

export function TableBody<Row>(props: Props<Row>): ReactNode {
  const { label, source, rows, rowKey, columns, selection, onOpen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const base = useId();
  const sight = useRowsInSight({ scroller, count: rows.length, rowPx: ROW_PX, headPx: HEAD_PX });
  useReadingOn(source, rows.length, sight.to);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at its top
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [source.key, props.sort]);
  const keys = useRowKeys({
    count: rows.length,
    pageRows: () => Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1,
    show: sight.show,
    onOpen: onOpen && ((index) => onOpen(rows[index]!)),
    onSelect: selection && ((index) => selection.toggle(rowKey(rows[index]!))),
  });
  const widthMin = columns.reduce((sum, { width = REST_PX_MIN }) => sum + width, 0);
  return (
    <div
      className="table-scroll"
      ref={scroller}
      style={{ maxHeight: props.height }}
      onScroll={(event) => source.onScrolled?.(event.currentTarget.scrollTop < ROW_PX)}
    >
      <table
        className="data"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: one moves through its rows
        role="grid"
        aria-label={label}
        aria-rowcount={source.isWhole ? rows.length + 1 : -1}
        aria-activedescendant={rows.length > 0 ? `${base}${keys.active}` : undefined}
        aria-multiselectable={selection ? true : undefined}
        tabIndex={0}
        style={{ minWidth: widthMin + (selection ? CHECK_PX : 0) }}
        onKeyDown={keys.onKeyDown}
      >
        <colgroup>
          {selection && <col style={{ width: CHECK_PX }} />}
          {columns.map((column) => (
            <col key={column.id} style={{ width: column.width }} />
          ))}
        </colgroup>
        <Head {...props} />
        <Room px={sight.from * ROW_PX} />
        <tbody>
          {rows.slice(sight.from, sight.to).map((row, offset) => {
            const index = sight.from + offset;
            return (
              <BodyRow
                {...props}
                key={rowKey(row)}
                row={row}
                id={`${base}${index}`}
                index={index}
                isActive={index === keys.active}
              />
            );
          })}
        </tbody>
        <Room px={(rows.length - sight.to) * ROW_PX} />
      </table>
    </div>
  );
}

/** Reads the next page shortly before its place comes into sight; after a failure, when asked. */
function useReadingOn<Row>(source: Rows<Row>, count: number, drawnTo: number): void {
  const { more, error } = source;
  const isNear = drawnTo >= count - READ_AHEAD_ROWS;
  useEffect(() => {
    if (more && !more.isReading && !error && isNear) more.read();
  }, [more, error, isNear]);
}

/** In place of the rows that are out of sight. */
function Room({ px }: { px: number }): ReactNode {
  if (px <= 0) return null;
  return (
    <tbody aria-hidden="true">
      <tr style={{ height: px }} />
    </tbody>
  );
}

function Head<Row>(props: Props<Row>): ReactNode {
  const { source, rows, rowKey, columns, selection } = props;
  return (
    <thead>
      <tr>
        {selection && (
          <th scope="col">
            <Checkbox
              label="Select all rows here"
              isOn={rows.length > 0 && selection.keys.size === rows.length}
              isPartly={selection.keys.size > 0 && selection.keys.size < rows.length}
              onChange={(isOn) => selection.set(isOn ? rows.map(rowKey) : [])}
            />
          </th>
        )}
        {columns.map((column) => (
          <HeadCell
            key={column.id}
            column={column}
            isWhole={source.isWhole}
            sort={isSortable(column, source.isWhole) ? props.sort : ''}
            onSort={props.onSort}
            onResize={(px) => props.onResize(column.id, px)}
          />
        ))}
      </tr>
    </thead>
  );
}

interface RowProps<Row> extends Props<Row> {
  readonly row: Row;
  readonly id: string;
  readonly index: number;
  readonly isActive: boolean;
}

function BodyRow<Row>(props: RowProps<Row>): ReactNode {
  const { row, id, index, isActive, columns, selection, onOpen, isPressed } = props;
  const key = props.rowKey(row);
  const isPicked = props.picked === key;
  const isSelected = selection?.keys.has(key);
  const classes = [isActive && 'active', (isPicked || isSelected) && 'selected'];
  return (
    <tr
      id={id}
      className={[...classes, isPressed && 'pressed'].filter(Boolean).join(' ')}
      // The head is the first row.
      aria-rowindex={index + 2}
      aria-selected={selection ? isSelected : undefined}
      aria-current={isPicked ? true : undefined}
      data-testid={props.rowTestId?.(row)}
      onClick={isPressed ? () => onOpen?.(row) : undefined}
    >
      {selection && (
        <td>
          <Checkbox
            label="Select this row"
            isOn={isSelected ?? false}
            onChange={() => selection.toggle(key)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} className={column.align}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}
