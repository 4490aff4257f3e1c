/** The reads of the pages, each with its key in the cache. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { SeriesPoint } from '../model/series.ts';
import { call, read } from './call.ts';
import type * as t from './types.ts';

const LIST_PAGES_MAX = 20;

/** Follows NextToken to the end (or a sensible number of pages). */
async function all<Page extends { nextToken?: string; NextToken?: string }, Item>(
  fetchPage: (token: string | undefined) => Promise<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const found: Item[] = [];
  let token: string | undefined;
  for (let page = 0; page < LIST_PAGES_MAX; page++) {
    const answer = await fetchPage(token);
    found.push(...(items(answer) ?? []));
    token = answer.nextToken ?? answer.NextToken;
    if (!token) break;
  }
  return found;
}

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => read<t.Health>('health', {}, signal),
  refetchInterval: 15_000,
});

export const machinesQuery = queryOptions({
  queryKey: ['machines'],
  queryFn: ({ signal }) =>
    all(
      (nextToken) =>
        call<{ stateMachines: t.StateMachineItem[]; nextToken?: string }>(
          'states',
          'ListStateMachines',
          { maxResults: 1000, nextToken },
          signal,
        ),
      (page) => page.stateMachines,
    ),
  refetchInterval: 15_000,
});

export const machineQuery = (stateMachineArn: string) =>
  queryOptions({
    queryKey: ['machine', stateMachineArn],
    queryFn: ({ signal }) =>
      call<t.StateMachine>('states', 'DescribeStateMachine', { stateMachineArn }, signal),
  });

export const tagsQuery = (resourceArn: string) =>
  queryOptions({
    queryKey: ['machine', 'tags', resourceArn],
    queryFn: async ({ signal }) =>
      (await call<{ tags?: t.Tag[] }>('states', 'ListTagsForResource', { resourceArn }, signal))
        .tags ?? [],
  });

export interface ExecutionFilter {
  readonly machine?: string | undefined;
  readonly status?: string | undefined;
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  /** Epoch seconds. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit?: number;
}

export interface ExecutionPage {
  executions: t.ExecutionItem[];
  nextToken?: string;
}

export function fetchExecutions(
  filter: ExecutionFilter,
  token: string | undefined,
  signal?: AbortSignal,
): Promise<ExecutionPage> {
  return read<ExecutionPage>('api/executions', { ...filter, token }, signal);
}

export const executionsQuery = (filter: ExecutionFilter) =>
  queryOptions({
    queryKey: ['executions', filter],
    queryFn: ({ signal }) => fetchExecutions(filter, undefined, signal),
    placeholderData: keepPreviousData,
  });

export const executionQuery = (arn: string) =>
  queryOptions({
    queryKey: ['execution', arn],
    queryFn: ({ signal }) => read<t.Execution>('api/execution', { arn }, signal),
  });

/** `window`: how the range resolves when the read happens. */
export const mapQuery = (key: string, window: () => { from: number; to: number }) =>
  queryOptions({
    queryKey: ['map', key],
    queryFn: async ({ signal }) => {
      const { from, to } = window();
      const times = { StartTime: from / 1000, EndTime: to / 1000 };
      const services = await all(
        (NextToken) =>
          call<t.ServiceGraph>('xray', 'GetServiceGraph', { ...times, NextToken }, signal),
        (page) => page.Services,
      );
      return { services, from, to, readAt: Date.now() };
    },
    placeholderData: keepPreviousData,
    refetchInterval: 5000,
  });

export const seriesQuery = (
  selector: string,
  period: 60 | 300,
  window: { from: number; to: number },
) =>
  queryOptions({
    queryKey: ['map', 'series', selector, period, Math.floor(window.to / 5000)],
    queryFn: ({ signal }) =>
      all(
        (NextToken) =>
          call<{ TimeSeriesServiceStatistics: SeriesPoint[]; NextToken?: string }>(
            'xray',
            'GetTimeSeriesServiceStatistics',
            {
              StartTime: window.from / 1000,
              EndTime: window.to / 1000,
              Period: period,
              EntitySelectorExpression: selector,
              NextToken,
            },
            signal,
          ),
        (page) => page.TimeSeriesServiceStatistics,
      ),
    placeholderData: keepPreviousData,
  });

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

export const functionsQuery = queryOptions({
  queryKey: ['functions'],
  queryFn: ({ signal }) =>
    all(
      async (Marker) => {
        const page = await call<{ Functions: t.FunctionConfig[]; NextMarker?: string }>(
          'lambda',
          'ListFunctions',
          { Marker },
          signal,
        );
        return {
          Functions: page.Functions,
          ...(page.NextMarker ? { NextToken: page.NextMarker } : {}),
        };
      },
      (page) => page.Functions,
    ),
  refetchInterval: 15_000,
});

export interface FunctionDetail {
  Configuration: t.FunctionConfig;
  Tags?: Record<string, string>;
  Concurrency?: { ReservedConcurrentExecutions?: number };
}

export const functionQuery = (FunctionName: string) =>
  queryOptions({
    queryKey: ['function', FunctionName],
    queryFn: ({ signal }) =>
      call<FunctionDetail>('lambda', 'GetFunction', { FunctionName }, signal),
  });

export const logGroupsQuery = queryOptions({
  queryKey: ['logs', 'groups'],
  queryFn: ({ signal }) =>
    all(
      (nextToken) =>
        call<{ logGroups?: t.LogGroup[]; nextToken?: string }>(
          'logs',
          'DescribeLogGroups',
          { nextToken },
          signal,
        ),
      (page) => page.logGroups,
    ),
});

export const logStreamsQuery = (logGroupName: string) =>
  queryOptions({
    queryKey: ['logs', 'streams', logGroupName],
    queryFn: async ({ signal }) => {
      const input = { logGroupName, orderBy: 'LastEventTime', descending: true, limit: 50 };
      const page = await call<{ logStreams?: t.LogStream[] }>(
        'logs',
        'DescribeLogStreams',
        input,
        signal,
      );
      return page.logStreams ?? [];
    },
  });

export interface LogFilter {
  readonly group: string;
  readonly stream?: string | undefined;
  readonly pattern?: string | undefined;
}

const LOG_LINES_MAX = 5000;

/** Matching lines of a window, oldest first; `isCut` where there were more than we read. */
export const logEventsQuery = (
  filter: LogFilter,
  key: string,
  window: () => { from: number; to: number },
) =>
  queryOptions({
    queryKey: ['logs', 'events', filter, key],
    queryFn: async ({ signal }) => {
      const { from, to } = window();
      const events: t.LogEvent[] = [];
      let nextToken: string | undefined;
      do {
        const page = await call<{ events?: t.LogEvent[]; nextToken?: string }>(
          'logs',
          'FilterLogEvents',
          {
            logGroupName: filter.group,
            startTime: Math.floor(from),
            endTime: Math.ceil(to),
            limit: 10_000,
            nextToken,
            ...(filter.stream ? { logStreamNames: [filter.stream] } : {}),
            ...(filter.pattern?.trim() ? { filterPattern: filter.pattern } : {}),
          },
          signal,
        );
        events.push(...(page.events ?? []));
        nextToken = page.nextToken;
      } while (nextToken && events.length < LOG_LINES_MAX);
      return { events: events.slice(0, LOG_LINES_MAX), isCut: nextToken !== undefined };
    },
    placeholderData: keepPreviousData,
  });
