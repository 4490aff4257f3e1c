/**
 * Time ranges as they stand in the address: `PT15M` back from now, or `start~end` (ISO 8601), the
 * scheme of X-Ray's own deep links.
 */
export type TimeRange =
  | { readonly kind: 'relative'; readonly minutes: number }
  | { readonly kind: 'absolute'; readonly from: number; readonly to: number };

export interface Window {
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
}

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/;

export function parseRange(text: string | undefined, fallback: TimeRange): TimeRange {
  if (!text) return fallback;
  const match = DURATION.exec(text);
  if (match) {
    const [days, hours, minutes] = match.slice(1).map((part) => Number(part ?? 0));
    const total = days! * 1440 + hours! * 60 + minutes!;
    return total > 0 ? { kind: 'relative', minutes: total } : fallback;
  }
  const [start, end, ...more] = text.split('~');
  const from = instant(start);
  const to = instant(end);
  if (more.length > 0 || from === undefined || to === undefined || to <= from) return fallback;
  return { kind: 'absolute', from, to };
}

/** `2018-9-01T16:00:00` as X-Ray writes it is local time; a text with an offset says its own. */
function instant(text: string | undefined): number | undefined {
  if (!text) return undefined;
  const padded = text.replace(/^(\d{4})-(\d{1,2})-(\d{1,2})T/, (_all, year, month, day) => {
    return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T`;
  });
  const value = Date.parse(padded);
  return Number.isNaN(value) ? undefined : value;
}

export function printRange(range: TimeRange): string {
  if (range.kind === 'absolute') {
    return `${new Date(range.from).toISOString()}~${new Date(range.to).toISOString()}`;
  }
  const { minutes } = range;
  if (minutes % 1440 === 0) return `P${minutes / 1440}D`;
  return minutes % 60 === 0 ? `PT${minutes / 60}H` : `PT${minutes}M`;
}

/** `Last 15 minutes`, or the two ends. */
export function describeRange(range: TimeRange, print: (ms: number) => string): string {
  if (range.kind === 'absolute') return `${print(range.from)} – ${print(range.to)}`;
  const { minutes } = range;
  if (minutes % 1440 === 0)
    return minutes === 1440 ? 'Last 24 hours' : `Last ${minutes / 1440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? 'Last hour' : `Last ${minutes / 60} hours`;
  return `Last ${minutes} minutes`;
}

export function resolveRange(range: TimeRange, now: number): Window {
  if (range.kind === 'absolute') return { from: range.from, to: range.to };
  return { from: now - range.minutes * 60_000, to: now };
}

/** The window cut to its latest `minutes`: some AWS calls answer for a limited span only. */
export function atMost(window: Window, minutes: number): Window {
  return { from: Math.max(window.from, window.to - minutes * 60_000), to: window.to };
}

/** Why a range cannot be used, where answers span at most `minutesMax`; undefined where it can. */
export function rangeProblem(range: TimeRange, minutesMax: number): string | undefined {
  const minutes = range.kind === 'relative' ? range.minutes : (range.to - range.from) / 60_000;
  if (Number.isNaN(minutes)) return 'Choose both times.';
  if (minutes <= 0) {
    return range.kind === 'relative' ? 'Choose a length.' : 'The end must be after the start.';
  }
  return minutes > minutesMax ? `At most ${minutesMax / 60} hours at once.` : undefined;
}
