import { describe, expect, it } from 'vitest';
import type { Json } from '../ground/json.ts';
import { holds, OPERATORS } from './choice.ts';
import { compileRule } from './compile-choice.ts';
import { testEnv } from './testing.ts';

function test(rule: Record<string, Json>, input: Json): boolean {
  const source = { json: {}, queryLanguage: 'JSONPath' as const, prefix: '' };
  return holds(compileRule(source, { ...rule, Next: 'N' }, 0).condition, testEnv(input));
}

const NOW = '2024-01-01T00:00:00Z';

it('compares integers of any size', () => {
  const large = { Variable: '$', NumericEquals: 12345678901234567890n };
  expect(test(large, 12345678901234567890n)).toBe(true);
  expect(test(large, 12345678901234567891n)).toBe(false);
  expect(test({ Variable: '$', NumericGreaterThan: 1.5 }, 12345678901234567890n)).toBe(true);
  expect(test({ Variable: '$', IsNumeric: true }, 12345678901234567890n)).toBe(true);
});

describe('comparisons', () => {
  it.each<[string, Json, Json, boolean]>([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', null, 'a', false],
    ['StringEquals', 1, '1', false],
    ['StringLessThan', 'A', 'AB', true],
    ['StringLessThan', 'a', 'B', false],
    ['StringGreaterThan', 'A', 'A ', false],
    ['StringLessThanEquals', 'a', 'a', true],
    ['StringGreaterThanEquals', 'b', 'a', true],
    ['NumericEquals', 0, 0.0, true],
    ['NumericEquals', '1', 1, false],
    ['NumericLessThan', 1, 1.5, true],
    ['NumericGreaterThan', 1, 1.5, false],
    ['NumericLessThanEquals', 2, 2, true],
    ['NumericGreaterThanEquals', 2, 3, false],
    ['BooleanEquals', true, true, true],
    ['BooleanEquals', 0, false, false],
    ['BooleanEquals', '', false, false],
    ['BooleanEquals', null, false, false],
    ['TimestampEquals', '2024-01-01T01:00:00+01:00', NOW, true],
    ['TimestampEquals', '2023-02-24 12:15:56.832957', '2023-02-24 12:15:56.832957', false],
    ['TimestampLessThan', '2024-01-01T00:00:00.000000001Z', '2024-01-01T00:00:00.000000002Z', true],
    ['TimestampGreaterThan', NOW, '2023-01-01T00:00:00Z', true],
    ['TimestampLessThanEquals', NOW, NOW, true],
    ['TimestampGreaterThanEquals', NOW, 'x', false],
    ['IsNull', null, true, true],
    ['IsNull', false, true, false],
    ['IsNull', 1, false, true],
    ['IsNumeric', 1, true, true],
    ['IsNumeric', '1', false, true],
    ['IsString', '', true, true],
    ['IsBoolean', false, true, true],
    ['IsTimestamp', NOW, true, true],
    ['IsTimestamp', '2024-13-01T00:00:00Z', true, false],
    ['IsPresent', null, true, true],
  ])('%s of %j and %j', (operator, left, right, expected) => {
    expect(test({ Variable: '$.v', [operator]: right }, { v: left })).toBe(expected);
    if (!operator.startsWith('Is')) {
      const twin = { Variable: '$.v', [`${operator}Path`]: '$.w' };
      expect(test(twin, { v: left, w: right })).toBe(expected);
    }
  });

  it('knows 39 operators with the twins and the three connectives', () => {
    const own = Object.keys(OPERATORS);
    const twins = own.filter((name) => !name.startsWith('Is') && name !== 'StringMatches');
    expect(own.length + twins.length).toBe(39);
  });

  it('are false between values of different types, whatever the operator', () => {
    const values: Json[] = [null, true, 0, 1.5, '', 'x', NOW, [], [1], {}, { a: 1 }];
    const taken: Record<string, (value: Json) => boolean> = {
      String: (value) => typeof value === 'string',
      Numeric: (value) => typeof value === 'number',
      Boolean: (value) => typeof value === 'boolean',
      Timestamp: (value) => value === NOW,
    };
    for (const operator of Object.keys(OPERATORS)) {
      const type = /^(String|Numeric|Boolean|Timestamp)/.exec(operator)?.[0];
      if (type === undefined || operator === 'StringMatches') continue;
      for (const v of values) {
        for (const w of values) {
          if (taken[type]!(v) && taken[type]!(w)) continue;
          const rule = { Variable: '$.v', [`${operator}Path`]: '$.w' };
          expect(test(rule, { v, w }), `${operator} ${JSON.stringify([v, w])}`).toBe(false);
        }
      }
    }
  });

  it.each<[string, string, boolean]>([
    ['log-*.txt', 'log-1.txt', true],
    ['log-*.txt', 'log-.txt', true],
    ['log-*.txt', 'log.txt', false],
    ['*', '', true],
    ['a*a', 'a', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b*', 'xxbxxaxx', false],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a\\\\*', 'a\\b', true],
    ['A', 'a', false],
    ['*ab*ab', 'abab', true],
    ['*ab*ab', 'aab', false],
  ])('StringMatches %s on %s', (pattern, text, expected) => {
    expect(test({ Variable: '$', StringMatches: pattern }, text)).toBe(expected);
  });

  it('matches hostile patterns in no time', () => {
    const pattern = `${'*a'.repeat(5000)}b`;
    expect(test({ Variable: '$', StringMatches: pattern }, 'a'.repeat(50_000))).toBe(false);
  });
});

describe('presence', () => {
  it.each<[Json, boolean]>([
    [{ list: [1] }, true],
    [{ list: [] }, false],
    [{}, false],
  ])('IsPresent $.list[0] in %j', (input, expected) => {
    expect(test({ Variable: '$.list[0]', IsPresent: true }, input)).toBe(expected);
    expect(test({ Variable: '$.list[0]', IsPresent: false }, input)).toBe(!expected);
  });

  it('fails on a variable that is not there', () => {
    expect(() => test({ Variable: '$.x', IsNull: true }, {})).toThrow(
      "Invalid path '$.x': The choice state's condition path references an invalid value.",
    );
  });
});

describe('connectives', () => {
  const a = { Variable: '$.a', BooleanEquals: true };
  const b = { Variable: '$.b', BooleanEquals: true };
  it('stop at the first that decides', () => {
    expect(test({ And: [a, b] }, { a: false })).toBe(false);
    expect(test({ Or: [a, b] }, { a: true })).toBe(true);
    expect(test({ Not: { And: [a, { Not: b }] } }, { a: true, b: true })).toBe(true);
  });
});
