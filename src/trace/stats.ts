/**
 * Counts and histograms of requests that add up and can be taken away again, so that they can be
 * kept per minute and corrected when a late document arrives. All are integers: microseconds and
 * counts; sums of them are exact.
 */
import type { SegmentDocument } from './segment.ts';

/** Milliseconds → requests. */
export type Histogram = Map<number, number>;

export interface Stats {
  /** Segments or calls there were, those in progress included: a subject without any is gone. */
  seen: number;
  /** Those that a producer sent itself (not inferred). */
  own: number;
  /** Those that were the root of their trace. */
  roots: number;
  ok: number;
  throttle: number;
  error: number;
  fault: number;
  responseUs: number;
  readonly response: Histogram;
  readonly duration: Histogram;
  firstUs: number;
  lastUs: number;
}

export const microseconds = (seconds: number): number => Math.round(seconds * 1e6);

export function emptyStats(): Stats {
  return {
    seen: 0,
    own: 0,
    roots: 0,
    ok: 0,
    throttle: 0,
    error: 0,
    fault: 0,
    responseUs: 0,
    response: new Map(),
    duration: new Map(),
    firstUs: Number.MAX_SAFE_INTEGER,
    lastUs: 0,
  };
}

/** Adds `more` to `into`, or takes it away; the time span only ever grows. */
export function addStats(into: Stats, more: Stats, sign: 1 | -1): void {
  into.seen += sign * more.seen;
  into.own += sign * more.own;
  into.roots += sign * more.roots;
  into.ok += sign * more.ok;
  into.throttle += sign * more.throttle;
  into.error += sign * more.error;
  into.fault += sign * more.fault;
  into.responseUs += sign * more.responseUs;
  addHistogram(into.response, more.response, sign);
  addHistogram(into.duration, more.duration, sign);
  if (sign > 0) {
    into.firstUs = Math.min(into.firstUs, more.firstUs);
    into.lastUs = Math.max(into.lastUs, more.lastUs);
  }
}

function addHistogram(into: Histogram, more: Histogram, sign: 1 | -1): void {
  for (const [value, count] of more) {
    const sum = (into.get(value) ?? 0) + sign * count;
    if (sum === 0) into.delete(value);
    else into.set(value, sum);
  }
}

export function requestCount(stats: Stats): number {
  return stats.ok + stats.throttle + stats.error + stats.fault;
}

/** The statistics of one completed request, or of one in progress, which is only seen. */
export function statsOf(entity: SegmentDocument, durationUs?: number): Stats {
  const stats = emptyStats();
  stats.seen = 1;
  stats.firstUs = microseconds(entity.start_time);
  stats.lastUs = microseconds(entity.end_time ?? entity.start_time);
  if (entity.end_time === undefined) return stats;
  // Classes exclude each other, so that they add up to the total: fault, throttle, error, ok.
  if (entity.fault) stats.fault = 1;
  else if (entity.throttle) stats.throttle = 1;
  else if (entity.error) stats.error = 1;
  else stats.ok = 1;
  stats.responseUs = stats.lastUs - stats.firstUs;
  stats.response.set(bucketMs(stats.responseUs), 1);
  if (durationUs !== undefined) stats.duration.set(bucketMs(durationUs), 1);
  return stats;
}

const EXACT_MS_MAX = 10_000;

/** Whole milliseconds below ten seconds, four digits above: a bounded number of entries. */
function bucketMs(us: number): number {
  const ms = Math.round(us / 1000);
  return ms < EXACT_MS_MAX ? ms : Number(ms.toPrecision(4));
}

/** Statistics as a short JSON value; histograms as a list of value, count, value, count… */
export type PrintedStats = [
  counts: [number, number, number, number, number, number, number],
  times: [responseUs: number, firstUs: number, lastUs: number],
  response: number[],
  duration: number[],
];

export function printStats(stats: Stats): PrintedStats {
  const { seen, own, roots, ok, throttle, error, fault } = stats;
  return [
    [seen, own, roots, ok, throttle, error, fault],
    [stats.responseUs, stats.firstUs, stats.lastUs],
    [...stats.response].flat(),
    [...stats.duration].flat(),
  ];
}

export function readStats(printed: PrintedStats): Stats {
  const stats = emptyStats();
  addPrinted(stats, printed);
  return stats;
}

/** As `addStats` of what was printed. */
export function addPrinted(into: Stats, [counts, times, response, duration]: PrintedStats): void {
  into.seen += counts[0];
  into.own += counts[1];
  into.roots += counts[2];
  into.ok += counts[3];
  into.throttle += counts[4];
  into.error += counts[5];
  into.fault += counts[6];
  into.responseUs += times[0];
  into.firstUs = Math.min(into.firstUs, times[1]);
  into.lastUs = Math.max(into.lastUs, times[2]);
  addPairs(into.response, response);
  addPairs(into.duration, duration);
}

function addPairs(into: Histogram, pairs: readonly number[]): void {
  for (let at = 0; at < pairs.length; at += 2) {
    const value = pairs[at]!;
    into.set(value, (into.get(value) ?? 0) + pairs[at + 1]!);
  }
}
