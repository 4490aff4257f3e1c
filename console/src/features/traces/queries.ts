/** What only the pages of traces read. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { all } from '../../api/pages.ts';
import type * as t from '../../api/types.ts';

export const tracesQuery = (
  key: string,
  filter: string,
  window: () => { from: number; to: number },
) =>
  queryOptions({
    queryKey: ['traces', key, filter],
    queryFn: async ({ signal }) => {
      const { from, to } = window();
      const input = {
        StartTime: from / 1000,
        EndTime: to / 1000,
        TimeRangeType: 'Event',
        ...(filter.trim() ? { FilterExpression: filter } : {}),
      };
      let scanned = 0;
      const traces = await all(
        (NextToken) =>
          call<t.TraceSummaries>('xray', 'GetTraceSummaries', { ...input, NextToken }, signal),
        (page) => {
          scanned += page.TracesProcessedCount ?? page.TraceSummaries.length;
          return page.TraceSummaries;
        },
      );
      return { traces, scanned, from, to };
    },
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });

export const traceQuery = (id: string) =>
  queryOptions({
    queryKey: ['trace', id],
    queryFn: async ({ signal }) => {
      const answer = await call<{ Traces: t.Trace[] }>(
        'xray',
        'BatchGetTraces',
        { TraceIds: [id] },
        signal,
      );
      return answer.Traces[0] ?? null;
    },
  });

export const traceGraphQuery = (id: string) =>
  queryOptions({
    queryKey: ['trace', id, 'graph'],
    queryFn: async ({ signal }) =>
      (await call<t.ServiceGraph>('xray', 'GetTraceGraph', { TraceIds: [id] }, signal)).Services,
  });
