/**
 * Hostile paths, filters, functions and templates: each comes to an end soon, whether it has a
 * value or is too much work. How soon is measured by the price of all the steps of a field.
 */
import { describe, expect, it } from 'vitest';
import { cpuRatio } from '../../test/support/cpu.ts';
import type { Json } from '../ground/json.ts';
import { Effort } from './effort.ts';
import { LanguageError } from './language-error.ts';
import { parsePath, readPath } from './path.ts';
import { compileTemplate, fillTemplate } from './template.ts';
import { testEnv } from './testing.ts';

/** What the steps of a field may cost, in steps that only count. */
const TIMES_MAX = 50;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const nested = (depth: number): Json => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as Json;
const object = (count: number): Json =>
  Object.fromEntries(numbers(count).map((n) => [`key${n}`, n]));
/** `call` in itself: the same text `times` times at each of `levels` levels. */
function tower(call: (inner: string) => string, levels: number): string {
  let text = '$.a';
  for (let i = 0; i < levels; i++) text = call(text);
  return text;
}
const tens = (inner: string): string => Array(10).fill(inner).join(',');
const LONG = 'x'.repeat(200_000);

/** All the steps of a field, spent on the printing of one value. */
function allSteps(): void {
  expect(() => new Effort().spendOn(VALUE)).toThrow('more work');
}
const VALUE = Array<Json>(100).fill(numbers(20_000));

/** The value's text, or the error; either of it soon. */
async function outcome(compute: () => Json): Promise<string> {
  let result = '';
  const work = (): void => {
    try {
      result = JSON.stringify(compute());
    } catch (error) {
      if (!(error instanceof LanguageError)) throw error;
      result = `${error.error} ${error.message}`;
    }
  };
  expect(await cpuRatio(work, allSteps, { enough: TIMES_MAX })).toBeLessThan(TIMES_MAX);
  return result;
}

const read = (text: string, input: Json): Promise<string> =>
  outcome(() => {
    const found = readPath(parsePath(text), testEnv(input));
    return 'value' in found ? found.value : found.miss;
  });

const TOO_MUCH = /^States\.Runtime .*more work than this server does/;

describe('what is too much', () => {
  it.each<[string, Json]>([
    ['$[?($..x)]', numbers(30_000)],
    ['$[?(@ in $)]', numbers(30_000)],
    ['$[?($ subsetof $)]', numbers(3_000)],
    ['$.a[?($.a == $.b)]', { a: numbers(10_000), b: numbers(10_000) }],
    ['$.a[?($.b == $.c)]', { a: numbers(20_000), b: `${LONG}y`, c: `${LONG}z` }],
    ['$.a[?($.b contains "y")]', { a: numbers(20_000), b: LONG }],
    ['$.a[?($.b.length() == 1)]', { a: numbers(10_000), b: object(8_000) }],
    ['$.a[?($.b empty true)]', { a: numbers(10_000), b: object(8_000) }],
    ['$[?(@ =~ /(((a?){30}){30})b/)]', Array(1000).fill('a'.repeat(200)) as Json],
    ['$..*..*', nested(500)],
    ['$..*..*..*', nested(300)],
    ['$..[?(@..[?(@..x)])]', nested(300)],
    [tower((inner) => `States.Array(${tens(inner)})`, 5), { a: LONG }],
    [tower((inner) => `States.Format('${'{}'.repeat(10)}',${tens(inner)})`, 4), { a: LONG }],
    [tower((inner) => `States.JsonToString(${inner})`, 9), { a: '"'.repeat(100_000) }],
    [
      `States.Array(${Array(400).fill('States.ArrayLength(States.ArrayUnique($))').join(',')})`,
      numbers(30_000),
    ],
  ])('%s', async (text, input) => expect(await read(text, input)).toMatch(TOO_MUCH));

  it('a template that has the same large value many times', async () => {
    const fields = numbers(5_000).map((n) => [`k${n}.$`, '$']);
    const template = compileTemplate(Object.fromEntries(fields) as Json, 'JSONPath', 'Parameters');
    const filled = await outcome(() => fillTemplate(template, testEnv(numbers(30_000))));
    expect(filled).toMatch(TOO_MUCH);
  });
});

describe('what is not, on as much data as a state may have', () => {
  it.each<[string, Json, string]>([
    ['States.ArrayLength(States.ArrayUnique($))', numbers(36_000), '36000'],
    ['States.ArrayContains($, 99999)', numbers(36_000), 'false'],
    ['States.ArrayLength(States.ArrayPartition($, 1))', numbers(36_000), '36000'],
    ["States.ArrayLength(States.StringSplit($, ','))", 'a,'.repeat(125_000), '125000'],
    ['States.ArrayLength($..*)', numbers(36_000), '36000'],
    ['$[?(@ =~ /.*y$/)]', [LONG, `${LONG}y`.slice(2)], JSON.stringify([`${LONG}y`.slice(2)])],
    ['$.a[?(@ > $.b)].length()', { a: numbers(36_000), b: 35_998 }, '1'],
    ['$.a[?(@.x == 7)]', { a: numbers(12_000).map((x) => ({ x })) }, '[{"x":7}]'],
    ['$..x.length()', numbers(12_000).map((x) => ({ x })), '12000'],
  ])('%s', async (text, input, expected) => expect(await read(text, input)).toBe(expected));
});

it('counts what stands in a value twice twice, and texts by their length', () => {
  const shared = numbers(10);
  const spendOn = (value: Json, most: number) => new Effort(most).spendOn(value);
  expect(() => spendOn([shared], 30)).not.toThrow();
  expect(() => spendOn([shared, shared], 30)).toThrow('more work');
  expect(() => spendOn(LONG, 10_000)).toThrow('more work');
});
