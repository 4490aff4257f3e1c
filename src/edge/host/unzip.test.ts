/** Zips of which one byte is wrong: each is unpacked or refused, and nothing of it stays open. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { strToU8, zipSync } from 'fflate';
import { expect, onTestFinished, test } from 'vitest';
import { unzip, ZipError } from './unzip.ts';

const MUTATIONS = 5_000;
/** Far longer than any of them takes. */
const HANG_MS = 30_000;

function folder(): string {
  // In memory where there is such a place: a disk would take most of the time to sync.
  const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const path = mkdtempSync(join(base, 'steplight-unzip-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Files that this process has open below the folder, where the system tells. */
function openBelow(path: string): string[] {
  try {
    return readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const file = readlinkSync(`/proc/self/fd/${fd}`);
        return file.startsWith(path) ? [file] : [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

test('a data offset that leads nowhere is answered', async () => {
  const text =
    'UEsDBBQAAAAIAAAAIVyPXQ5eBQAAAGQAAAAEAJUAYS5qc6ugAwAAUEsDBBQAAAAIAAAAIVwnrgD1AwAAAAEAAAAHAAAAZC9i' +
    'LnR4dCsEAFBLAQIUABQAAAAIAAAAIVyPXQ5eBQAAAGQAAAAEAAAAAAAAAAAAAAAAAAAAAABhLmpzUEsBAhQAFAAAAAgAAAAh' +
    'XCeuAPUDAAAAAQAAAAcAAAAAAAAAAAAAAAAAJwAAAGQvYi50eHRQSwUGAAAAAAIAAgBnAAAATwAAAAAA';
  await expect(unzip(Buffer.from(text, 'base64'), folder())).rejects.toBeInstanceOf(ZipError);
});

test('every zip with one wrong byte is answered', { timeout: 120_000 }, async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`zips: seed ${seed}`);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  const good = zipSync({ 'a.js': strToU8('x'.repeat(100)), d: { 'b.txt': strToU8('b') } });
  const root = folder();
  let refused = 0;
  for (let n = 0; n < MUTATIONS; n++) {
    const bytes = good.slice();
    const at = random(bytes.length);
    bytes[at] = random(256);
    const dir = join(root, String(n));
    mkdirSync(dir);
    const outcome = await Promise.race([
      unzip(bytes, dir).then(
        () => 'unpacked',
        (error: unknown) => error,
      ),
      sleep(HANG_MS, 'no answer', { ref: false }),
    ]);
    if (outcome !== 'unpacked') {
      refused += 1;
      expect(outcome, `byte ${at} := ${bytes[at]}`).toBeInstanceOf(ZipError);
    }
    rmSync(dir, { recursive: true });
  }
  expect(refused).toBeGreaterThan(MUTATIONS / 10);
  expect(openBelow(root)).toEqual([]);
});
