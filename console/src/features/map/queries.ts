/** What only the map reads. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { all } from '../../api/pages.ts';
import type { SeriesPoint } from '../../model/series.ts';

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
