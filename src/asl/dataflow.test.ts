import { describe, expect, it } from 'vitest';
import type { Json } from '../ground/json.ts';
import { applyOutputPath, applyResultPath, effectiveInput } from './dataflow.ts';
import { LanguageError } from './language-error.ts';
import { parsePath, parseReferencePath } from './path.ts';
import { testEnv } from './testing.ts';

const env = testEnv({ a: { b: 1 } }, { context: () => ({ c: 2 }), variables: { v: 3 } });

describe('InputPath and OutputPath', () => {
  it.each<[string | null | undefined, Json]>([
    [undefined, { a: { b: 1 } }],
    [null, {}],
    ['$.a', { b: 1 }],
    ['$$.c', 2],
    ['$v', 3],
  ])('%s', (text, expected) => {
    const path = typeof text === 'string' ? parsePath(text) : text;
    expect(effectiveInput({ inputPath: path }, env)).toEqual(expected);
    expect(applyOutputPath({ outputPath: path }, env)).toEqual(expected);
  });

  it.each([
    ['$.NoSuch', "Invalid path '$.NoSuch' : No results for path: $['NoSuch']"],
    [
      '$.no.such.result.path',
      "Invalid path '$.no.such.result.path' : Missing property in path $['no']",
    ],
  ])('%s leads nowhere', (text, cause) => {
    const error = new LanguageError('States.Runtime', cause);
    expect(() => effectiveInput({ inputPath: parsePath(text) }, env)).toThrow(error);
  });
});

describe('ResultPath', () => {
  it.each<[string | null | undefined, Json]>([
    [undefined, 'r'],
    [null, { a: 1 }],
    ['$', 'r'],
    ['$.b', { a: 1, b: 'r' }],
  ])('%s', (text, expected) => {
    const path = typeof text === 'string' ? parseReferencePath(text) : text;
    expect(applyResultPath(path, { a: 1 }, 'r')).toEqual(expected);
  });
});
