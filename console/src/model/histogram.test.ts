import { describe, expect, it } from 'vitest';
import { bucketsOf, percentilesOf } from './histogram.ts';

const entries = [
  { Value: 0.002, Count: 90 },
  { Value: 0.1, Count: 9 },
  { Value: 4, Count: 1 },
];

describe('histograms', () => {
  it('loses no request and keeps every value inside', () => {
    const buckets = bucketsOf(entries);
    expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(100);
    expect(buckets[0]!.from).toBeLessThan(2);
    expect(buckets.at(-1)!.to).toBeGreaterThan(4000);
    for (const { Value } of entries) {
      const bucket = buckets.find(({ from, to }) => Value * 1000 >= from && Value * 1000 < to);
      expect(bucket?.count).toBeGreaterThan(0);
    }
  });

  it('copes with one value, with zero and with none', () => {
    expect(bucketsOf([{ Value: 0, Count: 3 }]).reduce((sum, one) => sum + one.count, 0)).toBe(3);
    expect(bucketsOf([])).toEqual([]);
    expect(percentilesOf([])).toBeUndefined();
  });

  it('finds percentiles', () => {
    expect(percentilesOf(entries)).toEqual({ p50: 2, p95: 100, p99: 100 });
  });
});
