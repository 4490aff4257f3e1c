import { describe, expect, it } from 'vitest';
import type { Json } from '../ground/json.ts';
import type { Env } from './env.ts';
import { LanguageError } from './language-error.ts';
import { parsePath, parseReferencePath, readPath, writeReference } from './path.ts';
import { testEnv } from './testing.ts';

function read(path: string, input: Json, extra: Partial<Env> = {}): unknown {
  const found = readPath(parsePath(path), testEnv(input, extra));
  return 'value' in found ? found.value : found;
}

describe('definite paths', () => {
  const data = { a: { b: [1, { c: null }], 'x y': true }, $: 1, 'it\\"s': 2, constructor: 3 };
  it.each<[string, unknown]>([
    ['$', data],
    ['$.a.b[0]', 1],
    ['$.a.b[-1].c', null],
    ["$['a']['x y']", true],
    ["$['a']['b'][1]['c']", null],
    ["$['it\\\"s']", 2],
    ["$.a['b'].[0]", 1],
    ['$.constructor', 3],
    ['$.a.b[7]', null],
  ])('%s', (path, expected) => expect(read(path, data)).toEqual(expected));

  it.each<[string, string]>([
    ['$.NoSuch', "No results for path: $['NoSuch']"],
    ['$.no.such.result.path', "Missing property in path $['no']"],
    ['$.a.no.x', "Missing property in path $['a']['no']"],
    ['$.a.toString', "No results for path: $['a']['toString']"],
    [
      '$.a.b[1].c.d',
      "Expected to find an object with property ['d'] in path $['a']['b'][1]['c'] but found 'null'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonProvider'.",
    ],
    [
      '$.a[0]',
      'Filter: [0] can only be applied to arrays. Current context is: {"b":[1,{"c":null}],"x y":true}',
    ],
  ])('%s misses', (path, miss) => expect(read(path, data)).toEqual({ miss }));

  it('marks an index past the end', () => {
    expect(readPath(parsePath('$[3]'), testEnv([1]))).toEqual({ value: null, beyond: true });
  });
});

describe('escapes', () => {
  it.each<[string, Json]>([
    ["$['\\\\']", { '\\': 'value' }],
    ["$['\\'']", { "'": 'value' }],
    ["$['\\'\\\\']", { "'\\": 'value' }],
  ])('%s', (path, data) => expect(read(path, data)).toBe('value'));

  it('in the text of a filter', () => {
    const data = [{ key: 'Motörhead' }, { key: 'other' }];
    expect(read('$[?(@.key=="Mot\\u00f6rhead")]', data)).toEqual([data[0]]);
  });
});

it.each([
  '$[-113667776004:2]',
  '$[0:113667776004]',
  '$[113667776004]',
  '$[0,113667776004]',
  '$[?(@.key>0 && true)]',
  '$[?(@.key>0 || false)]',
  '$[?(true)]',
  '$[?(@.key/10==5)]',
])('%s is refused', (path) => expect(() => parsePath(path)).toThrow());

it('selects below .. only objects that have all of several names', () => {
  const data: Json = [{ c: 1, d: 2 }, { c: 3 }, { e: { c: 4, d: 5, f: 6 } }, {}];
  expect(read("$..['c','d']", data)).toEqual([
    { c: 1, d: 2 },
    { c: 4, d: 5 },
  ]);
  expect(read("$[*]['c','d']", data)).toHaveLength(4);
});

describe('indefinite paths', () => {
  const store = {
    book: [
      { category: 'reference', author: 'Rees', title: 'Sayings', price: 8.95 },
      { category: 'fiction', author: 'Waugh', title: 'Honour', price: 12.99 },
      { category: 'fiction', author: 'Melville', title: 'Moby', isbn: '0-553', price: 8.99 },
    ],
    bicycle: { color: 'red', price: 19.95 },
  };
  const titles = (path: string): unknown => read(path, { store, limit: 10 } as unknown as Json);
  it.each<[string, unknown]>([
    ['$.store.book[*].author', ['Rees', 'Waugh', 'Melville']],
    ['$..author', ['Rees', 'Waugh', 'Melville']],
    ['$..price', [8.95, 12.99, 8.99, 19.95]],
    ['$.store.*.color', ['red']],
    ['$..book[2].title', ['Moby']],
    ['$..book[0,1].title', ['Sayings', 'Honour']],
    ['$.store.book[:2].title', ['Sayings', 'Honour']],
    ['$.store.book[1:2].title', ['Honour']],
    ['$.store.book[-2:].title', ['Honour', 'Moby']],
    ['$.store.book[1:-1].title', []],
    ['$.store.book[?(@.isbn)].title', ['Moby']],
    ['$.store.book[?(!@.isbn)].title', ['Sayings', 'Honour']],
    ['$.store.book[?(@.price < 10)].title', ['Sayings', 'Moby']],
    ['$.store.book[?(@.price <= $.limit)].title', ['Sayings', 'Moby']],
    ["$.store.book[?(@.category=='fiction' && @.price>9)].title", ['Honour']],
    ["$.store.book[?(@.category == 'reference' || @.isbn)].title", ['Sayings', 'Moby']],
    ["$.store.book[?(@['category'] != 'fiction')].title", ['Sayings']],
    ['$.store.book[?(@.author =~ /.*EL.*/i)].title', ['Moby']],
    ["$.store.book[?(@.author in ['Rees','Waugh'])].title", ['Sayings', 'Honour']],
    ["$.store.book[?(@.author nin ['Rees'])].title", ['Honour', 'Moby']],
    ["$.store.book[?(@.title contains 'on')].title", ['Honour']],
    ['$.store.book[?(@.title size 4)].title', ['Moby']],
    ["$.store.book[?((@.price > 8 && @.price < 9) && !(@.author == 'Rees'))].title", ['Moby']],
    ['$.store.book.length()', 3],
    ['$..price.max()', 19.95],
    ["$.store.bicycle['color','price']", { color: 'red', price: 19.95 }],
    ["$..bicycle['color','nope']", [{ color: 'red' }]],
    ['$.nope[*].x', []],
    ['$.store.bicycle[1:5].c', []],
    ['$.store.book[?(@.nope == null)]', []],
    ['$..*', expect.any(Array)],
  ])('%s', (path, expected) => expect(titles(path)).toEqual(expected));

  it('compares numbers and texts as Jayway does', () => {
    expect(read("$[?(@.a == '1')]", [{ a: 1 }, { a: 2 }])).toEqual([{ a: 1 }]);
    expect(read('$[?(@ > 1)]', [1, 2, '3'])).toEqual([2]);
    expect(read('$[?(@ == 12345678901234567890)]', [12345678901234567890n, 1])).toEqual([
      12345678901234567890n,
    ]);
  });

  it('bounds what a path may visit', () => {
    const wide: Json = Array.from({ length: 2000 }, () => ({ a: [1, 2, 3] }));
    const all: Json = [wide, wide, wide, wide, [[wide]]];
    expect(() => read('$..*..*..*..*', all)).toThrow('more work');
  });

  it('walks data that is deeper than the stack', () => {
    let deep: Json = 1;
    for (let i = 0; i < 50_000; i++) deep = [deep];
    expect(read('$..x', deep)).toEqual([]);
  });
});

describe('roots', () => {
  const extra = { context: () => ({ State: { Name: 'S' } }), variables: { v: { a: [1] } } };
  it('reads the context object', () => expect(read('$$.State.Name', {}, extra)).toBe('S'));
  it('reads variables', () => expect(read('$v.a[0]', {}, extra)).toBe(1));
  it('misses an unknown variable', () => {
    expect(read('$nope.a', {}, extra)).toEqual({ miss: "No results for path: $['nope']" });
  });
});

describe('syntax', () => {
  it('bounds the length of a path', () => {
    expect(parsePath(`$${'.a'.repeat(500)}`).kind).toBe('query');
    expect(() => parsePath(`$${'.a'.repeat(501)}`)).toThrow('more than 500 steps');
  });

  it.each([
    '',
    'a',
    '$.',
    '$..',
    '$.a.',
    '$a b',
    '$[',
    "$['a",
    '$[?(@.a',
    '$[?(@.a ==)]',
    '$[a]',
    '$.a b',
    '$[?(@.a =~ /(/)]',
    '$[:]',
    '$[?(@.a ~ 1)]',
  ])('%s is no path', (text) => expect(() => parsePath(text)).toThrow(/./));
});

describe('reference paths', () => {
  const write = (path: string, into: Json, value: Json): Json =>
    writeReference(parseReferencePath(path), into, value);

  it.each<[string, Json, Json]>([
    ['$', { a: 1 }, 'v'],
    ['$.b', { a: 1 }, { a: 1, b: 'v' }],
    ['$.a', { a: 1, z: 2 }, { a: 'v', z: 2 }],
    ['$.b.c.d', { a: 1 }, { a: 1, b: { c: { d: 'v' } } }],
    ["$['x y']", {}, { 'x y': 'v' }],
    ['$.a[1].k', { a: [1, {}] }, { a: [1, { k: 'v' }] }],
  ])('%s into %j', (path, into, expected) => {
    const before = JSON.stringify(into);
    expect(write(path, into, 'v')).toEqual(expected);
    expect(JSON.stringify(into)).toBe(before);
  });

  it.each<[string, Json, string]>([
    ['$.a', 'text', 'Unable to apply step "a" to input "text"'],
    ['$.a.b', { a: 1 }, 'Unable to apply step "b" to input 1'],
    ['$.a[2]', { a: [1] }, 'Unable to apply step "2" to input [1]'],
    ['$.a[0]', {}, 'Unable to apply step "0" to input null'],
  ])('%s into %j fails', (path, into, cause) => {
    const error = new LanguageError('States.ResultPathMatchFailure', cause);
    expect(() => write(path, into, 1)).toThrow(error);
  });

  it.each(['$$.a', '$v.a', '$..a', '$.a[*]', '$.a[0:1]', '$.a[?(@.b)]', 'a', "$['a','b']"])(
    '%s is no reference path',
    (text) => expect(() => parseReferencePath(text)).toThrow(/./),
  );
});
