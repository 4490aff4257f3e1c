import { expect, it } from 'vitest';
import {
  Doc,
  equalJson,
  isNumeric,
  isObject,
  type Json,
  parseData,
  parseJson,
  printJson,
  rounded,
  tryParseJson,
  WrittenNumber,
} from './json.ts';

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
  [
    '["12345678901234567890", "\\"123456789012345678901\\""]',
    ['12345678901234567890', '"123456789012345678901"'],
  ],
  ['{"12345678901234567890":1}', { '12345678901234567890': 1 }],
  ['12345678901234567890e0', 12345678901234567000],
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

it.each([
  '0.0',
  '1.0',
  '-1.50',
  '10.00',
  '1e3',
  '1E+3',
  '-2.5e-3',
  '0.1234567890123456789',
  '12345678901234567890e0',
  '[1.0,{"a":[2.50],"b":"1.0"},1.5,1]',
  '{"at":"2024-01-01T10:00:00.000Z","x":1.0}',
])('prints %s as it was written', (text) => {
  expect(printJson(parseData(text))).toBe(text);
  expect(JSON.stringify(parseData(text))).toBe(JSON.stringify(JSON.parse(text)));
});

it('makes a written number of nothing else', () => {
  for (const text of ['1.5', '-0', '0', '"1.0"', '["1.0 ", "x 1e3,"]', '{"1.0":"2.0"}']) {
    expect(parseData(text)).toEqual(JSON.parse(text));
  }
  expect(printJson(parseData('-0'))).toBe('0');
});

it('takes a written number for a number', () => {
  const one = parseData('1.0') as WrittenNumber;
  expect(one).toBeInstanceOf(WrittenNumber);
  expect(isNumeric(one)).toBe(true);
  expect(isObject(one)).toBe(false);
  expect(equalJson(one, 1)).toBe(true);
  expect(equalJson([1], [one])).toBe(true);
  expect(equalJson(one, 2)).toBe(false);
  expect(equalJson(one, '1.0')).toBe(false);
  expect(rounded({ a: [one] })).toEqual({ a: [1] });
});
