/** Rows of a table that are read a page at a time, as far as somebody scrolls. */
import {
  type InfiniteData,
  type QueryKey,
  useInfiniteQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Rows } from './rows.ts';

export interface Slice<Row> {
  readonly rows: readonly Row[];
  readonly nextToken?: string | undefined;
}

interface Paging<Row, Question> {
  readonly queryKey: QueryKey;
  /**
   * Asked once for the first page, and kept for those that follow: a token belongs to its question,
   * so "the last hour" must not move while pages are turned.
   */
  readonly question: () => Question;
  readonly read: (
    question: Question,
    token: string | undefined,
    signal: AbortSignal,
  ) => Promise<Slice<Row>>;
  readonly rowKey: (row: Row) => string;
  /** Read again so often, for what the live feed does not tell. */
  readonly everyMs?: number;
}

interface Turn<Question> {
  readonly question: Question;
  readonly token: string | undefined;
}
type Turned<Row, Question> = Slice<Row> & { readonly question: Question };

/**
 * Rows read a page at a time. While the first page is all there is, or its beginning is in sight,
 * the rows are kept fresh. Further down they are held as they were, which keeps them in place and
 * spares reading all pages again with each notice; back at the beginning the first page is new.
 */
export function usePagedRows<Row, Question>(paging: Paging<Row, Question>): Rows<Row> {
  const { queryKey, question, read, rowKey } = paging;
  const client = useQueryClient();
  const key = JSON.stringify(queryKey);
  const [awayIn, setAwayIn] = useState<string>();
  const isHeld = awayIn === key;
  const query = useInfiniteQuery<
    Turned<Row, Question>,
    Error,
    InfiniteData<Turned<Row, Question>>,
    QueryKey,
    Turn<Question> | undefined
  >({
    queryKey,
    queryFn: async ({ pageParam, signal }) => {
      const turn = pageParam ?? { question: question(), token: undefined };
      return { ...(await read(turn.question, turn.token, signal)), question: turn.question };
    },
    initialPageParam: undefined,
    getNextPageParam: ({ question, nextToken }) =>
      nextToken ? { question, token: nextToken } : undefined,
    placeholderData: (old) => old,
    enabled: !isHeld,
    refetchInterval: isHeld ? false : (paging.everyMs ?? false),
  });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key of a row does not change
  const rows = useMemo(() => data && newestOf(data.pages, rowKey), [data]);
  const onScrolled = (isAtTop: boolean): void => {
    const isAway = !isAtTop && (data?.pages.length ?? 0) > 1;
    if (isAway === isHeld) return;
    if (!isAway) client.setQueryData<InfiniteData<unknown>>(queryKey, firstPage);
    setAwayIn(isAway ? key : undefined);
  };
  return {
    key,
    rows,
    error: query.error,
    readAt: query.dataUpdatedAt,
    isWhole: !hasNextPage,
    isPrevious: query.isPlaceholderData,
    refetch: () => (query.isFetchNextPageError ? fetchNextPage() : query.refetch()),
    ...(hasNextPage
      ? { more: { read: () => fetchNextPage(), isReading: isFetchingNextPage } }
      : {}),
    onScrolled,
    isHeld,
  };
}

/** Each row once: one that moved while pages were turned is where, and as, it was seen last. */
function newestOf<Row>(pages: readonly Slice<Row>[], rowKey: (row: Row) => string): Row[] {
  const found = new Map<string, Row>();
  for (const row of pages.flatMap((page) => page.rows)) {
    const key = rowKey(row);
    found.delete(key);
    found.set(key, row);
  }
  return [...found.values()];
}

function firstPage(data: InfiniteData<unknown> | undefined): InfiniteData<unknown> | undefined {
  return data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) };
}
