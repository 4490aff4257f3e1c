import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ObjectStore } from '../service/ports/objects.ts';
import { objectFolder } from './object-folder.ts';

const PLACE = { account: '000000000000', region: 'us-east-1', bucket: 'b' };

let dir: string;
let objects: ObjectStore;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'steplight-objects-'));
  objects = objectFolder(dir);
});

afterEach(() => rmSync(dir, { recursive: true }));

function put(key: string, text = key): void {
  const path = join(dir, 'b', key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const ref = (key: string, more: object = {}) => ({ ...PLACE, key, ...more });

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function* chunks(...parts: string[]) {
  for (const part of parts) yield new TextEncoder().encode(part);
}

test('reads a file from anywhere', async () => {
  put('a/b.txt', 'hello');
  expect(await objects.sizeOf(ref('a/b.txt'))).toBe(5);
  expect(await text(objects.getObject(ref('a/b.txt'), 2))).toBe('llo');
  expect(Buffer.from(await objects.getRange(ref('a/b.txt'), 1, 3)).toString()).toBe('el');
  expect(Buffer.from(await objects.getRange(ref('a/b.txt'), 3, 99)).toString()).toBe('lo');
});

test('writes whole files or none', async () => {
  expect(await objects.putObject(ref('x/y/z'), chunks('ab', 'c'))).toEqual({ sizeBytes: 3 });
  expect(readFileSync(join(dir, 'b/x/y/z'), 'utf8')).toBe('abc');
  const broken = async function* () {
    yield new Uint8Array(3);
    throw new Error('no more');
  };
  await expect(objects.putObject(ref('x/y/z'), broken())).rejects.toThrow('no more');
  expect(readFileSync(join(dir, 'b/x/y/z'), 'utf8')).toBe('abc');
  expect(readdirSync(join(dir, '.writing'))).toEqual([]);
});

test('says what S3 says of what is not there', async () => {
  await expect(objects.sizeOf(ref('k'))).rejects.toMatchObject({ code: 'NoSuchBucket' });
  put('k');
  await expect(text(objects.getObject(ref('no'), 0))).rejects.toMatchObject({
    code: 'NoSuchKey',
    message: 'The specified key does not exist.',
  });
  await expect(objects.sizeOf(ref('k', { versionId: '1' }))).rejects.toMatchObject({
    code: 'NoSuchVersion',
  });
});

test('never leaves its folder', async () => {
  put('k');
  writeFileSync(join(dir, 'outside'), 'secret');
  for (const key of ['../outside', '../../etc/passwd', './k', 'a//k', '/k', 'k/', '', 'k\0']) {
    await expect(objects.sizeOf(ref(key))).rejects.toMatchObject({ code: 'NoSuchKey' });
    await expect(objects.putObject(ref(key), chunks('x'))).rejects.toMatchObject({
      code: 'InvalidKey',
    });
  }
  for (const bucket of ['..', '.', '.writing', 'a/b', '']) {
    const place = ref('outside', { bucket });
    await expect(objects.sizeOf(place)).rejects.toMatchObject({ code: 'NoSuchBucket' });
    await expect(objects.putObject(place, chunks('x'))).rejects.toMatchObject({
      code: 'InvalidKey',
    });
    await expect(objects.listObjects(place, '', '')).rejects.toMatchObject({
      code: 'NoSuchBucket',
    });
  }
});

test('lists keys in the order of their bytes, from anywhere', async () => {
  const keys = ['a', 'a!', 'a/b', 'a/b/c', 'a0', 'B', 'é', '\u{1F600}', '\uFF5E'];
  const files = keys.filter((key) => key !== 'a' && key !== 'a/b');
  for (const key of files) put(key);
  const sorted = files.sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
  const list = async (prefix: string, after: string) =>
    (await objects.listObjects(PLACE, prefix, after)).objects.map(({ key }) => key);
  expect(await list('', '')).toEqual(sorted);
  for (const after of [...keys, 'a/', 'a/b/', 'zz']) {
    const rest = sorted.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
    expect([after, await list('', after)]).toEqual([after, rest]);
  }
  for (const prefix of ['a', 'a/', 'a/b', 'a/b/', 'a/b/c', 'no']) {
    expect(await list(prefix, '')).toEqual(sorted.filter((key) => key.startsWith(prefix)));
  }
  const [first] = (await objects.listObjects(PLACE, 'a!', '')).objects;
  expect(first).toEqual({
    key: 'a!',
    sizeBytes: 2,
    modifiedAt: expect.any(Number),
    etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
  });
});

test('lists in pages', async () => {
  for (let i = 0; i < 1_001; i++) put(String(i).padStart(5, '0'), '');
  const first = await objects.listObjects(PLACE, '', '');
  expect([first.objects.length, first.more]).toEqual([1_000, true]);
  const second = await objects.listObjects(PLACE, '', first.objects.at(-1)!.key);
  expect([second.objects.length, second.more]).toEqual([1, false]);
});
