/** Lines of a log group. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import type * as t from './types.ts';

export interface LogFilter {
  readonly group: string;
  readonly stream?: string | undefined;
  readonly pattern?: string | undefined;
}

const LOG_LINES_MAX = 5000;

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
