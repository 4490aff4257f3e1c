/** A dense table with sortable columns, for lists of at most some hundreds of rows. */
import { type ReactNode, useMemo, useState } from 'react';
import { Skeleton } from '../ui/basics.tsx';
import { Icon } from '../ui/icons.tsx';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** What the column sorts by; absent = not sortable. */
  readonly sort?: (row: Row) => string | number;
  readonly align?: 'right';
  /** Takes the room that is left; its text is cut. */
  readonly wide?: boolean;
  /** Left out where the window is narrow. */
  readonly extra?: boolean;
}

interface Props<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[] | undefined;
  readonly rowKey: (row: Row) => string;
  readonly label: string;
  readonly empty: ReactNode;
  /** Column id, and `-` before it for descending. */
  readonly initialSort?: string;
  readonly rowTestId?: string;
  readonly maxHeight?: string;
}

export function DataTable<Row>(props: Props<Row>): ReactNode {
  const { columns, rows, rowKey, label, empty, rowTestId, maxHeight } = props;
  const [sort, setSort] = useState(props.initialSort ?? '');
  const sorted = useMemo(() => sortRows(rows ?? [], columns, sort), [rows, columns, sort]);
  if (!rows) {
    return (
      <div className="body" style={{ padding: 14 }}>
        <Skeleton lines={6} height={16} />
      </div>
    );
  }
  if (rows.length === 0) return empty;
  return (
    <div className="table-scroll" style={{ maxHeight }}>
      <table className="data" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.id} column={column} sort={sort} onSort={setSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={rowKey(row)} data-testid={rowTestId}>
              {columns.map((column) => (
                <td key={column.id} className={`${classOf(column)} ${column.wide ? 'cut' : ''}`}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classOf<Row>(column: Column<Row>): string {
  return `${column.align ?? ''} ${column.extra ? 'extra' : ''}`;
}

function Head<Row>(props: {
  column: Column<Row>;
  sort: string;
  onSort: (sort: string) => void;
}): ReactNode {
  const { column, sort, onSort } = props;
  const className = `${classOf(column)} ${column.wide ? 'wide' : ''}`;
  if (!column.sort) {
    return (
      <th scope="col" className={className}>
        {column.title}
      </th>
    );
  }
  const direction =
    sort === column.id ? 'ascending' : sort === `-${column.id}` ? 'descending' : 'none';
  return (
    <th scope="col" className={className} aria-sort={direction}>
      <button
        type="button"
        onClick={() => onSort(direction === 'descending' ? column.id : `-${column.id}`)}
      >
        {column.title}
        <Icon name="down" size={11} />
      </button>
    </th>
  );
}

function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: string,
): readonly Row[] {
  const by = columns.find((column) => column.id === sort.replace('-', ''))?.sort;
  if (!by) return rows;
  const sign = sort.startsWith('-') ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [by(a), by(b)];
    return sign * (x < y ? -1 : x > y ? 1 : 0);
  });
}
