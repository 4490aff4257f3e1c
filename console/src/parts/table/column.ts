/** What a table shows of each row. */
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Said when the pointer rests on the title. */
  readonly help?: string;
  readonly cell: (row: Row) => ReactNode;
  /** Pixels; absent: it takes the room that is left. */
  readonly width?: number;
  /** In place of `width` where the window is narrow. */
  readonly narrow?: number;
  readonly align?: 'right';
  /** Left out where the window is narrow. */
  readonly isExtra?: boolean;
  /** What to sort by where all rows are here. */
  readonly sort?: (row: Row) => string | number;
  /** The server sorts by it, both ways, however many rows there are. */
  readonly isSortedByServer?: boolean;
}

/** A column's id, and `-` before it for descending. */
export type Sort = string;

export function sortColumn(sort: Sort): string {
  return sort.replace(/^-/, '');
}

/** The other direction; of a new column the largest or newest first. */
export function nextSort(sort: Sort, id: string): Sort {
  return sort === `-${id}` ? id : `-${id}`;
}

/** Only an order that holds for all rows is offered, not one of those that happen to be loaded. */
export function isSortable<Row>(column: Column<Row>, isWhole: boolean): boolean {
  return column.isSortedByServer === true || (isWhole && column.sort !== undefined);
}

/** Stable; rows in the order of the server where the column is sorted by it or cannot be sorted. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort,
): readonly Row[] {
  const column = columns.find(({ id }) => id === sortColumn(sort));
  if (!column?.sort || column.isSortedByServer) return rows;
  const by = column.sort;
  const sign = sort.startsWith('-') ? -1 : 1;
  return rows
    .map((row) => ({ row, key: by(row) }))
    .sort((a, b) => sign * (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}
