/** The times above the bars. */
import type { ReactNode } from 'react';
import { duration } from '../../../model/format.ts';

/** `origin`: where the trace begins, from which times are counted. */
export function Axis({
  from,
  to,
  origin,
}: {
  from: number;
  to: number;
  origin: number;
}): ReactNode {
  const ticks = ticksOf(from - origin, to - origin);
  return (
    <div className="axis" aria-hidden="true">
      {ticks.map((tick) => (
        <span key={tick} style={{ left: `${((tick + origin - from) / (to - from)) * 100}%` }}>
          {duration(tick)}
        </span>
      ))}
    </div>
  );
}

/** Round steps, about six of them. */
export function ticksOf(from: number, to: number): number[] {
  const rough = (to - from) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  // The last label needs room to its right.
  for (let at = Math.ceil(from / step) * step; at <= to - step * 0.35; at += step) ticks.push(at);
  return ticks;
}
