/** A response time distribution; dragging across it chooses a span of times. */
import { type PointerEvent, type ReactNode, useState } from 'react';
import { duration, percent } from '../../model/format.ts';
import { bucketsOf, percentilesOf } from '../../model/histogram.ts';
import type { HistogramEntry } from '../../model/shapes.ts';

interface Props {
  readonly entries: readonly HistogramEntry[];
  /** Chosen span in milliseconds. */
  readonly chosen: readonly [number, number] | undefined;
  readonly onChoose: (span: readonly [number, number] | undefined) => void;
}

const WIDTH = 320;
const HEIGHT = 92;

export function Histogram({ entries, chosen, onChoose }: Props): ReactNode {
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  const buckets = bucketsOf(entries);
  const percentiles = percentilesOf(entries);
  if (buckets.length === 0 || !percentiles) return <p className="dim">No completed requests.</p>;
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const most = Math.max(...buckets.map((bucket) => bucket.count));
  const low = buckets[0]!.from;
  const high = buckets.at(-1)!.to;
  const toMs = (share: number): number => low * (high / low) ** share;
  const shareAt = (event: PointerEvent<SVGSVGElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const isIn = (bucket: { from: number; to: number }): boolean => {
    if (drag) {
      const [a, b] = [toMs(Math.min(drag.from, drag.to)), toMs(Math.max(drag.from, drag.to))];
      return bucket.to > a && bucket.from < b;
    }
    return !chosen || (bucket.to > chosen[0] && bucket.from < chosen[1]);
  };
  const finish = (): void => {
    if (!drag) return;
    const [a, b] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
    onChoose(b - a > 0.02 ? [toMs(a), toMs(b)] : undefined);
    setDrag(undefined);
  };
  return (
    <figure className="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Response times: median ${duration(percentiles.p50)}, 95% under ${duration(percentiles.p95)}`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const share = shareAt(event);
          setDrag({ from: share, to: share });
        }}
        onPointerMove={(event) => drag && setDrag({ ...drag, to: shareAt(event) })}
        onPointerUp={finish}
      >
        {buckets.map((bucket, index) => {
          const height = bucket.count === 0 ? 0 : Math.max(2, (bucket.count / most) * (HEIGHT - 4));
          const wide = WIDTH / buckets.length;
          return (
            <rect
              key={bucket.from}
              className={isIn(bucket) ? 'in' : ''}
              x={index * wide + 0.5}
              y={HEIGHT - height}
              width={wide - 1}
              height={height}
            >
              <title>
                {`${duration(bucket.from)} – ${duration(bucket.to)}: ${percent(bucket.count / total)} (${bucket.count})`}
              </title>
            </rect>
          );
        })}
      </svg>
      <figcaption>
        <span>{duration(low)}</span>
        <span>{duration(toMs(0.5))}</span>
        <span>{duration(high)}</span>
      </figcaption>
      <div className="row spread dim">
        <span className="num">
          p50 <b>{duration(percentiles.p50)}</b> · p95 <b>{duration(percentiles.p95)}</b> · p99{' '}
          <b>{duration(percentiles.p99)}</b>
        </span>
        {chosen && (
          <button type="button" className="link" onClick={() => onChoose(undefined)}>
            Clear span
          </button>
        )}
      </div>
    </figure>
  );
}
