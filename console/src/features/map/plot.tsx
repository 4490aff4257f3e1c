/** A chart of stacked columns on uPlot. */
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { count, stamp } from '../../model/format.ts';
import type { Columns } from '../../model/series.ts';
import { HEALTH_LOOKS } from '../../parts/ui/status.tsx';
import { isDark, watchTheme } from '../../parts/ui/theme.ts';

interface Props {
  readonly columns: Columns;
  readonly height: number;
  /** Seconds. */
  readonly period: number;
}

/** Drawn from the whole to its worst part, so that each covers what is not its own. */
const ORDER = ['ok', 'error', 'throttle', 'fault'] as const;

export function Plot({ columns, height, period }: Props): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const dark = useSyncExternalStore(watchTheme, isDark);
  const data = useRef<uPlot.AlignedData>([[]]);
  data.current = [[...columns.times], ...ORDER.map((health) => [...columns[health]])];

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read when the theme changes
  useEffect(() => {
    const element = host.current!;
    const made = new uPlot(optionsFor(element, height, period), data.current, element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [height, period, dark]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the data are in the ref by then
  useEffect(() => plot.current?.setData(data.current), [columns]);
  const total = columns.ok.reduce((sum, one) => sum + one, 0);
  return <div ref={host} role="img" aria-label={`${count(total)} requests over time`} />;
}

function optionsFor(element: HTMLElement, height: number, period: number): uPlot.Options {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: token('--sl-text-3'),
    grid: { stroke: token('--sl-border-soft'), width: 1 },
    ticks: { show: false },
    font: `10.5px ${style.fontFamily}`,
  };
  const bars = uPlot.paths.bars!({ size: [0.85, 18], align: 1 });
  return {
    width: Math.max(100, element.clientWidth),
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, most)] } },
    axes: [
      { ...axis, size: 22, gap: 6, values: (_plot, times) => times.map(timeText), space: 64 },
      {
        ...axis,
        size: 30,
        gap: 4,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20_000],
      },
    ],
    hooks: { setCursor: [(plot) => describe(plot, period)] },
    series: [
      {},
      ...ORDER.map((health) => {
        const color = token(`--sl-ring-${health}`);
        return {
          label: HEALTH_LOOKS[health].label,
          paths: bars,
          fill: color,
          width: 0,
          points: { show: false },
        };
      }),
    ],
  };
}

function timeText(seconds: number): string {
  return stamp(seconds * 1000).slice(11, 16);
}

/** What is under the pointer, as the tooltip that the browser shows. */
function describe(plot: uPlot, period: number): void {
  const index = plot.cursor.idx;
  if (index === null || index === undefined) return;
  const at = plot.data[0][index]!;
  const values = ORDER.map((_health, order) => Number(plot.data[order + 1]![index] ?? 0));
  const parts = ORDER.map((health, order) => {
    const own = values[order]! - (values[order + 1] ?? 0);
    return own > 0 ? `${HEALTH_LOOKS[health].label} ${count(own)}` : '';
  }).filter(Boolean);
  plot.over.title = `${timeText(at)} – ${timeText(at + period)}: ${parts.join(', ') || 'no requests'}`;
}
