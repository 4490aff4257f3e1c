/**
 * Counts and histograms of requests that add up and can be taken away again, so that they can be
 * kept per minute and corrected when a late document arrives. All are integers: microseconds and
 * counts; sums of them are exact.
 */
import type { SegmentDocument } from './segment.ts';

/** Milliseconds → requests. */
export type Histogram = Map<number, number>;

interface Counts {
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
  firstUs: number;
  lastUs: number;
}

/** Statistics of many requests. */
export interface Stats extends Counts {
  readonly response: Histogram;
  readonly duration: Histogram;
}

/** The few requests of one trace: no map for each of them. */
export interface Requests extends Counts {
  /** Milliseconds and how many, in any order, the same value possibly twice. */
  readonly response: [number, number][];
  readonly duration: [number, number][];
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
    firstUs: Number.MAX_SAFE_INTEGER,
    lastUs: 0,
    response: new Map(),
    duration: new Map(),
  };
}

/** Adds `more` to `into`, or takes it away; the time span only ever grows. */
export function addStats(into: Stats, more: Stats | Requests, sign: 1 | -1): void {
  addCounts(into, more, sign);
  addHistogram(into.response, more.response, sign);
  addHistogram(into.duration, more.duration, sign);
}

/** Puts requests of the same trace together. */
export function joinRequests(into: Requests, more: Requests): void {
  addCounts(into, more, 1);
  into.response.push(...more.response);
  into.duration.push(...more.duration);
}

function addCounts(into: Counts, more: Counts, sign: 1 | -1): void {
  into.seen += sign * more.seen;
  into.own += sign * more.own;
  into.roots += sign * more.roots;
  into.ok += sign * more.ok;
  into.throttle += sign * more.throttle;
  into.error += sign * more.error;
  into.fault += sign * more.fault;
  into.responseUs += sign * more.responseUs;
  if (sign > 0) {
    into.firstUs = Math.min(into.firstUs, more.firstUs);
    into.lastUs = Math.max(into.lastUs, more.lastUs);
  }
}

function addHistogram(
  into: Histogram,
  more: Iterable<readonly [number, number]>,
  sign: 1 | -1,
): void {
  for (const [value, count] of more) {
    const sum = (into.get(value) ?? 0) + sign * count;
    if (sum === 0) into.delete(value);
    else into.set(value, sum);
  }
}

export function requestCount(stats: Counts): number {
  return stats.ok + stats.throttle + stats.error + stats.fault;
}

/** One completed request, or one in progress, which is only seen. */
export function requestOf(entity: SegmentDocument, durationUs?: number): Requests {
  const done = entity.end_time !== undefined;
  const firstUs = microseconds(entity.start_time);
  const lastUs = microseconds(entity.end_time ?? entity.start_time);
  // Classes exclude each other, so that they add up to the total: fault, throttle, error, ok.
  const fault = done && entity.fault;
  const throttle = done && !fault && entity.throttle;
  const error = done && !fault && !throttle && entity.error;
  return {
    seen: 1,
    own: 0,
    roots: 0,
    ok: done && !fault && !throttle && !error ? 1 : 0,
    throttle: throttle ? 1 : 0,
    error: error ? 1 : 0,
    fault: fault ? 1 : 0,
    responseUs: lastUs - firstUs,
    firstUs,
    lastUs,
    response: done ? [[bucketMs(lastUs - firstUs), 1]] : [],
    duration: done && durationUs !== undefined ? [[bucketMs(durationUs), 1]] : [],
  };
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
    pairsOf(stats.response),
    pairsOf(stats.duration),
  ];
}

function pairsOf(histogram: Histogram): number[] {
  const pairs: number[] = [];
  for (const [value, count] of histogram) pairs.push(value, count);
  return pairs;
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
