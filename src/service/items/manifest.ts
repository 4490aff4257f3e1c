/**
 * Manifests: lists of files whose items are the Map's. Of S3 Inventory, `manifest.json` with the
 * names of the columns; of an Athena UNLOAD, one `s3://…` address a line.
 */
import { isObject, type Json, type JsonObject, tryParseData } from '../../ground/json.ts';
import type { ObjectRef, ObjectStore } from '../ports/objects.ts';
import { contentOf, textOf } from './bytes.ts';
import { csvRecords } from './csv.ts';
import { nested } from './listing.ts';
import { parquetRows } from './parquet.ts';
import { type ItemSource, ItemsError } from './source.ts';

const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;

interface File {
  readonly ref: ObjectRef;
  readonly source: ItemSource;
}

/** `[file, inner]`. */
type Position = readonly [number, Json];

function files(list: () => Promise<readonly File[]>): ItemSource {
  return {
    async *read(position) {
      const [first, inner] = (position as Position | null) ?? [0, null];
      const all = await list();
      for (let i = first; i < all.length; i++) {
        const { ref, source } = all[i]!;
        yield* nested(source, ref, i === first ? inner : null, (at) => [i, at]);
      }
    },
  };
}

/** `open` reads one data file as the reader is configured to. */
export function athenaData(
  objects: ObjectStore,
  manifest: ObjectRef,
  open: (ref: ObjectRef) => ItemSource,
): ItemSource {
  return files(async () => {
    const lines = (await wholeText(objects, manifest)).split(/\r?\n/).map((line) => line.trim());
    return lines
      .filter((line) => line !== '')
      .map((line) => {
        const [, bucket, key] = /^"?s3:\/\/([^/]+)\/(.+?)"?$/i.exec(line) ?? [];
        if (!bucket || !key) throw new ItemsError(`The manifest has the invalid line '${line}'.`);
        const ref = { ...manifest, bucket, key };
        return { ref, source: open(ref) };
      });
  });
}

export function inventory(objects: ObjectStore, manifest: ObjectRef): ItemSource {
  return files(async () => {
    const json = tryParseData(await wholeText(objects, manifest));
    const { files: listed, destinationBucket, fileFormat, fileSchema } = isObject(json) ? json : {};
    if (!Array.isArray(listed) || typeof fileSchema !== 'string') {
      throw new ItemsError('The object is not a manifest of S3 Inventory.');
    }
    const bucket =
      typeof destinationBucket === 'string'
        ? destinationBucket.replace(/^arn:[^:]*:s3:::/, '')
        : manifest.bucket;
    const headers = fileSchema.split(',').map((name) => name.trim());
    return listed.map((file) => {
      const ref = { ...manifest, bucket, key: String((file as JsonObject).key) };
      return { ref, source: inventoryFile(objects, ref, String(fileFormat), headers) };
    });
  });
}

function inventoryFile(
  objects: ObjectStore,
  ref: ObjectRef,
  format: string,
  headers: readonly string[],
): ItemSource {
  if (format === 'Parquet') return parquetRows(objects, ref);
  if (format === 'CSV') return csvRecords(objects, ref, { delimiter: ',', headers });
  throw new ItemsError(`Inventory files of the format ${format} cannot be read.`);
}

async function wholeText(objects: ObjectStore, ref: ObjectRef): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of contentOf(objects, ref, 0)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MANIFEST_BYTES_MAX) throw new ItemsError('The manifest is too large.');
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return textOf(whole);
}
