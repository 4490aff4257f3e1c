/** Response times over time, a dot for each trace in the colour of its outcome. */
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { duration, stamp } from '../../model/format.ts';
import type { TraceSummary } from '../../model/shapes.ts';
import { startOf } from '../../model/summary.ts';
import { Panel } from '../../parts/ui/basics.tsx';
import { SPAN_LOOKS, traceStatus } from '../../parts/ui/status.tsx';

const HEIGHT = 120;
const LEFT = 46;
const BOTTOM = 18;
const DOTS_MAX = 3000;

export function Scatter({ traces }: { traces: readonly TraceSummary[] }): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  const navigate = useNavigate();
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 800));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const dots = traces.slice(0, DOTS_MAX).map((trace) => ({
    trace,
    at: startOf(trace),
    ms: Math.max(0.5, (trace.ResponseTime ?? trace.Duration ?? 0) * 1000),
  }));
  const [from, to] = extentOf(dots.map((dot) => dot.at));
  const low = Math.min(...dots.map((dot) => dot.ms)) * 0.7;
  const high = Math.max(...dots.map((dot) => dot.ms)) * 1.4;
  const x = (at: number): number => LEFT + ((at - from) / (to - from)) * (width - LEFT - 12);
  const y = (ms: number): number =>
    (HEIGHT - BOTTOM - 6) * (1 - Math.log(ms / low) / Math.log(high / low)) + 6;
  const levels = levelsOf(low, high);
  const times = [0.02, 0.25, 0.5, 0.75, 0.98].map((share) => from + share * (to - from));
  return (
    <Panel flush>
      <div ref={frame} style={{ padding: '6px 0 0' }}>
        <svg
          className="scatter"
          width={width}
          height={HEIGHT}
          role="img"
          aria-label="Response times over time"
        >
          {levels.map((ms) => (
            <g key={ms}>
              <line x1={LEFT} x2={width} y1={y(ms)} y2={y(ms)} />
              <text x={LEFT - 6} y={y(ms) + 3} textAnchor="end">
                {duration(ms)}
              </text>
            </g>
          ))}
          {times.map((at) => (
            <text key={at} x={x(at)} y={HEIGHT - 4} textAnchor="middle">
              {stamp(at).slice(11)}
            </text>
          ))}
          {dots.map(({ trace, at, ms }) => {
            const look = SPAN_LOOKS[traceStatus(trace)];
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: the list below has the same links
              <circle
                key={trace.Id}
                cx={x(at)}
                cy={y(ms)}
                r={4}
                data-tone={look.tone}
                onClick={() => navigate({ to: `/traces/${trace.Id}` })}
              >
                <title>{`${stamp(at)}, ${duration(ms)}, ${look.label}`}</title>
              </circle>
            );
          })}
        </svg>
      </div>
    </Panel>
  );
}

/** From the first to the last trace with a little room, at least a minute. */
function extentOf(times: readonly number[]): [number, number] {
  const first = Math.min(...times);
  const last = Math.max(...times);
  const room = Math.max((last - first) * 0.04, (60_000 - (last - first)) / 2);
  return [first - room, last + room];
}

/** Round values of the logarithmic axis, at most four. */
function levelsOf(low: number, high: number): number[] {
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of [1, 2, 5]) {
      const level = factor * 10 ** power;
      if (level > low && level < high) all.push(level);
    }
  }
  const step = Math.max(1, Math.ceil(all.length / 4));
  return all.filter((_level, index) => index % step === 0);
}
