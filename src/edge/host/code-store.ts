/**
 * Deployed code under `<dir>/<sha256>`: the zip and its unpacked files, written and fsynced aside and
 * then renamed, so that a folder of that name is always whole. And folders of this machine that
 * functions use where they are.
 */
import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Fault } from '../../ground/fault.ts';
import type { CodeStore, StoredCode } from '../../service/lambda/ports.ts';
import { unzip, ZipError } from './unzip.ts';

const ZIP_NAME = 'code.zip';
const TASK_NAME = 'task';
/** Above the code, so that no package.json further up says what kind of modules its files are. */
const SCOPE_NAME = 'package.json';
const HASH = /^[0-9a-f]{64}$/;
/** A folder is looked at again this long after the last look. */
const LOOK_AGAIN_MS = 200;
/** What changes without the function changing. */
const SKIPPED = new Set(['node_modules', '.git', '__pycache__', '.venv', '.steplight']);
const WATCHED_FILES_MAX = 5_000;

interface Look {
  readonly at: number;
  readonly found: Promise<string>;
}

/** @param dir made where it is not there */
export function codeStore(dir: string): CodeStore {
  return new FolderCodeStore(dir);
}

class FolderCodeStore implements CodeStore {
  readonly #dir: string;
  readonly #looks = new Map<string, Look>();
  /** A file's time may be a little behind what it was set to. */
  readonly #openedAt = Date.now() - 2;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async put(zip: Uint8Array): Promise<StoredCode> {
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', zip as BufferSource));
    const hash = digest.toString('hex');
    const stored = { hash, sha256: digest.toString('base64'), sizeBytes: zip.length };
    const home = join(this.#dir, hash);
    if (await touch(home)) return stored;
    const aside = join(this.#dir, `tmp-${randomUUID()}`);
    try {
      await mkdir(join(aside, TASK_NAME), { recursive: true });
      await unzip(zip, join(aside, TASK_NAME));
      await writeSynced(join(aside, SCOPE_NAME), new TextEncoder().encode('{}\n'));
      await writeSynced(join(aside, ZIP_NAME), zip);
      await syncFolder(aside);
      await rename(aside, home).catch(async (error: unknown) => {
        // Somebody else has just stored the same.
        if (!(await touch(home))) throw error;
      });
      await syncFolder(this.#dir);
      return stored;
    } catch (error) {
      if (!(error instanceof ZipError)) throw error;
      throw invalid(error.message);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }

  dirOf(hash: string): string {
    return join(this.#dir, hash, TASK_NAME);
  }

  locationOf(hash: string): string {
    return pathToFileURL(join(this.#dir, hash, ZIP_NAME)).href;
  }

  async folder(path: string): Promise<{ dir: string; fingerprint: string }> {
    if (!isAbsolute(path)) {
      throw invalid(`The folder of a function is an absolute path, which '${path}' is not`);
    }
    const now = performance.now();
    let look = this.#looks.get(path);
    if (!look || now - look.at > LOOK_AGAIN_MS) {
      look = { at: now, found: fingerprint(path) };
      this.#looks.set(path, look);
    }
    try {
      return { dir: path, fingerprint: await look.found };
    } catch {
      this.#looks.delete(path);
      throw invalid(`There is no folder ${path} on this machine`);
    }
  }

  async keepOnly(hashes: readonly string[]): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    const kept = new Set(hashes);
    for (const name of await readdir(this.#dir)) {
      if (kept.has(name) || !(HASH.test(name) || name.startsWith('tmp-'))) continue;
      // What came since this server began may belong to a function that is being made.
      const found = await stat(join(this.#dir, name)).catch(() => undefined);
      if (!found || found.mtimeMs >= this.#openedAt) continue;
      await rm(join(this.#dir, name), { recursive: true, force: true });
    }
  }
}

const invalid = (text: string): Fault =>
  new Fault('InvalidParameterValueException', text, { status: 400, members: { Type: 'User' } });

/** Changes with every file that is written, added, removed or renamed below the folder. */
async function fingerprint(path: string): Promise<string> {
  let files = 0;
  let bytes = 0;
  let latest = 0;
  const walk = async (folder: string): Promise<void> => {
    const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
    latest = Math.max(latest, (await stat(folder)).mtimeMs);
    for (const entry of entries) {
      if (files >= WATCHED_FILES_MAX || SKIPPED.has(entry.name)) continue;
      const at = join(folder, entry.name);
      if (entry.isDirectory()) {
        await walk(at);
        continue;
      }
      const found = await stat(at).catch(() => undefined);
      if (!found) continue;
      files += 1;
      bytes += found.size;
      latest = Math.max(latest, found.mtimeMs);
    }
  };
  await walk(path);
  return `${files}-${bytes}-${latest}`;
}

/** False where there is no such folder; else it is as new as now. */
async function touch(folder: string): Promise<boolean> {
  const now = new Date();
  return utimes(folder, now, now).then(
    () => true,
    () => false,
  );
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'w', 0o644);
  await handle
    .writeFile(bytes)
    .then(() => handle.sync())
    .finally(() => handle.close());
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
