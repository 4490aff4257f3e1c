/**
 * Hostile expressions: each ends by what is counted, whatever machine it runs on; and no step costs
 * much more than one of a loop that does nothing.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { cpuRatio } from '../../../test/support/cpu.ts';
import type { Json } from '../../ground/json.ts';
import { evaluateExpression } from '../evaluator.ts';
import { LanguageError } from '../language-error.ts';
import { JSONATA_STEPS_MAX } from '../limits.ts';
import { testEnv } from '../testing.ts';
import { Budget } from './budget.ts';
import { FUNCTIONS } from './functions.ts';
import { functionLibrary } from './library.ts';

/** Less than an expression may do, so that the tests are quick. */
const STEPS = 50_000;
/** What the steps of an expression may cost, in steps of the loop. */
const TIMES_MAX = 10;

const { tools } = testEnv(null);

interface Outcome {
  readonly steps: number;
  readonly value?: Json;
  readonly message?: string;
}

async function evaluate(source: string, input: Json = null, steps = STEPS): Promise<Outcome> {
  const budget = new Budget(steps);
  const request = { source, field: 'Output', states: { input }, variables: {} };
  try {
    return { value: await evaluateExpression(request, tools, budget), steps: budget.spent };
  } catch (error) {
    if (!(error instanceof LanguageError)) throw error;
    return { message: error.message, steps: budget.spent };
  }
}

const ENDLESS = '($f := function($n){ $f($n) }; $f(1))';
const TOO_LONG = 'U1001: Expression evaluation timeout: Check for infinite loop';
const MEMORY = 'U1001: Expression evaluation memory limit exceeded';

/** The best of several, because what runs beside this test costs it time of its processor. */
async function expectFairPrice(source: string, input?: Json): Promise<void> {
  const work = () => evaluate(source, input);
  expect(await cpuRatio(work, endless, { enough: TIMES_MAX })).toBeLessThan(TIMES_MAX);
}
const endless = () => evaluate(ENDLESS);

const numbers = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => (i * 7919) % count);
const rows = (count: number): Json => numbers(count).map((x) => ({ x, y: [x], text: `row ${x}` }));
const letters = (length: number): string => 'a'.repeat(length);

/** A value that has its part twice, and that twice, and so on: small to build, endless to read. */
const doubled = (pair: string): string =>
  `($d := function($n, $x){ $n = 0 ? $x : $d($n - 1, ${pair}) }; $d(40, [1]))`;
const LISTS = doubled('[[$x], [$x]]');
const OBJECTS = doubled('{"a": $x, "b": $x}');

describe('is too long', () => {
  it.each<[string, Json?]>([
    [ENDLESS],
    ['($f := function($n){ $n < 2 ? 1 : $f($n - 1) + $f($n - 2) }; $f(30))'],
    ['$map([1..800000], function($v){ $v })'],
    ['$map([1..800000], $string)'],
    ['$map([1..2000], function($v){ $count([1..800000]) })'],
    ['$map([1..2000], function($v){ $count($range(1, 300000, 1)) })'],
    ['$reduce([1..100000], $append)'],
    ['$reduce([1..100000], function($all, $v){ $append($all, $v) })'],
    ['$sort($states.input, function($a, $b){ $a.x > $b.x })', rows(10_000)],
    ['$map([1..2000], function($v){ $sort($states.input) })', numbers(10_000)],
    ['$states.input^(x)', rows(10_000)],
    ['$states.input@$a^($a.x)', rows(10_000)],
    ['$states.input{"k": $}', rows(20_000)],
    ['$states.input@$a{"k": $a}', rows(20_000)],
    ['[$states.input].{"k": $}', [rows(20_000)]],
    ['$states.input@$a.$states.input@$b[$a.x = $b.x]', rows(2_000)],
    ['$states.input.x@$a.$states.input.x@$b.$states.input.x@$c', rows(90)],
    ['$states.input#$i[$i in $states.input.x]', rows(2_000)],
    ['$map([1..2000], function($v){ $count($states.input.x) })', [[rows(20_000)]]],
    ['$map([1..2000], function($v){ $count($states.input.*) })', rows(20_000)],
    ['$map([1..2000], function($v){ $count($states.input.**) })', rows(10_000)],
    ['$states.input[$states.input.x]', rows(5_000)],
    ['$spread($states.input)', rows(20_000)],
    ['$map([1..2000], function($v){ $distinct($states.input) })', rows(5_000)],
    ['$filter([1..2000], function($v){ $states.input = $states.input })', rows(10_000)],
    ['$map([1..2000], function($v){ $length($string($states.input)) })', rows(1_000)],
    ['$map([1..2000], function($v){ $length("" & $states.input) })', rows(1_000)],
    ['$map([1..2000], function($v){ $length($states.input) })', letters(200_000)],
    ['$map([1..2000], function($v){ $contains($states.input, "ab") })', letters(200_000)],
    ['$contains($states.input & $states.input, "b" & $states.input)', letters(20_000)],
    [`${LISTS} = ${LISTS}`],
    [`${LISTS} ? 1 : 2`],
    [`$not(${LISTS})`],
    [`[1][${LISTS}]`],
    [`(${LISTS}).x`],
    [`(${LISTS}).*`],
    [`"" & ${LISTS}`],
    [`$string(${OBJECTS})`],
    [`$distinct([${OBJECTS}, 1])`],
    [`${OBJECTS} ~> |a|{"c": 1}|`],
    [`$count((${OBJECTS}).**)`],
    ['$match($states.input, /a.*b|a/)', letters(20_000)],
    ['$replace($states.input, /a/, "b")', letters(100_000)],
    ['$split($states.input, /a/)', letters(100_000)],
    ['$contains($states.input, /(((a?){30}){30})b/)', letters(10_000)],
    ['$map([1..9999], function($v){ $contains("a", /(((a?){30}){30})b/) })'],
    [`$toMillis("${'1'.repeat(50)}x", "${'[f]'.repeat(10)}")`],
    [`$toMillis("${'one '.repeat(50)}x", "${'[Yw]'.repeat(10)}")`],
    ['$map([1..9999], function($v){ $formatNumber(1, $states.input) })', `${'0,'.repeat(500)}0`],
    ['$parseInteger($states.input, "0,0,0,0,0,0,0,0,0,0,0,0")', letters(5_000_000)],
  ])('%s', async (source, input) => {
    expect((await evaluate(source, input)).message).toContain(TOO_LONG);
    await expectFairPrice(source, input);
  });
});

describe('fails by a size', () => {
  it.each<[string, string, Json?]>([
    ['($f := function($n){ 1 + $f($n) }; $f(1))', 'Stack overflow error'],
    [`$f := function($s, $n){ $n = 0 ? $s : $f($s & $s, $n - 1) }; $f("x", 40)`, MEMORY],
    ['[1..9999999]', MEMORY],
    ['$pad("x", 500000000)', MEMORY],
    ['$pad("x", 1e308 * 10)', MEMORY],
    ['$join($map([1..3000], function($i){ $states.input }))', MEMORY, letters(5_000)],
    ['$replace($states.input, "a", $states.input)', MEMORY, letters(20_000)],
    ['$replace($states.input, /a/, $states.input)', MEMORY, letters(20_000)],
    [OBJECTS, MEMORY],
    ['$fromMillis(0, "[Y,400000000]")', MEMORY],
    ['$fromMillis(0, "[Y , 4 0 0 0 0 0 0 0 0]")', MEMORY],
    ['$now("[Y,*-400000000]")', MEMORY],
    ['$formatNumber(1, $states.input)', MEMORY, '0,'.repeat(500_000)],
    ['$formatInteger(1, $states.input)', MEMORY, '0,'.repeat(500_000)],
    ['$formatNumber(1e308 * 10, "0.0e0")', 'D1001: Number out of range'],
    ['$formatInteger(1e308 * 10, "A")', 'D1001: Number out of range'],
    ['$sort([1, 1e308 * 10])', 'D1001: Number out of range'],
    ['$eval("1")', 'T1006: Attempted to invoke a non-function'],
  ])('%s', async (source, text, input) => {
    expect(
      (await evaluate(source.startsWith('$f') ? `(${source})` : source, input)).message,
    ).toContain(text);
  });
});

describe('has steps to spare, on as much data as a state may have', () => {
  it.each<[string, Json, Json]>([
    ['$sum($map([1..30000], function($v){ $v + $count($states.input) - 2 }))', [1, 2], 450_015_000],
    ['$count($states.input[x > 6000])', rows(12_000), 5_999],
    ['$count($states.input^(x))', rows(5_000), 5_000],
    ['$sort($states.input.x)[0]', rows(10_000), 0],
    ['$count($states.input{text: $sum(x)} ~> $keys())', rows(5_000), 5_000],
    ['($all := $states.input{"all": $}; $count($all.all))', rows(5_000), 5_000],
    ['$count($states.input@$a.$states.input@$b[$a.x = $b.x])', rows(100), 100],
    ['$count($reduce([1..5000], $append))', null, 5_000],
    ['$count($split($states.input, /\\s*,\\s*/))', 'ab , '.repeat(20_000), 20_001],
    ['$count($split($states.input, ","))', 'ab,'.repeat(80_000), 80_001],
    ['$length($replace($states.input, /b/, "--"))', 'ab'.repeat(50_000), 150_000],
    ['$count($distinct($states.input.x))', rows(12_000), 12_000],
    ['$length($string($states.input))', rows(6_000), 236_671],
    [
      '$toMillis("20180327154157123", "[Y0001][M01][D01][H01][m01][s01][f001]")',
      null,
      1_522_165_317_123,
    ],
    [
      '$toMillis("27th of March, Two Thousand Eighteen", "[D1o] of [MNn], [Yw]")',
      null,
      1_522_108_800_000,
    ],
  ])('%s', async (source, input, expected) => {
    const { value, message } = await evaluate(source, input, JSONATA_STEPS_MAX);
    expect(value ?? message).toBe(expected);
  });
});

describe('the functions', () => {
  it('count all that the library has, but for $eval', async () => {
    const code = readFileSync(createRequire(import.meta.url).resolve('jsonata'), 'utf8');
    const theirs = [...code.matchAll(/staticFrame\.bind\('(\w+)'/g)].map(([, name]) => name!);
    const names = new Set([...theirs, ...FUNCTIONS.map(([name]) => name)]);
    names.delete('eval');
    expect(theirs.length).toBeGreaterThan(60);
    expect([...(await functionLibrary()).keys()].sort()).toEqual([...names].sort());
  });

  it.each<[string, Json]>([
    ['$map(["a", "b"], $uppercase)', ['A', 'B']],
    ['($first := $substring(?, 0, 1); $first("xyz"))', 'x'],
    ['($trim ~> $uppercase)(" a ")', 'A'],
    ['$reduce([1, 2, 3], $append)', [1, 2, 3]],
    ['$sort([3, 1, 2])', [1, 2, 3]],
    ['$sort(["b", "a", "B"])', ['B', 'a', 'b']],
    [
      '$sort([{"k": 2, "n": 1}, {"k": 1, "n": 2}, {"k": 2, "n": 3}], function($a, $b){ $a.k > $b.k }).n',
      [2, 1, 3],
    ],
    ['$sort(7)', [7]],
    ['($keys := 1; $keys)', 1],
    ['{"a": 1} ~> |$|{"b": 2}|', { a: 1, b: 2 }],
  ])('are called as before: %s', async (source, expected) => {
    expect((await evaluate(source)).value).toEqual(expected);
  });

  it('tell a sort what it cannot compare', async () => {
    expect((await evaluate('$sort([1, "a"])')).message).toContain(
      'D3070: The single argument form',
    );
  });
});
