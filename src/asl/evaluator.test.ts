import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json } from '../ground/json.ts';
import { evaluateExpression, expectType, isTooLong } from './evaluator.ts';
import { Budget } from './jsonata/budget.ts';
import { LanguageError } from './language-error.ts';
import { testEnv } from './testing.ts';

const tools = {
  ...testEnv(null).tools,
  now: () => Date.UTC(2026, 0, 2),
  digest: (algorithm: string, text: string) =>
    createHash(algorithm.replace('-', '')).update(text).digest('hex'),
};

function run(source: string, input: Json = {}, budget?: Budget): Promise<Json> {
  const states = { input, context: { State: { Name: 'S' } } };
  const variables = { v: [1, 2], n: 3 };
  return evaluateExpression({ source, field: 'Output/x', states, variables }, tools, budget);
}

async function fail(source: string, input: Json = {}): Promise<LanguageError> {
  const error = await run(source, input).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof LanguageError) return error;
  throw new Error(`${source} did not fail`);
}

const causeStart = (source: string): string =>
  `The JSONata expression '${source}' specified for the field 'Output/x' `;

describe('values', () => {
  it.each<[string, Json]>([
    ['1 + 1', 2],
    ['$states.input.a.b', 'c'],
    ['$states.context.State.Name', 'S'],
    ['$n * 2', 6],
    ['$v[0]', 1],
    ['{"k": $states.input.list[x > 1].y}', { k: 'two' }],
    ['$states.input.none', null],
    ['[1/3 > 0, "a" & 1]', [true, 'a1']],
    ['$range(1, 9, 9)', 1],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$range(-1.7, 2, 1)', [-1, 0, 1, 2]],
    ['$partition([1,2,3], 2)', [[1, 2], [3]]],
    ['$partition([1,2,3])', [[1, 2, 3]]],
    [
      '$partition([1,2,3,4], 2.9)',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ["$hash('input data', 'SHA-1')", 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
    ['$uuid()', '11111111-2222-4333-8444-555555555555'],
    ['$random()', 0.5],
    ['$random(7) = $random(7)', true],
    ['$random(42)', 0.7275636800328681],
    ['$random(0)', 0.730967787376657],
    ['$random(-1)', 0.26894263088050496],
    ['$parse("{\\"a\\": [1]}").a', [1]],
    ['$now()', '2026-01-02T00:00:00.000Z'],
    ['$now("[Y0001]-[M01]")', '2026-01'],
    ['$millis()', Date.UTC(2026, 0, 2)],
    ['$pad("x", -3, "ab")', 'abx'],
    ['$join(["a","b"], "-")', 'a-b'],
    ['$join("a")', 'a'],
    ['$distinct([1, "1", 1, {"a":1,"b":2}, {"b":2,"a":1}])', [1, '1', { a: 1, b: 2 }]],
    ['$distinct($states.input.list.z)', 9],
    ['$shuffle([1,2]) ~> $count()', 2],
    ['$match("ab12", /[a-z]+(\\d)/).groups', ['1']],
    ['$replace("a.b.c", /\\./, "-")', 'a-b-c'],
    ['$contains("Hello", /hello/i)', true],
    ['$split("a1b2c", /\\d/)', ['a', 'b', 'c']],
  ])('%s', async (source, expected) => {
    const input = {
      a: { b: 'c' },
      none: null,
      list: [
        { x: 1, y: 'one', z: 9 },
        { x: 2, y: 'two', z: 9 },
      ],
    };
    expect(await run(source, input)).toEqual(expected);
  });

  it('gives plain lists', async () => {
    const value = await run('$states.input.a', { a: [1, 2] });
    expect(Object.getOwnPropertyNames(value)).toEqual(['0', '1', 'length']);
  });
});

describe('failures', () => {
  it.each([
    ['$states.input.nope', 'returned nothing (undefined).'],
    ['$range(1, 5)', 'returned nothing (undefined).'],
    ['$partition([], 2)', 'returned nothing (undefined).'],
    ["$hash('x')", 'returned nothing (undefined).'],
    [
      '$partition("ab", 1)',
      'threw an error during evaluation. D3137: The first argument of $partition must be an array',
    ],
    [
      '$hash(1, "MD5")',
      'threw an error during evaluation. T0410: Argument 1 of function "hash" does not match function signature',
    ],
    ['$sum', 'returned an unsupported result type.'],
    ['{"f": function($x){ $x }}', 'returned an unsupported result type.'],
    [
      '$randomSeeded(1)',
      'threw an error during evaluation. T1006: Attempted to invoke a non-function',
    ],
    ['$eval("1")', 'threw an error during evaluation. T1006: Attempted to invoke a non-function'],
    ['$error("mine")', 'threw an error during evaluation. D3137: mine'],
    [
      '"a" + 1',
      'threw an error during evaluation. T2001: The left side of the "+" operator must evaluate to a number',
    ],
    [
      '$parse("{")',
      'threw an error during evaluation. D3137: The argument of $parse is not valid JSON',
    ],
  ])('%s %s', async (source, text) => {
    const error = await fail(source);
    expect(error.message).toBe(causeStart(source) + text);
    expect(error.error).toBe('States.QueryEvaluationError');
    expect(error.location).toBe('Output/x');
  });

  it('names the type that was expected', () => {
    expect(() => expectType({ foo: 'bar' }, ['array'], { source: 's', field: 'Items' })).toThrow(
      "The JSONata expression 's' specified for the field 'Items' returned an unexpected result " +
        `type. Expected 'array', but was 'object' for value: {"foo":"bar"}`,
    );
    expect(expectType([], ['array'], { source: 's', field: 'Items' })).toBeUndefined();
    expect(expectType(-2, ['integer'], { source: 's', field: 'Items' })).toBeUndefined();
    expect(() => expectType(1.6, ['integer'], { source: 's', field: 'Seconds' })).toThrow(
      "Expected 'integer', but was 'number' for value: 1.6",
    );
  });
});

describe('limits', () => {
  const memory = 'U1001: Expression evaluation memory limit exceeded';
  it.each([
    ['$pad("x", 500000000)', memory],
    ['($d := function($s, $n){ $n = 0 ? $s : $d($s & $s, $n - 1) }; $d("x", 40))', memory],
    ['[1..9999999]', memory],
    ['[1..873783]', memory],
    ['$range(1, 360146, 1)', memory],
    ['$join($map([1..2000], function($i){ $pad("x", 5000) }))', memory],
    ['$map([1..1000], function($i){ $pad("x", 6000000) })', memory],
    ['($f := function($n){ 1 + $f($n) }; $f(1))', 'Depth=101 max=100'],
    ['($f := function($n){ $f($n) }; $f(1))', 'U1001: Expression evaluation timeout'],
    ['$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)', 'undefined'],
    ['$match("ab", /a(?=b)/)', 'threw an error during evaluation'],
  ])('%s ends in %s', async (source, text) => {
    expect((await fail(source)).message).toContain(text);
  });

  it.each([`1${'+1'.repeat(99)}`, `${'('.repeat(99)}1${')'.repeat(99)}`])(
    'a hundred levels are fine',
    async (source) => expect(await run(source)).toBeGreaterThan(0),
  );

  const nested = (part: string, levels: number, end = ']'): string =>
    `${part.repeat(levels)}1${end.repeat(levels)}`;
  it.each([nested('[1, ', 99), nested('{"a": 1, "b": ', 99, '}')])(
    'a hundred levels of parts are fine, and one more is not',
    async (source) => {
      expect(JSON.stringify(await run(source))).toContain('1');
      expect((await fail(`[1, ${source}]`)).message).toContain('Depth=101 max=100');
    },
  );

  it('counts the levels of lists and objects, and not their parts', async () => {
    const parts = Array.from({ length: 250 }, (_, i) => i);
    const rows = parts.map((x) => ({ x, y: `key ${x}` }));
    expect(await run(`[${parts.map((i) => `$n * ${i}`)}]`)).toEqual(parts.map((i) => 3 * i));
    expect(await run(`[[${parts}], {${parts.map((i) => `"${i}": [$n, ${i}]`)}}][0]`)).toEqual(
      parts,
    );
    expect(await run('$count($keys($states.input.rows{y: $sum(x)}))', { rows })).toBe(250);
  });

  it('evaluates parts in order, and none behind one that fails', async () => {
    let drawn = 0;
    const counting = { ...tools, random: () => (drawn += 1) };
    const source =
      '[[$random(), $random()], $random(), {"a": $random(), "b": [$random()]}, $random()]';
    const request = { source, field: 'Output', states: {}, variables: {} };
    expect(await evaluateExpression(request, counting)).toEqual([[1, 2], 3, { a: 4, b: [5] }, 6]);
    const failing = { ...request, source: '[$random(), [$error("no"), $random()], $random()]' };
    await expect(evaluateExpression(failing, counting)).rejects.toThrow('no');
    expect(drawn).toBe(7);
  });

  it('tells a caller that gave few steps', async () => {
    const long = run('$sum([1..100000].($ * 2))', {}, new Budget(1000));
    const error: unknown = await long.catch((reason: unknown) => reason);
    expect(isTooLong(error)).toBe(true);
    expect(await run('$sum([1..100].($ * 2))', {}, new Budget(1000))).toBe(10_100);
  });

  it('keeps evaluations apart that run at the same time', async () => {
    const all = Array.from({ length: 20 }, (_, i) => run('$states.input.i * 2', { i }));
    expect(await Promise.all(all)).toEqual(Array.from({ length: 20 }, (_, i) => i * 2));
  });
});
