/** Requests over time by outcome. The chart library comes with the first chart. */
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import type { Window } from '../../model/range.ts';
import { columnsOf, periodFor } from '../../model/series.ts';
import { usePlace } from '../../parts/page/place.ts';
import { seriesQuery } from './queries.ts';

const Plot = lazy(async () => ({ default: (await import('./plot.tsx')).Plot }));
const HEIGHT = 96;

/** `selector`: X-Ray's entity selector, `service("x")` or `edge("a", "b")`. */
export function TrafficChart({
  selector,
  window,
}: {
  selector: string;
  window: Window;
}): ReactNode {
  const period = periodFor(window);
  const { data } = useQuery(seriesQuery(usePlace(), selector, period, window));
  return (
    <div className="traffic" style={{ minHeight: HEIGHT }}>
      {data && (
        <Suspense>
          <Plot columns={columnsOf(data, window, period)} height={HEIGHT} period={period} />
        </Suspense>
      )}
    </div>
  );
}
