/** Buckets of a response time histogram on a logarithmic axis. */
import type { HistogramEntry } from './shapes.ts';

export interface Bucket {
  /** Milliseconds; the last one of a histogram includes its end. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const BUCKETS = 32;
const LEAST_MS = 0.5;

export function bucketsOf(entries: readonly HistogramEntry[]): Bucket[] {
  const values = entries.filter((entry) => entry.Count > 0);
  if (values.length === 0) return [];
  const ms = values.map((entry) => Math.max(LEAST_MS, entry.Value * 1000));
  const low = Math.log(Math.min(...ms) * 0.8);
  const high = Math.log(Math.max(...ms) * 1.25);
  const width = (high - low) / BUCKETS;
  const counts = new Array<number>(BUCKETS).fill(0);
  values.forEach((entry, index) => {
    const bucket = Math.min(BUCKETS - 1, Math.floor((Math.log(ms[index]!) - low) / width));
    counts[bucket] = counts[bucket]! + entry.Count;
  });
  return counts.map((count, index) => ({
    from: Math.exp(low + index * width),
    to: Math.exp(low + (index + 1) * width),
    count,
  }));
}

/** In milliseconds; undefined where nothing was counted. */
export function percentilesOf(entries: readonly HistogramEntry[]): Percentiles | undefined {
  const sorted = entries.filter((entry) => entry.Count > 0).sort((a, b) => a.Value - b.Value);
  const total = sorted.reduce((sum, entry) => sum + entry.Count, 0);
  if (total === 0) return undefined;
  const at = (share: number): number => {
    let seen = 0;
    for (const entry of sorted) {
      seen += entry.Count;
      if (seen >= share * total) return entry.Value * 1000;
    }
    return sorted.at(-1)!.Value * 1000;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
