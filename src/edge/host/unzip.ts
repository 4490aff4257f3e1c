/**
 * Unpacks a deployed zip into a folder: nothing lands outside of it, whatever the zip says, and
 * nothing is larger than Lambda allows. Every file is on disk for good when it resolves.
 */
import { mkdir, open, realpath, symlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { UNZIPPED_BYTES_MAX, ZIP_ENTRIES_MAX } from '../../function/limits.ts';

/** Why a zip is refused, in AWS's words. */
export class ZipError extends Error {
  override name = 'ZipError';
}

const UNREADABLE =
  'Could not unzip uploaded file. Please check your file, then try to upload again.';
const TOO_LARGE = `Unzipped size must be smaller than ${UNZIPPED_BYTES_MAX} bytes`;
const TOO_MANY = `A deployment package may have at most ${ZIP_ENTRIES_MAX} entries on this server`;
const EMPTY = 'Uploaded file must be a non-empty zip';

/** Unix file types in the upper half of the external attributes. */
const TYPE_MASK = 0o170000;
const SYMLINK = 0o120000;
const LINK_BYTES_MAX = 4_096;

/** @param dir an empty folder of its own */
export async function unzip(bytes: Uint8Array, dir: string): Promise<void> {
  if (bytes.length === 0) throw new ZipError(EMPTY);
  try {
    const zip = await yauzl.fromBufferPromise(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    );
    if (zip.entryCount === 0) throw new ZipError(EMPTY);
    if (zip.entryCount > ZIP_ENTRIES_MAX) throw new ZipError(TOO_MANY);
    await unpack(zip, await realpath(dir));
  } catch (error) {
    if (error instanceof ZipError || isOfDisk(error)) throw error;
    throw new ZipError(UNREADABLE);
  }
}

async function unpack(zip: ZipFile, root: string): Promise<void> {
  const folders = new Set([root]);
  const links: { file: string; target: string }[] = [];
  let left = UNZIPPED_BYTES_MAX;
  for await (const entry of zip.eachEntry()) {
    // yauzl refuses absolute names and `..`; this says it again where it matters.
    const file = join(root, entry.fileName);
    if (file !== root && !file.startsWith(root + sep)) throw new ZipError(UNREADABLE);
    if (entry.fileName.endsWith('/')) {
      await makeFolder(file, folders);
      continue;
    }
    left -= entry.uncompressedSize;
    if (left < 0) throw new ZipError(TOO_LARGE);
    await makeFolder(dirname(file), folders);
    const stream = await zip.openReadStreamPromise(entry);
    // yauzl's stream tells an error and stays open: who reads it after that would wait for ever.
    stream.on('error', (error) => stream.destroy(error));
    const mode = entry.externalFileAttributes >>> 16;
    if ((mode & TYPE_MASK) === SYMLINK)
      links.push({ file, target: await linkTarget(entry, stream) });
    else await writeFile(file, stream, mode);
  }
  // After all files, so that none is written through a link.
  for (const { file, target } of links) await makeLink(root, file, target);
  for (const folder of folders) await syncFolder(folder);
}

async function makeFolder(folder: string, made: Set<string>): Promise<void> {
  if (made.has(folder)) return;
  await mkdir(folder, { recursive: true, mode: 0o755 });
  made.add(folder);
}

async function writeFile(file: string, stream: Readable, mode: number): Promise<void> {
  // Zips of other systems carry no mode; the owner must always be able to delete it again.
  const permissions = (mode & 0o777) === 0 ? 0o644 : (mode & 0o777) | 0o600;
  const handle = await open(file, 'w', permissions);
  try {
    for await (const chunk of stream) await handle.writeFile(chunk as Buffer);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function linkTarget(entry: Entry, stream: Readable): Promise<string> {
  if (entry.uncompressedSize > LINK_BYTES_MAX) throw new ZipError(UNREADABLE);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** A link may lead to where the zip itself may write, and nowhere else. */
async function makeLink(root: string, file: string, target: string): Promise<void> {
  if (target.startsWith('/') || target.includes('\0')) throw new ZipError(UNREADABLE);
  if (isOutside(root, join(dirname(file), target))) throw new ZipError(UNREADABLE);
  await symlink(target, file);
  // Links over links may climb where their texts do not show it.
  const real = await realpath(file).catch(() => undefined);
  const climbs = target.split('/').includes('..');
  if (real === undefined ? climbs : isOutside(root, real)) throw new ZipError(UNREADABLE);
}

function isOutside(root: string, path: string): boolean {
  const from = relative(root, path);
  return from === '..' || from.startsWith(`..${sep}`);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Errors of the machine (disk full, no permission) are not the zip's. */
function isOfDisk(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return (
    typeof code === 'string' &&
    ['ENOSPC', 'EACCES', 'EROFS', 'EIO', 'EMFILE', 'EDQUOT'].includes(code)
  );
}
