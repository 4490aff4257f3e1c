import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { startHost, temporaryFolder, version } from '../../../test/support/function-host.ts';
import { codeStore } from './code-store.ts';

const UNREADABLE =
  'Could not unzip uploaded file. Please check your file, then try to upload again.';

/** A file with its Unix mode, as `zip` on Unix writes it. */
const file = (text: string, mode = 0o100644): Zippable[string] => [
  strToU8(text),
  { os: 3, attrs: mode << 16 },
];

async function refusal(zip: Uint8Array): Promise<string> {
  const dir = temporaryFolder();
  const outcome = await codeStore(dir)
    .put(zip)
    .then(
      () => 'accepted',
      (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
    );
  expect(readdirSync(dir)).toEqual([]);
  return outcome;
}

/** Rewrites the uncompressed size in both headers: a zip that lies about its size. */
function lying(zip: Uint8Array, from: number, to: number): Uint8Array {
  const bytes = Buffer.from(zip);
  const needle = Buffer.alloc(4);
  needle.writeUInt32LE(from);
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
    bytes.writeUInt32LE(to, at);
  }
  return bytes;
}

describe('a deployed zip', () => {
  test('is unpacked under its hash, once, with its modes and the zip itself', async () => {
    const dir = temporaryFolder();
    const store = codeStore(dir);
    const zip = zipSync({
      'index.js': file('exports.x = 1;'),
      bin: { bootstrap: file('#!/bin/sh', 0o100755) },
      'empty/': [new Uint8Array(), { os: 3, attrs: 0o40755 << 16 }],
      'secret.txt': file('s', 0o100000),
    });
    const [first, second] = await Promise.all([store.put(zip), store.put(zip)]);
    expect(first).toEqual(second);
    expect(first.sizeBytes).toBe(zip.length);
    expect(Buffer.from(first.sha256, 'base64').toString('hex')).toBe(first.hash);
    expect(readdirSync(dir)).toEqual([first.hash]);
    const task = store.dirOf(first.hash);
    expect(readFileSync(join(task, 'index.js'), 'utf8')).toBe('exports.x = 1;');
    expect(statSync(join(task, 'bin/bootstrap')).mode & 0o777).toBe(0o755);
    expect(statSync(join(task, 'secret.txt')).mode & 0o777).toBe(0o644);
    expect(statSync(join(task, 'empty')).isDirectory()).toBe(true);
    expect(readFileSync(new URL(store.locationOf(first.hash)))).toEqual(Buffer.from(zip));
  });

  test('is CommonJS unless it says otherwise, whatever lies around the data folder', async () => {
    const project = temporaryFolder();
    writeFileSync(join(project, 'package.json'), '{"type":"module"}');
    const store = codeStore(join(project, '.steplight/code'));
    const { hash } = await store.put(zipSync({ 'index.js': file('exports.handler = () => 1;') }));
    const host = await startHost();
    const fn = version(store.dirOf(hash), { handler: 'index.handler' });
    expect((await host.call(fn)).value).toBeNull();
    const esm = zipSync({
      'package.json': file('{"type":"module"}'),
      'index.js': file('export const handler = async () => 2;'),
    });
    const dir = store.dirOf((await store.put(esm)).hash);
    expect((await host.call({ ...fn, codeDir: dir, revision: '2' })).value).toBe(2);
  });

  test('may have links that stay inside', async () => {
    const store = codeStore(temporaryFolder());
    const zip = zipSync({
      'lib/real.js': file('1'),
      'bin/link.js': file('../lib/real.js', 0o120777),
    });
    const task = store.dirOf((await store.put(zip)).hash);
    expect(readlinkSync(join(task, 'bin/link.js'))).toBe('../lib/real.js');
    expect(readFileSync(join(task, 'bin/link.js'), 'utf8')).toBe('1');
  });

  const evil: Record<string, Zippable> = {
    'climbs out': { '../evil.js': file('x') },
    'climbs out in the middle': { 'a/../../evil.js': file('x') },
    'is absolute': { '/tmp/steplight-evil.js': file('x') },
    'names a drive': { 'C:/evil.js': file('x') },
    'has a link to an absolute path': { link: file('/etc/passwd', 0o120777) },
    'has a link that climbs out': { 'a/link': file('../../etc', 0o120777) },
    'has links that climb out together': {
      a: file('.', 0o120777),
      b: file('a/..', 0o120777),
    },
    'writes through a link': {
      dir: file('/tmp', 0o120777),
      'dir/evil.js': file('x'),
    },
  };
  for (const [what, entries] of Object.entries(evil)) {
    test(`is refused when it ${what}`, async () => {
      expect(await refusal(zipSync(entries))).toBe(`InvalidParameterValueException: ${UNREADABLE}`);
      expect(existsSync('/tmp/evil.js')).toBe(false);
      expect(existsSync('/tmp/steplight-evil.js')).toBe(false);
    });
  }

  test('is refused when it is none, is cut off, or is empty', async () => {
    const zip = zipSync({ 'index.js': file('x'.repeat(5_000)) });
    expect(await refusal(strToU8('not a zip'))).toContain(UNREADABLE);
    expect(await refusal(zip.subarray(0, zip.length - 30))).toContain(UNREADABLE);
    expect(await refusal(new Uint8Array())).toContain('non-empty zip');
    expect(await refusal(zipSync({}))).toContain('non-empty zip');
  });

  test('is refused when it unpacks to more than Lambda allows', async () => {
    const zeros = new Uint8Array(60_000_000);
    const zip = zipSync(
      Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`${n}.bin`, [zeros, { level: 1 }]])),
    );
    expect(await refusal(zip)).toContain('Unzipped size must be smaller than 262144000 bytes');
  });

  test('is refused when its sizes are lies', async () => {
    const zip = zipSync({ 'a.bin': [new Uint8Array(3_000_017), { level: 9 }] });
    expect(await refusal(lying(zip, 3_000_017, 10))).toContain(UNREADABLE);
  });

  test('is refused when it has too many entries', async () => {
    const entries: Zippable = {};
    for (let n = 0; n <= 50_000; n++) entries[`d/${n}`] = [new Uint8Array(), { level: 0 }];
    expect(await refusal(zipSync(entries))).toContain('at most 50000 entries');
  });
});

test('what no function uses is deleted, with what a crash has left', async () => {
  const dir = temporaryFolder();
  const store = codeStore(dir);
  const kept = await store.put(zipSync({ a: file('1') }));
  await store.put(zipSync({ a: file('2') }));
  const again = zipSync({ a: file('3') });
  const used = await store.put(again);
  mkdirSync(join(dir, 'tmp-left-over/task'), { recursive: true });
  await sleep(20);
  const next = codeStore(dir);
  // Deployed again since the start: its function may not be stored yet.
  await next.put(again);
  await next.keepOnly([kept.hash]);
  expect(readdirSync(dir).sort()).toEqual([kept.hash, used.hash].sort());
});

describe('a folder of this machine', () => {
  test('has another fingerprint after each kind of change', async () => {
    const store = codeStore(temporaryFolder());
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'lib'));
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'index.js'), '1');
    const look = async (): Promise<string> => {
      await sleep(210);
      return (await store.folder(folder)).fingerprint;
    };
    const seen = [await look()];
    writeFileSync(join(folder, 'node_modules/dep.js'), '1');
    expect(await look()).toBe(seen[0]);
    writeFileSync(join(folder, 'index.js'), '2');
    seen.push(await look());
    writeFileSync(join(folder, 'lib/more.js'), '');
    seen.push(await look());
    expect(new Set(seen).size).toBe(3);
  });

  test('is refused where it is not there or not absolute', async () => {
    const store = codeStore(temporaryFolder());
    await expect(store.folder('/no/such/folder')).rejects.toThrow('There is no folder');
    await expect(store.folder('relative')).rejects.toThrow('absolute path');
  });
});
