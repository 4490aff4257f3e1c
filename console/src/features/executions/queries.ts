/** One execution and its whole history, grown by what is new each time it is read again. */
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { read } from '../../api/call.ts';
import { follow } from '../../api/feed.ts';
import type { Execution, HistoryEvent, HistoryPage } from '../../model/shapes.ts';

export const executionQuery = (arn: string) =>
  queryOptions({
    queryKey: ['execution', arn],
    queryFn: ({ signal }) => read<Execution>('api/execution', { arn }, signal),
  });

const PAGE = 2000;

export function useHistory(arn: string, isRunning: boolean) {
  const client = useQueryClient();
  useEffect(() => {
    follow(arn);
    return () => follow(undefined);
  }, [arn]);
  const queryKey = ['history', arn];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const known = client.getQueryData<HistoryEvent[]>(queryKey) ?? [];
      const fresh: HistoryEvent[] = [];
      let from: number | undefined = (known.at(-1)?.id ?? 0) + 1;
      while (from !== undefined) {
        const page: HistoryPage = await read<HistoryPage>(
          'api/execution/history',
          { arn, from, limit: PAGE },
          signal,
        );
        fresh.push(...page.events);
        from = page.next;
      }
      return fresh.length > 0 ? [...known, ...fresh] : known;
    },
    // The feed tells of news; this catches what a cut connection missed.
    refetchInterval: isRunning ? 5000 : false,
  });
}
