import { describe, expect, it } from 'vitest';
import { ago, bytes, duration, lastPart, percent, rate } from './format.ts';

describe('texts', () => {
  it('prints durations in the unit that reads best', () => {
    const cases: [number, string][] = [
      [0, '0 ms'],
      [0.4, '0.4 ms'],
      [7, '7 ms'],
      [396.4, '396 ms'],
      [4020, '4.02 s'],
      [59_900, '59.9 s'],
      [125_000, '2 m 05 s'],
      [3_600_000 * 3 + 720_000, '3 h 12 m'],
      [86_400_000 * 2, '2 d 0 h'],
    ];
    for (const [ms, text] of cases) expect(duration(ms)).toBe(text);
    expect(duration(undefined)).toBe('–');
  });

  it('prints ages, sizes, shares and rates', () => {
    expect(ago(0, 1000)).toBe('just now');
    expect(ago(0, 12_000)).toBe('12 s ago');
    expect(ago(0, 7_200_000)).toBe('2 h ago');
    expect(bytes(1500)).toBe('1.5 KB');
    expect(percent(0.11)).toBe('11%');
    expect(percent(0.0004)).toBe('<0.1%');
    expect(rate(1234)).toBe('1.2k');
    expect(lastPart('arn:aws:states:us-east-1:0:stateMachine:a')).toBe('a');
  });
});
