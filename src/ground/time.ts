/** Instants in milliseconds since the epoch, and the texts AWS prints and accepts for them. */
export type Instant = number;

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/** ISO-8601 in UTC with milliseconds, trailing zeros trimmed, as the context object prints it. */
export function printInstant(at: Instant): string {
  const text = new Date(at).toISOString();
  return text.replace(/\.?0+Z$/, 'Z');
}

/**
 * Nanoseconds since the epoch, or undefined where the text is not RFC 3339 with `T` and an offset.
 * Rule: Amazon States Language, Timestamp; impossible dates are refused.
 */
export function parseTimestampNanos(text: string): bigint | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone] = match;
  const parts = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(parts[0], parts[1] - 1, parts[2]);
  date.setUTCHours(parts[3], parts[4], parts[5], 0);
  if (date.getUTCMonth() !== parts[1] - 1 || date.getUTCDate() !== parts[2]) return undefined;
  const nanos = BigInt(fraction.padEnd(9, '0') || '0');
  return BigInt(date.getTime() - offsetMs(zone!)) * 1_000_000n + nanos;
}

/** Milliseconds since the epoch (rounded up, so that a wait never ends early), or undefined. */
export function parseInstant(text: string): Instant | undefined {
  const nanos = parseTimestampNanos(text);
  if (nanos === undefined) return undefined;
  return Number((nanos + 999_999n) / 1_000_000n);
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const sign = zone[0] === '-' ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60_000;
}
