import { describe, expect, test } from 'vitest';
import { cpuRatio } from '../../test/support/cpu.ts';
import { parseLogPattern } from './pattern.ts';

function matches(pattern: string, message: string): boolean {
  const parsed = parseLogPattern(pattern);
  if (typeof parsed !== 'function') throw new Error(parsed.problem);
  return parsed(message);
}

const LINE = '[ERROR 400] BAD REQUEST: the key is missing';
const JSON_LINE = JSON.stringify({
  level: 'error',
  ms: 120,
  ok: false,
  none: null,
  user: { name: 'Ada', tags: ['a', 'b'] },
  'odd-key': 1e3,
  objects: [{ id: 1 }, { id: 2 }],
});

describe('terms', () => {
  const cases: [string, boolean][] = [
    ['', true],
    ['ERROR', true],
    ['error', false],
    ['ERROR 400', true],
    ['ERROR 500', false],
    ['"BAD REQUEST"', true],
    ['"REQUEST BAD"', false],
    ['ERROR -missing', false],
    ['ERROR -"not there"', true],
    ['-INFO', true],
    ['?ERROR ?WARN', true],
    ['?INFO ?WARN', false],
    ['?INFO ERROR', true],
    ['%4\\d\\d%', true],
    ['%^\\d%', false],
    ['"say \\"x\\""', false],
  ];
  test.each(cases)('%s → %s', (pattern, expected) => {
    expect(matches(pattern, LINE)).toBe(expected);
  });
});

describe('JSON selectors', () => {
  const cases: [string, boolean][] = [
    ['{ $.level = "error" }', true],
    ['{$.level="error"}', true],
    ['{ $.level = error }', true],
    ['{ $.level = "err*" }', true],
    ['{ $.level = "*rr*r" }', true],
    ['{ $.level = "*x*" }', false],
    ['{ $.level != "error" }', false],
    ['{ $.missing != "error" }', false],
    ['{ $.ms > 100 }', true],
    ['{ $.ms >= 120 && $.ms <= 120 }', true],
    ['{ $.ms < 1.2e2 }', false],
    ['{ $.ms = 120 }', true],
    ['{ $.user.name = "Ada" }', true],
    ['{ $.user.tags[1] = "b" }', true],
    ['{ $.user.tags[*] = "b" }', true],
    ['{ $.objects[1].id = 2 }', true],
    ["{ $['odd-key'] = 1000 }", true],
    ['{ $.none IS NULL }', true],
    ['{ $.missing IS NULL }', false],
    ['{ $.ok IS FALSE }', true],
    ['{ $.ok is true }', false],
    ['{ $.missing NOT EXISTS }', true],
    ['{ $.level NOT EXISTS }', false],
    ['{ ($.level = "warn") || ($.ms > 100 && $.ok IS FALSE) }', true],
    ['{ $.level = "warn" || $.ms > 500 }', false],
    ['{ $.level = %err.r% }', true],
    ['{ $.__proto__ = "x" }', false],
  ];
  test.each(cases)('%s → %s', (pattern, expected) => {
    expect(matches(pattern, JSON_LINE)).toBe(expected);
    // What the runtimes print in front of the JSON is passed over.
    expect(matches(pattern, `2026-01-01T00:00:00Z\tid\tINFO\t${JSON_LINE}\n`)).toBe(expected);
  });

  test('no JSON, no match', () => {
    expect(matches('{ $.a NOT EXISTS }', 'plain')).toBe(false);
    expect(matches('{ $.a NOT EXISTS }', '{broken')).toBe(false);
  });
});

describe('space-delimited fields', () => {
  const line = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';
  const cases: [string, boolean][] = [
    ['[ip, id, user, time, request, status = 4*, size]', true],
    ['[ip, id, user, time, request, status = 404, size > 1500]', true],
    ['[ip, id, user, time, request, status = 5*, size]', false],
    ['[ip, id, user, time, request, status]', false],
    ['[..., status = 404, size]', true],
    ['[ip = 127.*, ...]', true],
    ['[..., status = 5* || status = 404, size]', true],
    ['[..., request = *html*, status, size]', true],
  ];
  test.each(cases)('%s → %s', (pattern, expected) => {
    expect(matches(pattern, line)).toBe(expected);
  });
});

test.each([
  '"open',
  '{ $.a = }',
  '{ $.a }',
  '{ $.a = 1',
  '{ $.a > "x" }',
  '{ a = 1 }',
  '{ $.a[x] = 1 }',
  '{ $.a IS MAYBE }',
  '[a, b',
  '[..., a, ...]',
  '%(%',
  '-',
])('%s is no pattern, and says why', (text) => {
  const parsed = parseLogPattern(text);
  expect(typeof parsed).toBe('object');
  expect((parsed as { problem: string }).problem).toMatch(/\w/);
});

test('no pattern takes long: ten times the text takes some ten times as long', async () => {
  const wildcards = (length: number) => () =>
    matches(`{ $.a = "${'*a'.repeat(200)}*b" }`, JSON.stringify({ a: 'a'.repeat(length) }));
  const regex = (length: number) => () => matches('%(a+)+b%', 'a'.repeat(length));
  for (const text of [wildcards, regex]) {
    expect(await cpuRatio(text(50_000), text(5_000), { enough: 40 })).toBeLessThan(40);
  }
});
