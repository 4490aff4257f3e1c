import { expect, it } from 'vitest';
import { withTagList } from './tags.ts';

const tag = (Key: string, Value = 'v') => ({ Key, Value });

it('keeps the place of a key and takes its last value', () => {
  const old = { a: 'v', b: 'v' };
  expect(Object.entries(withTagList(old, [tag('c'), tag('a', 'new')], 'r'))).toEqual([
    ['a', 'new'],
    ['b', 'v'],
    ['c', 'v'],
  ]);
});

it('refuses reserved keys and more than fifty', () => {
  expect(() => withTagList({}, [tag('aws:x')], 'r')).toThrow('aws: prefixed tag key names');
  const full = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, 'v']));
  expect(Object.keys(withTagList(full, [tag('k7')], 'r'))).toHaveLength(50);
  expect(() => withTagList(full, [tag('one more')], 'r')).toThrow(
    expect.objectContaining({ code: 'TooManyTagsException', members: { ResourceName: 'r' } }),
  );
});
