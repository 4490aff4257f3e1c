import { describe, expect, it } from 'vitest';
import {
  DEFAULT_RULE,
  decide,
  type Reservoir,
  ruleFor,
  splitReservoir,
  wildcardMatches,
} from './sampling.ts';

describe('wildcards', () => {
  it.each([
    ['/api/*', '/API/x', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['*a*b', 'xxaxxb', true],
    ['*a*b', 'xxaxxbc', false],
    ['a*', 'b', false],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(wildcardMatches(pattern, text)).toBe(expected);
  });

  it('take no time on hostile patterns', () => {
    expect(wildcardMatches('*a'.repeat(60), 'a'.repeat(2_000))).toBe(true);
    expect(wildcardMatches(`${'*a'.repeat(60)}b`, 'a'.repeat(2_000))).toBe(false);
  });
});

describe('rules', () => {
  const rule = (name: string, priority: number, more: object = {}) => ({
    ...DEFAULT_RULE,
    name,
    priority,
    ...more,
  });

  it('go by priority, then by name; what is unknown matches', () => {
    const rules = [
      DEFAULT_RULE,
      rule('b', 5),
      rule('a', 5),
      rule('first', 1, { host: 'only.example' }),
    ];
    expect(ruleFor(rules, { host: 'other.example' })!.name).toBe('a');
    expect(ruleFor(rules, { host: 'ONLY.example' })!.name).toBe('first');
    expect(ruleFor(rules, {})!.name).toBe('first');
  });

  it('with attributes match only requests that have them', () => {
    const rules = [rule('tier', 1, { attributes: { tier: 'gold*' } }), DEFAULT_RULE];
    expect(ruleFor(rules, { attributes: { tier: 'Gold-1' } })!.name).toBe('tier');
    expect(ruleFor(rules, {})!.name).toBe('Default');
  });
});

describe('sampling', () => {
  it('takes 10 from the reservoir and a tenth of the other 100 of 110 requests in 10 s', () => {
    let reservoir: Reservoir | undefined;
    let sampled = 0;
    let rest = 0;
    for (let n = 0; n < 110; n++) {
      const atMs = Math.floor(n / 11) * 1000 + (n % 11) * 90;
      const fromReservoir = reservoir?.second !== Math.floor(atMs / 1000);
      const chance = fromReservoir ? 1 : (rest++ % 10) / 10;
      const decision = decide({ reservoirSize: 1, fixedRate: 0.1 }, reservoir, atMs, chance);
      reservoir = decision.reservoir;
      if (decision.sampled) sampled++;
    }
    expect(sampled).toBe(20);
  });

  it.each([
    [10, [1, 1, 1], [4, 3, 3]],
    [1, [5, 5], [1, 0]],
    [10, [90, 10], [9, 1]],
    [10, [0, 3], [0, 10]],
    [10, [0, 0], [5, 5]],
    [0, [1], [0]],
  ])('splits a reservoir of %i by %j into %j', (size, demands, parts) => {
    expect(splitReservoir(size, demands)).toEqual(parts);
  });
});
