import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json } from '../ground/json.ts';
import { evaluateCall, parseCall } from './intrinsic.ts';
import { LanguageError } from './language-error.ts';
import { testEnv } from './testing.ts';

const tools = {
  ...testEnv(null).tools,
  digest: (algorithm: string, text: string) =>
    createHash(algorithm.replace('-', '')).update(text).digest('hex'),
};

function call(text: string, input: Json = {}): Json {
  const context = () => ({ StateMachine: { Id: 'arn:x', Name: 'SM' } });
  return evaluateCall(parseCall(text), testEnv(input, { tools, context, variables: { v: [7] } }));
}

const json = (value: Json): string => JSON.stringify(value);

describe('results', () => {
  it.each<[string, Json, Json]>([
    ["States.Format('Hello {}, {}!', $.a, 1.5)", { a: 'you' }, 'Hello you, 1.5!'],
    ["States.Format('{}', $.a)", { a: { Arg1: 1, Arg2: [] } }, '{Arg1=1, Arg2=[]}'],
    ["States.Format('{}', $$.StateMachine)", {}, '{Id=arn:x, Name=SM}'],
    ["States.Format('{} {} {}', null, true, $v)", {}, 'null true [7]'],
    ["States.Format('\\{\\}\\' \\\\ {}', 'x')", {}, "{}' \\ x"],
    ['States.Format($.t, 1)', { t: 'n={}' }, 'n=1'],
    ["States.Format('none')", {}, 'none'],
    ['States.Format(12)', {}, '12'],
    ["States.Format('a\nb{}', 'c')", {}, 'a\nbc'],
    ["States.Format('{}', States.Format('<{}>', 1))", {}, '<1>'],
    ['States.StringToJson($.a)', { a: '{"b":[1]}' }, { b: [1] }],
    ['States.StringToJson($.a)', { a: '' }, null],
    ['States.StringToJson($.a)', { a: ' ' }, null],
    ['States.JsonToString($.a)', { a: 'HelloWorld' }, '"HelloWorld"'],
    ['States.JsonToString($.a)', { a: null }, 'null'],
    ['States.JsonToString($)', { a: [1, { b: 2 }] }, '{"a":[1,{"b":2}]}'],
    ['States.Array()', {}, []],
    ["States.Array(1, 'a', null, $.x)", { x: {} }, [1, 'a', null, {}]],
    ['States.ArrayPartition($.a, 2)', { a: [0, 1, 2] }, [[0, 1], [2]]],
    ['States.ArrayPartition($.a, 1.5)', { a: [0, 1] }, [[0], [1]]],
    ['States.ArrayPartition($.a, 4)', { a: [] }, []],
    ['States.ArrayPartition($.a, 2.6)', { a: [0, 1, 2] }, [[0, 1], [2]]],
    ['States.ArrayContains($.a, $.b)', { a: [{ x: 1, y: 2 }], b: { x: 1, y: 2 } }, true],
    ['States.ArrayContains($.a, $.b)', { a: [{ x: 1, y: 2 }], b: { y: 2, x: 1 } }, false],
    ['States.ArrayContains($.a, $.b)', { a: [0, [0, 1, false]], b: [0, 1, false] }, true],
    ['States.ArrayContains($.a, null)', { a: [] }, false],
    ['States.ArrayContains($.a, $.a)', { a: [] }, false],
    ['States.ArrayContains($.a, 1)', { a: ['1'] }, true],
    ['States.ArrayContains($.a, true)', { a: ['true'] }, true],
    ['States.ArrayContains($.a, false)', { a: [0, ''] }, false],
    ['States.ArrayRange(0, 10, 3)', {}, [0, 3, 6, 9]],
    ['States.ArrayRange(1, 9, 9)', {}, [1]],
    ['States.ArrayRange(3, 1, -1)', {}, [3, 2, 1]],
    ['States.ArrayRange(3, 1, 1)', {}, []],
    ['States.ArrayRange(1.6, 1.4, 1)', {}, [1]],
    ['States.ArrayRange(5.4, -0.6, -2.4)', {}, [5, 3, 1]],
    ['States.ArrayGetItem($.a, 1)', { a: [5, 6] }, 6],
    ['States.ArrayGetItem($.a, 1.9)', { a: [5, null] }, null],
    ['States.ArrayGetItem($.a, 999)', { a: [] }, null],
    ['States.ArrayLength($.a)', { a: [5, 6] }, 2],
    ['States.ArrayLength($.a[*].nope)', { a: [1, 2] }, 0],
    [
      'States.ArrayUnique($.a)',
      { a: [1, '1', 1, { a: 1, b: 2 }, { b: 2, a: 1 }] },
      [{ a: 1, b: 2 }, 1, '1'],
    ],
    ['States.ArrayUnique($.a)', { a: [true, false, true] }, [false, true]],
    [
      'States.ArrayUnique($.a)',
      {
        a: [
          [1, 2],
          [1, 2],
          [2, 1],
        ],
      },
      [
        [2, 1],
        [1, 2],
      ],
    ],
    [
      'States.ArrayUnique($.a)',
      { a: [null, 'b', 'a', 3, null, 20, -1] },
      [null, -1, 'a', 'b', 3, 20],
    ],
    ["States.Base64Encode('Data to encode')", {}, 'RGF0YSB0byBlbmNvZGU='],
    ["States.Base64Encode('')", {}, ''],
    ["States.Base64Decode('w6TDtg==')", {}, 'äö'],
    ["States.Base64Decode(' YWJj!ZA== ')", {}, 'abcd'],
    ["States.Base64Decode('YWJjZ')", {}, 'abc'],
    ["States.Base64Decode('YQ==YQ')", {}, 'a'],
    ["States.Hash('input data', 'MD5')", {}, '812f45842bc6d66ee14572ce20db8e86'],
    ["States.Hash('input data', 'SHA-1')", {}, 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
    [
      "States.Hash('input data', 'SHA-256')",
      {},
      'b4a697a057313163aee33cd8d40c66e9f0f177e00cac2de32475ffff6169c3e3',
    ],
    ['States.MathAdd(1.49, 1.5)', {}, 3],
    ['States.MathAdd(-1.49, -1.5)', {}, -2],
    ['States.MathAdd(-3.5, 0)', {}, -3],
    ['States.MathAdd(1.5, 1.51)', {}, 4],
    ['States.MathAdd(-0.5, 0.5)', {}, 1],
    ['States.MathAdd(1.49, -1.49)', {}, 0],
    ['States.MathAdd(2147483646, 1)', {}, 2147483647],
    ['States.MathRandom(1, 11)', {}, 6],
    ['States.MathRandom(1.6, 2.4)', {}, 1],
    ["States.StringSplit('a,b;;c ,', ',;')", {}, ['a', 'b', 'c ']],
    ["States.StringSplit(',,', ',')", {}, []],
    ["States.StringSplit('a\nb', '\n')", {}, ['a', 'b']],
    ['States.UUID()', {}, '11111111-2222-4333-8444-555555555555'],
  ])('%s of %j', (text, input, expected) => expect(json(call(text, input))).toBe(json(expected)));

  it('keeps the digits of large integers', () => {
    const [small, large] = [1234567890123456n, 12345678901234567890n];
    expect(call(`States.Format('{} {}', ${large}, $)`, -large)).toBe(`${large} -${large}`);
    expect(call(`States.Array(${small}, ${large})`)).toEqual([Number(small), large]);
  });

  it('merges shallowly, in hash order', () => {
    const input = {
      a: { a: { a1: 1, a2: 2 }, b: 2, d: 3 },
      b: { a: { a3: 1, a4: 2 }, c: 3, d: 4 },
    };
    const merged = json(call('States.JsonMerge($.a, $.b, false)', input));
    expect(merged).toBe('{"a":{"a3":1,"a4":2},"b":2,"c":3,"d":4}');
    expect(
      json(call('States.JsonMerge($.a, $.b, false)', { a: { name: 1, total: 2 }, b: { id: 3 } })),
    ).toBe('{"total":2,"name":1,"id":3}');
  });

  it('draws the same number for the same seed', () => {
    const draw = (seed: number) => call(`States.MathRandom(0, 1000000, ${seed})`);
    expect(draw(3)).toBe(draw(3));
    expect(draw(3)).not.toBe(draw(4));
    for (let seed = 0; seed < 100; seed++) expect(draw(seed)).toBeLessThan(1_000_000);
  });
});

const NO_MATCH =
  'Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.';

describe('failures', () => {
  const input = { other: 1, items: [1, 2] };
  const fail = (text: string): LanguageError => {
    try {
      call(text, input);
    } catch (error) {
      if (error instanceof LanguageError) return error;
    }
    throw new Error(`${text} did not fail`);
  };

  it.each([
    ["States.Format('{}', $.nope)", '$.nope'],
    ["States.Format('{}',$.nope)", '$.nope'],
    ["States.Format('{} {}', $.other, $.a.b)", '$.a.b'],
    ['States.Format($.nope, 1)', '$.nope'],
    ["States.Format('{}', States.Format('{}', $.nope))", '$.nope'],
    ["States.Format('{}', $.items[5])", '$.items[5]'],
    ["States.Format('{}', $.items[5].x)", '$.items[5].x'],
    ["States.Format('{}', $$.Nope.Deep)", '$.Nope.Deep'],
  ])('%s names the argument %s', (text, argument) => {
    const error = fail(text);
    expect(error.error).toBe('States.Runtime');
    expect(error.message).toBe(
      `The function '${text}' had the following error: The JsonPath argument for the field ` +
        `'${argument}' could not be found in the input '{"other":1,"items":[1,2]}'`,
    );
  });

  it('shows the path library where AWS does', () => {
    expect(fail("States.Format('{}', $.other[0])").message).toBe(
      "The function 'States.Format('{}', $.other[0])' had the following error: " +
        'Filter: [0] can only be applied to arrays. Current context is: 1',
    );
  });

  it.each([
    ['States.Format(1, 2)', NO_MATCH],
    ["States.Format('{} {}', 1)", NO_MATCH],
    ["States.Format('{}', 1, 2)", NO_MATCH],
    [
      "States.Format('a {', 1)",
      "Invalid template in States.Format: matching '}' not found for '{'.",
    ],
    ['States.StringToJson($.other)'],
    ["States.StringToJson('{')"],
    ['States.ArrayPartition($.items, 0)'],
    ['States.ArrayPartition($.items, 0.6)'],
    ['States.ArrayRange(0, 1, 0)'],
    ['States.ArrayRange(0, 1000, 1)'],
    ['States.ArrayRange(0, 1)'],
    ['States.ArrayGetItem($.items, 2)'],
    ['States.ArrayGetItem($.items, -1)'],
    ['States.ArrayLength($.other)'],
    ['States.ArrayLength()'],
    ["States.Base64Encode('x', 'y')"],
    ["States.Hash('x', 'MD4')"],
    ['States.JsonMerge($, $, true)'],
    ['States.JsonMerge($, 1, false)'],
    ["States.MathAdd('1', 2)"],
    ['States.MathAdd(2147483647, 1)'],
    ['States.MathAdd(3000000000, -1)'],
    ['States.MathRandom(2, 2)'],
    ['States.MathRandom(1.4, 1.6)'],
    ["States.StringSplit(1, ',')"],
    ['States.UUID(1)'],
  ])('%s is refused', (text, detail?: string) => {
    const error = fail(text);
    expect(error.error).toBe('States.Runtime');
    const plain = `Invalid arguments in ${text.slice(0, text.indexOf('('))}`;
    expect(error.message).toBe(
      `The function '${text}' had the following error: ${detail ?? plain}`,
    );
  });

  it('names the inner function that refuses, in the whole expression', () => {
    expect(fail("States.Format('{}', States.ArrayLength(1))").message).toBe(
      "The function 'States.Format('{}', States.ArrayLength(1))' had the following error: " +
        'Invalid arguments in States.ArrayLength',
    );
  });
});

describe('syntax', () => {
  it.each([
    'States.Nope()',
    'States.UUID',
    'States.UUID() ',
    "States.Format('a)",
    "States.Format('a\\n')",
    "States.Format('a\\\"')",
    "States.Format('a' 'b')",
    'States.Array(1,)',
    'States.Array(x)',
    'States.Array($.)',
    `${'States.Array('.repeat(11)}${')'.repeat(11)}`,
  ])('%s is no call', (text) => expect(() => parseCall(text)).toThrow(/./));

  it('takes ten levels', () => {
    expect(call(`${'States.Array('.repeat(10)}${')'.repeat(10)}`)).toEqual([[[[[[[[[[]]]]]]]]]]);
  });

  it('finds the end of a path argument', () => {
    const text = "States.Array($.a[?(@.b == 'x,)')].c, $['p)q'], $.d.length() )";
    expect(call(text, { a: [{ b: 'x,)', c: 1 }], 'p)q': 2, d: [0] })).toEqual([[1], 2, 1]);
  });
});
