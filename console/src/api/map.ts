/** The service graph of a window of time. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Place } from '../model/place.ts';
import type { ServiceNode } from '../model/shapes.ts';
import { call } from './call.ts';
import { readAll } from './pages.ts';

/** `key` names the window; `window` resolves it when the read happens. */
export const mapQuery = (place: Place, key: string, window: () => { from: number; to: number }) =>
  queryOptions({
    queryKey: ['map', place, key],
    queryFn: async ({ signal }) => {
      const { from, to } = window();
      const times = { StartTime: from / 1000, EndTime: to / 1000 };
      const { items } = await readAll(
        (NextToken) => call(place, 'xray', 'GetServiceGraph', { ...times, NextToken }, signal),
        (page) => page.Services as ServiceNode[],
      );
      return { services: items, from, to, readAt: Date.now() };
    },
    placeholderData: keepPreviousData,
    refetchInterval: 5000,
  });
