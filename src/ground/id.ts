/** Trace and segment ids in X-Ray's forms. Chance and time are given. */
import type { Instant } from './time.ts';
import type { Tools } from './tools.ts';

/** `1-<8 hex epoch seconds>-<24 hex>` from a start and any 24 hex digits. */
export function traceId(start: Instant, hex24: string): string {
  const seconds = Math.floor(start / 1000)
    .toString(16)
    .padStart(8, '0');
  return `1-${seconds}-${hex24.slice(0, 24)}`;
}

/** A random trace id. */
export function newTraceId(tools: Pick<Tools, 'now' | 'uuid'>): string {
  return traceId(tools.now(), tools.uuid().replaceAll('-', ''));
}

/** A random segment id of 16 hex digits. */
export function newSegmentId(tools: Pick<Tools, 'uuid'>): string {
  return tools.uuid().replaceAll('-', '').slice(0, 16);
}
