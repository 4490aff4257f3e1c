/** The service graph of a window of time. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { all } from './pages.ts';
import type * as t from './types.ts';

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
