/**
 * Buckets as folders of this machine: the object `KEY` of the bucket `BUCKET` is the file
 * `<dir>/BUCKET/KEY`. A bucket is there when its folder is; writing makes it. Whoever puts files
 * there by hand has put objects. Keys that are no path of files (empty, `.` or `..` between two
 * slashes, a slash at the end) do not exist here.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  ObjectError,
  type ObjectRef,
  type ObjectStore,
  type ObjectSummary,
} from '../service/ports/objects.ts';

const PAGE = 1_000;
const READ_BYTES = 256 * 1024;
/** Files being written stand here; no bucket has this name. */
const ASIDE = '.writing';
const BUCKET = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/;

/** @param dir made when something is written */
export function objectFolder(dir: string): ObjectStore {
  return new ObjectFolder(dir);
}

class ObjectFolder implements ObjectStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async sizeOf(ref: ObjectRef): Promise<number> {
    return (await this.#find(ref)).sizeBytes;
  }

  async *getObject(ref: ObjectRef, from: number): AsyncGenerator<Uint8Array> {
    const { path } = await this.#find(ref);
    const file = await opened(path);
    yield* file.createReadStream({ start: from, highWaterMark: READ_BYTES });
  }

  async getRange(ref: ObjectRef, start: number, end: number): Promise<Uint8Array> {
    const { path, sizeBytes } = await this.#find(ref);
    const bytes = Buffer.alloc(Math.max(0, Math.min(end, sizeBytes) - start));
    const file = await opened(path);
    try {
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async listObjects(
    { bucket }: Pick<ObjectRef, 'bucket'>,
    prefix: string,
    after: string,
  ): Promise<{ objects: ObjectSummary[]; more: boolean }> {
    const root = await this.#bucket(bucket);
    const objects: ObjectSummary[] = [];
    for await (const key of keysBelow(root, '', prefix, after)) {
      if (objects.length === PAGE) return { objects, more: true };
      const found = await statOf(join(root, key));
      if (!found) continue;
      const { size, mtimeMs } = found;
      const etag = createHash('md5').update(`${key}\n${size}\n${mtimeMs}`).digest('hex');
      const modifiedAt = Math.floor(mtimeMs);
      objects.push({ key, sizeBytes: size, modifiedAt, etag: `"${etag}"` });
    }
    return { objects, more: false };
  }

  async putObject(ref: ObjectRef, body: AsyncIterable<Uint8Array>): Promise<{ sizeBytes: number }> {
    const path = this.#path(ref);
    if (!path) throw new ObjectError('InvalidKey', `The key '${ref.key}' cannot be a file's name`);
    const aside = join(this.#dir, ASIDE, randomUUID());
    await mkdir(dirname(aside), { recursive: true });
    let sizeBytes = 0;
    try {
      const file = await open(aside, 'w');
      try {
        for await (const chunk of body) {
          await file.writeFile(chunk);
          sizeBytes += chunk.length;
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await mkdir(dirname(path), { recursive: true });
      await rename(aside, path);
    } catch (error) {
      await rm(aside, { force: true });
      throw error;
    }
    return { sizeBytes };
  }

  async #find(ref: ObjectRef): Promise<{ path: string; sizeBytes: number }> {
    await this.#bucket(ref.bucket);
    if (ref.versionId !== undefined) {
      throw new ObjectError('NoSuchVersion', 'The specified version does not exist.');
    }
    const path = this.#path(ref);
    const found = path === undefined ? undefined : await statOf(path);
    if (!path || !found) throw new ObjectError('NoSuchKey', 'The specified key does not exist.');
    return { path, sizeBytes: found.size };
  }

  async #bucket(bucket: string): Promise<string> {
    const path = join(this.#dir, bucket);
    const found = BUCKET.test(bucket) && (await stat(path).catch(() => undefined))?.isDirectory();
    if (!found) throw new ObjectError('NoSuchBucket', 'The specified bucket does not exist');
    return path;
  }

  #path({ bucket, key }: ObjectRef): string | undefined {
    const plain = key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
    if (!plain || key.includes('\0') || !BUCKET.test(bucket)) return undefined;
    return join(this.#dir, bucket, ...key.split('/'));
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    throw new ObjectError('AccessDenied', 'Access Denied');
  }
}

async function statOf(path: string) {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found : undefined;
}

/** Keys in the order of their UTF-8 bytes, from folders that can hold such keys only. */
async function* keysBelow(
  root: string,
  folder: string,
  prefix: string,
  after: string,
): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  // A folder's keys all begin with its name and a slash, which decides where they stand.
  const names = entries.map((entry) => ({
    isFolder: entry.isDirectory(),
    key: `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`,
  }));
  names.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  for (const { isFolder, key } of names) {
    if (!isFolder) {
      if (key.startsWith(prefix) && isAfter(key, after)) yield key;
    } else if (key.startsWith(prefix) || prefix.startsWith(key)) {
      if (isAfter(key, after) || after.startsWith(key)) {
        yield* keysBelow(root, key, prefix, after);
      }
    }
  }
}

const isAfter = (key: string, after: string): boolean =>
  after === '' || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
