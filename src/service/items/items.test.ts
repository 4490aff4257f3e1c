/**
 * Readers of items: what they read, wherever the chunks of a file have their borders, and that they
 * go on after any item as if nothing had happened.
 */
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import type { ReaderOrder } from '../../execution/maprun-order.ts';
import type { Json, JsonObject } from '../../ground/json.ts';
import { openItems } from './open.ts';
import type { ItemSource, SourceItem } from './source.ts';
import { TestObjects } from './testing.ts';

const PLACE = { account: '000000000000', region: 'us-east-1' };

let objects: TestObjects;

beforeEach(() => {
  objects = new TestObjects();
});

function reader(config: JsonObject, key = 'k', more: Partial<ReaderOrder> = {}): ItemSource {
  const parameters = { Bucket: 'b', ...(key !== '' && { Key: key }) };
  return openItems({ action: 'getObject', parameters, config, ...more }, objects, PLACE);
}

async function all(source: ItemSource, from: Json = null): Promise<SourceItem[]> {
  const found: SourceItem[] = [];
  for await (const items of source.read(from)) found.push(...items);
  return found;
}

/** The values; read whole, in tiny chunks, and again from after every item. */
async function values(config: JsonObject, key = 'k'): Promise<Json[]> {
  const whole = await all(reader(config, key));
  for (const chunkBytes of [1, 2, 3, 7]) {
    objects.chunkBytes = chunkBytes;
    expect(await all(reader(config, key))).toEqual(whole);
  }
  for (const [i, { position }] of whole.entries()) {
    expect(await all(reader(config, key), position)).toEqual(whole.slice(i + 1));
  }
  return whole.map(({ value, key: name }) => (name === undefined ? value : { [name]: value }));
}

const refusal = (config: JsonObject, key = 'k') =>
  all(reader(config, key)).then(
    () => undefined,
    (error: Error) => error.message,
  );

const JSON_FILE = { InputType: 'JSON' };
const LINES = { InputType: 'JSONL' };
const CSV = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' };

test('JSON: elements of an array, members of an object', async () => {
  objects.put('b', 'k', '[ 1 , "a,]\\"[}\\\\" , {"x":[1,{"y":2}]},[], null,"é😀" ]\n');
  expect(await values(JSON_FILE)).toEqual([1, 'a,]"[}\\', { x: [1, { y: 2 }] }, [], null, 'é😀']);
  objects.put('b', 'k', '\uFEFF{"a":1, "b":[2,3] }');
  expect(await values(JSON_FILE)).toEqual([{ a: 1 }, { b: [2, 3] }]);
  objects.put('b', 'k', ' [\n] ');
  expect(await values(JSON_FILE)).toEqual([]);
});

test('JSON: where ItemsPointer leads', async () => {
  const text = JSON.stringify({
    skip: ['"', { a: '}' }],
    'a/b': [0, { '~': [1, 2] }],
    c: { d: {} },
  });
  objects.put('b', 'k', text);
  expect(await values({ ...JSON_FILE, ItemsPointer: '/a~1b/1/~0' })).toEqual([1, 2]);
  expect(await values({ ...JSON_FILE, ItemsPointer: '/c' })).toEqual([{ d: {} }]);
  for (const pointer of ['/no', '/a~1b/2', '/a~1b/01', '/a~1b/0/x']) {
    expect(await refusal({ ...JSON_FILE, ItemsPointer: pointer })).toContain('leads nowhere');
  }
  expect(await refusal({ ...JSON_FILE, ItemsPointer: '/a~1b/0' })).toBe(
    'Attempting to map over non-iterable node.',
  );
});

test('JSON that is none, or cut off', async () => {
  for (const text of ['12', '"a"', 'x']) {
    objects.put('b', 'k', text);
    expect(await refusal(JSON_FILE)).toBe('Attempting to map over non-iterable node.');
  }
  for (const text of ['', '[1,2', '{"a":1', '[1,}', '[1 2]', '[1,]', '[1,,2]', '{"a":1]']) {
    objects.put('b', 'k', text);
    expect(await refusal(JSON_FILE)).toContain('The file is not valid JSON');
  }
});

test('JSON Lines', async () => {
  objects.put('b', 'k', '{"n":1}\r\n\n  \n"é"\n[3]');
  expect(await values(LINES)).toEqual([{ n: 1 }, 'é', [3]]);
  objects.put('b', 'k', '{"n":1}\n{n}\n');
  expect(await refusal(LINES)).toContain('A line is not valid JSON');
});

test('CSV as recorded: blanks are items, missing fields empty, surplus ones dropped', async () => {
  const body =
    "Value1,Value2,Value3\nValue4,Value5,Value6\n,,,\ntrue,1,'HelloWorld'\nNull,None,\n   \n";
  objects.put('b', 'k', body);
  const given = { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['H1', 'H2', 'H3'] };
  expect(await values(given)).toEqual([
    { H1: 'Value1', H2: 'Value2', H3: 'Value3' },
    { H1: 'Value4', H2: 'Value5', H3: 'Value6' },
    { H1: '', H2: '', H3: '' },
    { H1: 'true', H2: '1', H3: "'HelloWorld'" },
    { H1: 'Null', H2: 'None', H3: '' },
    { H1: '   ', H2: '', H3: '' },
  ]);
  expect(await refusal({ ...given, CSVHeaders: ['H1', 'H1'] })).toBe(
    'CSV headers cannot contain duplicates.',
  );
  objects.put('b', 'k', `0,True,{}\n${body}`);
  expect(JSON.stringify((await values(CSV))[0])).toBe(
    '{"0":"Value1","{}":"Value3","True":"Value2"}',
  );
  objects.put('b', 'k', 'H1,\nValue4,Value5,Value6');
  expect(JSON.stringify(await values(CSV))).toBe('[{"":"Value5","H1":"Value4"}]');
});

test('CSV: quotes, escapes, other delimiters', async () => {
  objects.put('b', 'k', 'a|b\r\n"x|""y""\nz"|\\"q\\|\r\n\r\nu"v|"w"\n');
  expect(await values({ ...CSV, CSVDelimiter: 'PIPE' })).toEqual([
    { a: 'x|"y"\nz', b: '"q|' },
    { a: 'u"v', b: 'w' },
  ]);
  objects.put('b', 'k', '');
  expect(await values(CSV)).toEqual([]);
  objects.put('b', 'k', 'a,b\n');
  expect(await values(CSV)).toEqual([]);
});

test('compressed files', async () => {
  objects.put('b', 'k', gzipSync('{"n":1}\n{"n":2}\n'));
  expect(await values(LINES)).toEqual([{ n: 1 }, { n: 2 }]);
  const zstd = 'KLUv/QRYgQAAeyJuIjoxfQp7Im4iOjJ9CkUsYJk=';
  objects.put('b', 'k', Buffer.from(zstd, 'base64'));
  expect(await values(LINES)).toEqual([{ n: 1 }, { n: 2 }]);
  objects.put('b', 'k', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]));
  expect(await refusal(LINES)).toContain('not valid gzip');
});

/** Columns name, n, x (may be null) and at; three rows in two groups, Snappy. */
const PARQUET =
  'UEFSMRUGFRwVIFwVBBUAFQQVABUEFQAAAAMDDCwBAAAAYQMAAABiw6kVBhUkFShcFQQVABUEFQAVBBUAAAADAxA8AQAAAA' +
  'AAAAACAAAAAAAAABUGFRQVGFwVBBUCFQQVABUEFQAAAAMBCBwAAAAAAADgPxUGFSQVIFwVBBUAFQQVABUEFQAAAAMDEAAA' +
  'DQEc6AMAAAAAAAAVBhUOFRJcFQIVABUCFQAVBBUAAAADAQUQAQAAAGMVBhUUFRhcFQIVABUCFQAVBBUAAAADAQgcAwAAAA' +
  'AAAAAVBhUUFRhcFQIVABUCFQAVBBUAAAADAQgcAAAAAAAAAEAVBhUUFRhcFQIVABUCFQAVBBUAAAADAQgc0AcAAAAAAAAV' +
  'BBlcSARyb290FQgAFQwlAhgEbmFtZSUAABUEJQIYAW4AFQolAhgBeAAVBCUCGAJhdCUSABYGGSwZTCYIHBUMGRUAGRgEbm' +
  'FtZRUCFgQWRhZKJgg8NgAoA2LDqRgBYQAZHBUGFQAVAgAAACZSHBUEGRUAGRgBbhUCFgQWThZSJlI8NgAoCAIAAAAAAAAA' +
  'GAgBAAAAAAAAAAAZHBUGFQAVAgAAACakARwVChkVABkYAXgVAhYEFj4WQiakATw2AigIAAAAAAAA4D8YCAAAAAAAAOA/Ng' +
  'AAGRwVBhUAFQIAAAAm5gEcFQQZFQAZGAJhdBUCFgQWThZKJuYBPDYAKAjoAwAAAAAAABgIAAAAAAAAAAAAGRwVBhUAFQIA' +
  'AAAWoAIWBDaoAgAZTCawAhwVDBkVABkYBG5hbWUVAhYCFjgWPCawAjw2ACgBYxgBYwAZHBUGFQAVAgAAACbsAhwVBBkVAB' +
  'kYAW4VAhYCFj4WQibsAjw2ACgIAwAAAAAAAAAYCAMAAAAAAAAAABkcFQYVABUCAAAAJq4DHBUKGRUAGRgBeBUCFgIWPhZC' +
  'Jq4DPDYAKAgAAAAAAAAAQBgIAAAAAAAAAEA2AAAZHBUGFQAVAgAAACbwAxwVBBkVABkYAmF0FQIWAhY+FkIm8AM8NgAoCN' +
  'AHAAAAAAAAGAjQBwAAAAAAAAAZHBUGFQAVAgAAABbyARYCNoICACgJaHlwYXJxdWV0GUwcAAAcAAAcAAAcAAAALwIAAFBB' +
  'UjE=';

test('Parquet', async () => {
  objects.put('b', 'k', Buffer.from(PARQUET, 'base64'));
  const rows = [
    { name: 'a', n: 1, x: 0.5, at: '1970-01-01T00:00:00.000Z' },
    { name: 'bé', n: 2, x: null, at: '1970-01-01T00:00:01.000Z' },
    { name: 'c', n: 3, x: 2, at: '1970-01-01T00:00:02.000Z' },
  ];
  expect(await values({ InputType: 'PARQUET' })).toEqual(rows);
  objects.put('b', 'k', 'PAR1 no');
  expect(await refusal({ InputType: 'PARQUET' })).toContain('The Parquet file cannot be read');
});

test('manifests of S3 Inventory and Athena', async () => {
  objects.put('b', 'data/1.csv.gz', gzipSync('"b","x y","12"\n"b","z","0"\n'));
  objects.put('b', 'data/2.csv', '"b","last","3"\n');
  objects.put(
    'b',
    'k',
    JSON.stringify({
      sourceBucket: 's',
      destinationBucket: 'arn:aws:s3:::b',
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, Size',
      files: [{ key: 'data/1.csv.gz' }, { key: 'data/2.csv' }],
    }),
  );
  expect(await values({ InputType: 'MANIFEST', ManifestType: 'S3_INVENTORY' })).toEqual([
    { Bucket: 'b', Key: 'x y', Size: '12' },
    { Bucket: 'b', Key: 'z', Size: '0' },
    { Bucket: 'b', Key: 'last', Size: '3' },
  ]);
  objects.put('b', 'one', gzipSync('{"n":1}\n{"n":2}'));
  objects.put('b', 'two', '{"n":3}');
  objects.put('b', 'k', 's3://b/one\ns3://b/two\n');
  expect(await values({ ...LINES, ManifestType: 'ATHENA_DATA' })).toEqual([
    { n: 1 },
    { n: 2 },
    { n: 3 },
  ]);
  expect(await refusal({ InputType: 'MANIFEST' })).toContain('not a manifest');
});

test('listed objects in pages, and all their items', async () => {
  for (const key of ['p/a', 'p/b/', 'p/c', 'p/d', 'p/e', 'q']) {
    objects.put('b', key, key.endsWith('/') ? '' : `"${key}1"\n"${key}2"`);
  }
  const list = (config: JsonObject) =>
    reader(config, '', {
      action: 'listObjectsV2',
      parameters: { Bucket: 'b', Prefix: 'p/' },
    });
  const listed = await all(list({}));
  expect(listed.map(({ value }) => (value as JsonObject).Key)).toEqual([
    'p/a',
    'p/b/',
    'p/c',
    'p/d',
    'p/e',
  ]);
  expect(await all(list({}), listed[1]!.position)).toEqual(listed.slice(2));
  const flat = { ...LINES, Transformation: 'LOAD_AND_FLATTEN' };
  const items = await all(list(flat));
  expect(items.map(({ value }) => value)).toEqual(
    ['p/a', 'p/c', 'p/d', 'p/e'].flatMap((key) => [`${key}1`, `${key}2`]),
  );
  expect(items[2]!.source).toBe('S3://b/p/c');
  for (const [i, { position }] of items.entries()) {
    expect(await all(list(flat), position)).toEqual(items.slice(i + 1));
  }
});

test('readers that cannot be used', () => {
  expect(() => reader(JSON_FILE, 'k', { maxItems: -1 })).toThrow('field MaxItems must be positive');
  expect(() => reader(JSON_FILE, '')).toThrow("'Key'");
  expect(() => reader({ InputType: 'XML' })).toThrow("The InputType 'XML' cannot be read.");
  expect(() => reader({}, 'k', { parameters: {} })).toThrow("'Bucket'");
});
