import { describe, expect, it } from 'vitest';
import {
  atMost,
  describeRange,
  parseRange,
  printRange,
  resolveRange,
  type TimeRange,
} from './range.ts';

const hour: TimeRange = { kind: 'relative', minutes: 60 };

describe('time ranges', () => {
  it('reads and prints durations', () => {
    expect(parseRange('PT15M', hour)).toEqual({ kind: 'relative', minutes: 15 });
    expect(parseRange('PT6H', hour)).toEqual({ kind: 'relative', minutes: 360 });
    expect(parseRange('P1D', hour)).toEqual({ kind: 'relative', minutes: 1440 });
    for (const text of ['PT15M', 'PT6H', 'P1D', 'PT90M']) {
      expect(printRange(parseRange(text, hour))).toBe(text);
    }
  });

  it('falls back on what it cannot read', () => {
    for (const text of [undefined, '', 'PT', 'P0D', 'soon', '2020-01-01T00:00:00Z', 'b~a']) {
      expect(parseRange(text, hour)).toBe(hour);
    }
    expect(parseRange('2020-01-02T00:00:00Z~2020-01-01T00:00:00Z', hour)).toBe(hour);
  });

  it('reads two ends, also with months of one digit', () => {
    const range = parseRange('2018-9-01T16:00:00Z~2018-9-01T22:00:00Z', hour);
    expect(range).toEqual({
      kind: 'absolute',
      from: Date.UTC(2018, 8, 1, 16),
      to: Date.UTC(2018, 8, 1, 22),
    });
    expect(parseRange(printRange(range), hour)).toEqual(range);
  });

  it('resolves against a now and cuts to a span', () => {
    expect(resolveRange(hour, 10_000_000)).toEqual({ from: 6_400_000, to: 10_000_000 });
    expect(atMost({ from: 0, to: 10_000_000 }, 60)).toEqual({ from: 6_400_000, to: 10_000_000 });
    expect(describeRange(hour, String)).toBe('Last hour');
  });
});
