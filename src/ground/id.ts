/** Trace and segment ids in X-Ray's forms, and UUIDs that follow from something. */
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

/** Hexadecimal digits of a digest in the form of a version 4 UUID. */
export function uuidFrom(hex: string): string {
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
  return [...parts, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
