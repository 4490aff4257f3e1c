import { expect, it } from 'vitest';
import { withoutTags, withTags } from './tags.ts';

const rules = {
  most: 3,
  tooMany: () => new Error('too many'),
  reserved: () => new Error('reserved'),
};

it('keeps the place of a key and takes its last value', () => {
  const old = [
    ['a', '1'],
    ['b', '2'],
  ] as const;
  const given = [
    ['c', '3'],
    ['a', 'new'],
    ['c', '4'],
  ] as const;
  expect(withTags(old, given, rules)).toEqual([
    ['a', 'new'],
    ['b', '2'],
    ['c', '4'],
  ]);
});

it('counts the keys that there would be', () => {
  const full = Object.entries({ a: '', b: '', c: '' });
  expect(withTags(full, [['b', 'x']], rules)).toHaveLength(3);
  expect(() => withTags(full, [['d', '']], rules)).toThrow('too many');
});

it('refuses keys of AWS where the service does, but not one that is there', () => {
  expect(() => withTags([], [['AWS:x', '']], rules)).toThrow('reserved');
  expect(withTags([['aws:x', '']], [['a', '']], rules)).toHaveLength(2);
  expect(withTags([], [['aws:x', '']], { most: 1, tooMany: rules.tooMany })).toHaveLength(1);
});

it('removes what is there', () => {
  const old = Object.entries({ a: '1', b: '2' });
  expect(withoutTags(old, ['b', 'c'])).toEqual([['a', '1']]);
  expect(withoutTags(old, undefined)).toEqual(old);
});
