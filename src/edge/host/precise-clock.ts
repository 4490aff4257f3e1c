/** The time of day with microseconds: the monotonic clock, tied again to the wall when they part. */
import { performance } from 'node:perf_hooks';
import type { Instant } from '../../ground/time.ts';

const APART_MS = 5;
let base = Date.now() - performance.now();

/** Milliseconds since the epoch, with a fraction. */
export function preciseNow(): Instant {
  const at = base + performance.now();
  const wall = Date.now();
  if (Math.abs(wall - at) <= APART_MS) return at;
  base = wall - performance.now();
  return wall;
}
