import { expect, it } from 'vitest';
import { withTags } from './tags.ts';

const tag = (Key: string, Value = 'v') => ({ Key, Value });

it('keeps the place of a key and takes its last value', () => {
  expect(withTags([tag('a'), tag('b')], [tag('c'), tag('a', 'new')], 'r')).toEqual([
    tag('a', 'new'),
    tag('b'),
    tag('c'),
  ]);
});

it('refuses reserved keys and more than fifty', () => {
  expect(() => withTags([], [tag('aws:x')], 'r')).toThrow('aws: prefixed tag key names');
  const full = Array.from({ length: 50 }, (_, i) => tag(`k${i}`));
  expect(withTags(full, [tag('k7')], 'r')).toHaveLength(50);
  expect(() => withTags(full, [tag('one more')], 'r')).toThrow(
    expect.objectContaining({ code: 'TooManyTagsException', members: { ResourceName: 'r' } }),
  );
});
