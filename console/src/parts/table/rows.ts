/**
 * Where a table's rows come from: read whole, given, or a page at a time (paged-rows.ts). The table
 * itself knows neither queries nor services.
 */
import type { Listed } from '../../api/pages.ts';

export interface Rows<Row> {
  /** Another one: other rows, to be seen from their beginning. */
  readonly key: string;
  /** Undefined until they have been read once. */
  readonly rows: readonly Row[] | undefined;
  /** Why the last reading failed; rows that are here then are old. */
  readonly error: unknown;
  /** Milliseconds; of the last reading that succeeded. */
  readonly readAt: number;
  /** There are no others. */
  readonly isWhole: boolean;
  readonly refetch: () => void;
  /** Still those of the question before. */
  readonly isPrevious?: boolean;
  /** Reads on; absent where nothing follows, or only what is cut off for good. */
  readonly more?: { readonly read: () => void; readonly isReading: boolean };
  /** Told whether the beginning is in sight, where pages are read. */
  readonly onScrolled?: (isAtTop: boolean) => void;
  /** Newer rows wait, because they would move what is being looked at. */
  readonly isHeld?: boolean;
}

interface ListQuery<Row> {
  readonly data: Listed<Row> | undefined;
  readonly error: unknown;
  readonly dataUpdatedAt: number;
  readonly isPlaceholderData: boolean;
  readonly refetch: () => unknown;
}

/** Rows of a list that is read to its end, or to where reading on made no sense. */
export function listedRows<Row>(key: string, query: ListQuery<Row>): Rows<Row> {
  return {
    key,
    rows: query.data?.items,
    error: query.error,
    readAt: query.dataUpdatedAt,
    isWhole: query.data?.isWhole ?? true,
    isPrevious: query.isPlaceholderData,
    refetch: () => query.refetch(),
  };
}

/** Rows that are here, whatever else happens. */
export function givenRows<Row>(key: string, rows: readonly Row[]): Rows<Row> {
  return { key, rows, error: null, readAt: 0, isWhole: true, refetch: () => undefined };
}
