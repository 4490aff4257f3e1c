import { expect, it } from 'vitest';
import { Doc, equalJson, type Json, parseJson, printJson, rounded, tryParseJson } from './json.ts';

it('keeps the digits of every integer', () => {
  const text =
    '{"id":12345678901234567890,"l":[-9007199254740993,{"n":1}],"s":"12345678901234567890"}';
  expect(printJson(parseJson(text))).toBe(text);
  expect(Doc.ofValue(Doc.ofText(text).value).text).toBe(text);
  expect(parseJson('9007199254740991')).toBe(9007199254740991);
  expect(parseJson('9007199254740993')).toBe(9007199254740993n);
});

it.each<[string, Json]>([
  ['1234567890123456.5', 1234567890123456.5],
  ['12345678901234567890e0', 12345678901234567000],
  [
    '["12345678901234567890", "\\"123456789012345678901\\""]',
    ['12345678901234567890', '"123456789012345678901"'],
  ],
  ['{"12345678901234567890":1}', { '12345678901234567890': 1 }],
])('leaves %s as it is', (text, value) => expect(parseJson(text)).toEqual(value));

it('mistakes no text for an integer', () => {
  const value = { 'steplight:n1': 'steplight:n1', s: ['steplight:', '\u0000'] };
  const text = `{"big":12345678901234567890,"v":${JSON.stringify(value)},"e":"\\u0073teplight:n2"}`;
  const read = parseJson(text) as { v: Json; e: Json; big: Json };
  expect(read.v).toEqual(value);
  expect(read.e).toBe('steplight:n2');
  expect(read.big).toBe(12345678901234567890n);
});

it('refuses what is no JSON, however many digits it has', () => {
  for (const text of ['012345678901234567890', '{"a":12345678901234567890', '1234567890123456_']) {
    expect(tryParseJson(text)).toBeUndefined();
  }
});

it('compares and rounds them', () => {
  const [a, b] = [parseJson('[12345678901234567890]'), parseJson('[12345678901234567890]')];
  expect(equalJson(a, b)).toBe(true);
  expect(equalJson(a, parseJson('[12345678901234567891]'))).toBe(false);
  expect(rounded({ a, b: { c: 'x' } })).toEqual({ a: [12345678901234567000], b: { c: 'x' } });
});

it('prints in one text what holds a large integer and what does not', () => {
  const text = '{"a":"\\u2028 \\"é","b":[],"c":{},"d":null,"e":[true,1.5,123456789012345678]}';
  expect(printJson(parseJson(text))).toBe(
    '{"a":"\u2028 \\"é","b":[],"c":{},"d":null,"e":[true,1.5,123456789012345678]}',
  );
});
