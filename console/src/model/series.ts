/** Requests over time as stacked columns: each line is its own count and all that is worse. */

import type { Window } from './range.ts';
import { healthOf } from './service-map.ts';
import type { SeriesPoint } from './shapes.ts';

export interface Columns {
  /** Epoch seconds, one for each period of the window. */
  readonly times: readonly number[];
  readonly fault: readonly number[];
  readonly throttle: readonly number[];
  readonly error: readonly number[];
  readonly ok: readonly number[];
}

/** Periods of five minutes where single minutes would be too thin to see. */
export function periodFor({ from, to }: Window): 60 | 300 {
  return to - from > 2 * 3_600_000 ? 300 : 60;
}

export function columnsOf(points: readonly SeriesPoint[], window: Window, period: number): Columns {
  const first = Math.floor(window.from / 1000 / period) * period;
  const size = Math.max(1, Math.ceil((window.to / 1000 - first) / period));
  const zeros = (): number[] => new Array<number>(size).fill(0);
  const columns = { fault: zeros(), throttle: zeros(), error: zeros(), ok: zeros() };
  for (const point of points) {
    const at = Math.floor((point.Timestamp - first) / period);
    if (at < 0 || at >= size) continue;
    const counts = healthOf(point.ServiceSummaryStatistics ?? point.EdgeSummaryStatistics);
    columns.fault[at]! += counts.fault;
    columns.throttle[at]! += counts.fault + counts.throttle;
    columns.error[at]! += counts.fault + counts.throttle + counts.error;
    columns.ok[at]! += counts.total;
  }
  return { times: Array.from({ length: size }, (_, index) => first + index * period), ...columns };
}
