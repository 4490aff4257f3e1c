/** Lines of a log group. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Place } from '../model/place.ts';
import type { LogEvent } from '../model/shapes.ts';
import { call } from './call.ts';

export interface LogFilter {
  readonly group: string;
  readonly stream?: string | undefined;
  readonly pattern?: string | undefined;
}

const LOG_LINES_MAX = 5000;

/** Matching lines of a window, oldest first; `isCut` where there were more than we read. */
export const logEventsQuery = (
  place: Place,
  filter: LogFilter,
  key: string,
  window: () => { from: number; to: number },
) =>
  queryOptions({
    queryKey: ['logs', 'events', place, filter, key],
    queryFn: async ({ signal }) => {
      const { from, to } = window();
      const input = {
        logGroupName: filter.group,
        startTime: Math.floor(from),
        endTime: Math.ceil(to),
        limit: 10_000,
        ...(filter.stream ? { logStreamNames: [filter.stream] } : {}),
        ...(filter.pattern?.trim() ? { filterPattern: filter.pattern } : {}),
      };
      const events: LogEvent[] = [];
      let nextToken: string | undefined;
      do {
        const page = await call(place, 'logs', 'FilterLogEvents', { ...input, nextToken }, signal);
        events.push(...((page.events ?? []) as LogEvent[]));
        nextToken = page.nextToken;
      } while (nextToken && events.length < LOG_LINES_MAX);
      return { events: events.slice(0, LOG_LINES_MAX), isCut: nextToken !== undefined };
    },
    placeholderData: keepPreviousData,
  });
