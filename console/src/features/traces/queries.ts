/** What only the pages of traces read. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { readAll } from '../../api/pages.ts';
import type { Place } from '../../model/place.ts';
import type { ServiceNode, Trace, TraceSummary } from '../../model/shapes.ts';

/** `key` names the window; `window` resolves it when the read happens. */
export const tracesQuery = (
  place: Place,
  key: string,
  filter: string,
  window: () => { from: number; to: number },
) =>
  queryOptions({
    queryKey: ['traces', place, key, filter],
    queryFn: async ({ signal }) => {
      const { from, to } = window();
      const input = {
        StartTime: from / 1000,
        EndTime: to / 1000,
        TimeRangeType: 'Event' as const,
        ...(filter.trim() ? { FilterExpression: filter } : {}),
      };
      let scanned = 0;
      const listed = await readAll(
        (NextToken) => call(place, 'xray', 'GetTraceSummaries', { ...input, NextToken }, signal),
        ({ TraceSummaries = [], TracesProcessedCount = TraceSummaries.length }) => {
          scanned += TracesProcessedCount;
          return TraceSummaries as TraceSummary[];
        },
      );
      return { ...listed, scanned };
    },
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });

export const traceQuery = (place: Place, id: string) =>
  queryOptions({
    queryKey: ['trace', place, id],
    queryFn: async ({ signal }) => {
      const answer = await call(place, 'xray', 'BatchGetTraces', { TraceIds: [id] }, signal);
      return (answer.Traces?.[0] as Trace | undefined) ?? null;
    },
  });

export const traceGraphQuery = (place: Place, id: string) =>
  queryOptions({
    queryKey: ['trace', place, id, 'graph'],
    queryFn: async ({ signal }) => {
      const answer = await call(place, 'xray', 'GetTraceGraph', { TraceIds: [id] }, signal);
      return answer.Services as ServiceNode[];
    },
  });
