/** What only the map reads. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { readAll } from '../../api/pages.ts';
import type { Place } from '../../model/place.ts';
import type { SeriesPoint } from '../../model/shapes.ts';

export const seriesQuery = (
  place: Place,
  selector: string,
  period: 60 | 300,
  window: { from: number; to: number },
) =>
  queryOptions({
    queryKey: ['map', 'series', place, selector, period, Math.floor(window.to / 5000)],
    queryFn: async ({ signal }) => {
      const input = {
        StartTime: window.from / 1000,
        EndTime: window.to / 1000,
        Period: period,
        EntitySelectorExpression: selector,
      };
      const { items } = await readAll(
        (NextToken) =>
          call(place, 'xray', 'GetTimeSeriesServiceStatistics', { ...input, NextToken }, signal),
        (page) => page.TimeSeriesServiceStatistics as SeriesPoint[],
      );
      return items;
    },
    placeholderData: keepPreviousData,
  });
