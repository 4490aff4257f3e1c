import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cpuRatio } from '../../test/support/cpu.ts';
import type { RawModel } from './model/raw.ts';
import { matcherOf } from './pattern.ts';

const folder = join(import.meta.dirname, '../../models');
const patterns = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as RawModel)
  .flatMap((model) => Object.values(model.shapes))
  .flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern]));

describe('patterns', () => {
  it('compiles every one of the models', () => {
    expect(patterns.length).toBeGreaterThan(100);
    for (const pattern of patterns) expect(() => matcherOf(pattern)('a')).not.toThrow();
  });

  it('stays fast on texts made to make it slow: ten times the text, some ten times as long', async () => {
    const attack = (length: number) => (): void => {
      for (const pattern of patterns) {
        const matches = matcherOf(pattern);
        for (const part of ['a', 'a-', 'a.']) matches(`${part.repeat(length / part.length)}!`);
      }
    };
    expect(await cpuRatio(attack(20_000), attack(2_000), { enough: 40 })).toBeLessThan(40);
  });

  it('matches whole texts, with Unicode properties', () => {
    expect(matcherOf('[a-z]+')('abc')).toBe(true);
    expect(matcherOf('[a-z]+')('abc1')).toBe(false);
    expect(matcherOf('a|b')('ab')).toBe(false);
    expect(matcherOf('[\\p{L}]+')('Größe')).toBe(true);
    expect(matcherOf('[\\p{L}]+')('p{L}')).toBe(false);
    expect(matcherOf('\\p{ASCII}*')('Root=1-5;é')).toBe(false);
    expect(matcherOf('\\p{Print}+')('a b')).toBe(true);
    expect(matcherOf('\\p{Print}+')('ä')).toBe(false);
  });

  it('reads a mark for any case, and ranges of pairs of surrogates', () => {
    expect(matcherOf('(?i)all|[0-9]{2}')('ALL')).toBe(true);
    expect(matcherOf('(?i)all|[0-9]{2}')('a12')).toBe(false);
    const wide = '[\\u0020-\\uD7FF\\uD800\\uDC00-\\uDBFF\\uDFFF\\r\\n\\t]*';
    expect(matcherOf(wide)('a😀\n')).toBe(true);
    expect(matcherOf(wide)('\u0000')).toBe(false);
  });
});
