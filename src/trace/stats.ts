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

/** Pairs of unsigned 32-bit numbers, little endian. */
export function encodeHistogram(histogram: Histogram): Uint8Array {
  const bytes = new Uint8Array(histogram.size * 8);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, count] of histogram) {
    view.setUint32(at, value, true);
    view.setUint32(at + 4, count, true);
    at += 8;
  }
  return bytes;
}

export function decodeHistogram(bytes: Uint8Array): Histogram {
  const histogram: Histogram = new Map();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.byteLength; at += 8) {
    histogram.set(view.getUint32(at, true), view.getUint32(at + 4, true));
  }
  return histogram;
}
