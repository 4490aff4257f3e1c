import { expect, test } from 'vitest';
import { pageOf, prefixPageOf } from './page.ts';
import { compareTexts, prefixEnd } from './text.ts';

test('a page numbers its values in the order of its terms', () => {
  const page = pageOf({
    select: 'SELECT * FROM t',
    where: [['a = ?', 'x'], ['(b = ? OR c = ?)', 1, 2], ['d IS NULL']],
    columns: ['at', 'id'],
    after: [7, 8],
    descending: true,
    limit: 5,
  });
  expect(page).toEqual({
    sql:
      'SELECT * FROM t WHERE a = $1 AND (b = $2 OR c = $3) AND d IS NULL ' +
      'AND (at, id) < ($4, $5) ORDER BY at DESC, id DESC LIMIT $6',
    params: ['x', 1, 2, 7, 8, 5],
  });
});

test.each([
  [undefined, false, 'name >= $2 AND name < $3', ['m', 'n']],
  [undefined, true, 'name >= $2 AND name < $3', ['m', 'n']],
  ['mm', false, 'name < $2 AND (name) > ($3)', ['n', 'mm']],
  ['mm', true, 'name >= $2 AND (name) < ($3)', ['m', 'mm']],
  ['a', false, 'name >= $2 AND name < $3', ['m', 'n']],
  ['z', true, 'name >= $2 AND name < $3', ['m', 'n']],
  ['z', false, 'name < $2 AND (name) > ($3)', ['n', 'z']],
])(
  'a page of a prefix has one bound at each end: after %s, down %s',
  (after, descending, sql, bound) => {
    const where = [['a = ?', 1]] as const;
    const query = { select: 'S', where, column: 'name', prefix: 'm', limit: 5 };
    const page = prefixPageOf({ ...query, after, descending });
    expect(page.sql).toContain(`WHERE a = $1 AND ${sql} ORDER`);
    expect(page.params).toEqual([1, ...bound, 5]);
  },
);

test('the end of a prefix is the first text behind all that begin with it', () => {
  const ends = {
    a: 'b',
    'a\u{10ffff}': 'b',
    '\u{10ffff}': undefined,
    '': undefined,
    'x\ud7ff': 'x\ue000',
    '\u{1f98a}': '\u{1f98b}',
  };
  for (const [prefix, end] of Object.entries(ends)) {
    expect(prefixEnd(prefix)).toBe(end);
    if (end !== undefined) expect(compareTexts(`${prefix}\u{10ffff}\u{10ffff}`, end)).toBe(-1);
  }
});
