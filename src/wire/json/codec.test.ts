import { afterEach, describe, expect, it, vi } from 'vitest';
import { fromBase64, textOf, toBase64 } from '../bytes.ts';
import type { ScalarShape } from '../model/shapes.ts';
import { textReaderOf, textWriterOf } from '../text.ts';
import { xmlText } from '../xml/text.ts';
import { jsonReader } from './read.ts';
import { jsonWriter } from './write.ts';

const scalar = (type: ScalarShape['type']): ScalarShape => ({
  name: type,
  sensitive: false,
  type,
  min: undefined,
  max: undefined,
  pattern: undefined,
  enum: undefined,
  enumOrder: undefined,
  countedInBytes: false,
  timestampFormat: undefined,
  streaming: false,
  jsonValue: false,
});

describe('base64', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 256);

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it.each([0, 1, 2, 3, 300])('goes there and back: %s bytes', (length) => {
    const part = bytes.subarray(0, length);
    expect([...fromBase64(toBase64(part))!]).toEqual([...part]);
  });

  it.each(['!', 'a', 'abc!', 'ab=c', 'abcde'])('refuses %s', (text) => {
    expect(fromBase64(text)).toBeUndefined();
  });

  it('allows white space', () => {
    expect(textOf(fromBase64('YWJj\r\nZGVm')!)).toBe('abcdef');
  });

  it('needs nothing but the web platform', async () => {
    vi.stubGlobal('Buffer', undefined);
    const web = await import('../bytes.ts');
    expect(web.toBase64(bytes)).toBe(toBase64(bytes));
    expect([...web.fromBase64(toBase64(bytes))!]).toEqual([...bytes]);
    expect(web.fromBase64('!!!!')).toBeUndefined();
  });
});

describe('timestamps', () => {
  const at = new Date(1_700_000_000_123);
  const shape = scalar('timestamp');

  it.each([1_700_000_000.123, '2023-11-14T22:13:20.123Z'])('are read from %s', (value) => {
    expect(jsonReader.of(shape)(value)).toEqual(at);
  });

  it.each(['1700000000.123', '2023-11-14T22:13:20.123Z'])('are read from the text %s', (text) => {
    expect(textReaderOf(shape)(text)).toEqual(at);
  });

  it('are written as seconds in JSON, as ISO 8601 in text', () => {
    expect(JSON.stringify(jsonWriter.of(shape)(at))).toBe('1700000000.123');
    expect(textWriterOf(shape, 'iso8601')(at)).toBe('2023-11-14T22:13:20.123Z');
  });

  it.each(['soon', 1e20, true, {}])('are refused: %s', (value) => {
    expect(() => jsonReader.of(shape)(value)).toThrow(
      expect.objectContaining({ code: 'SerializationException' }),
    );
  });
});

describe('numbers', () => {
  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ])('%s is a text in JSON', (text, value) => {
    expect(jsonReader.of(scalar('double'))(text)).toEqual(value);
    expect(jsonWriter.of(scalar('double'))(value)).toBe(text);
  });

  it.each([
    ['integer', '1.5'],
    ['integer', ''],
    ['double', '0x10'],
    ['boolean', 'yes'],
  ] as const)('%s is not %s', (type, text) => {
    expect(() => textReaderOf(scalar(type))(text)).toThrow('cannot be converted');
  });
});

describe('maps', () => {
  it('keep a key named __proto__', () => {
    const shape = {
      name: 'Map',
      sensitive: false,
      type: 'map',
      key: scalar('string'),
      keyName: 'key',
      valueName: 'value',
      flattened: false,
      value: scalar('string'),
      min: undefined,
      max: undefined,
    } as const;
    const read = jsonReader.of(shape)(JSON.parse('{"__proto__":"x","a":"y"}')) as object;
    expect(Object.keys(read)).toEqual(['__proto__', 'a']);
    expect(JSON.stringify(jsonWriter.of(shape)(read))).toBe('{"__proto__":"x","a":"y"}');
  });
});

describe('XML text', () => {
  it('is escaped, without what XML cannot carry', () => {
    expect(xmlText('<a & b>\u0000\r')).toBe('&lt;a &amp; b&gt;&#xD;');
  });
});
