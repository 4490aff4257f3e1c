/** Parquet: every row an object. Row groups are read one after the other, a slice of rows at a time. */
import { isObject, type Json, type JsonObject } from '../../ground/json.ts';
import type { ObjectRef, ObjectStore } from '../ports/objects.ts';
import { type ItemSource, ItemsError, type SourceItem } from './source.ts';

const ROWS_MAX = 5_000;
/** Of the whole file; a file says in its last bytes where everything is. */
const FOOTER_BYTES_MAX = 5 * 1024 * 1024;

/** The position is the number of the next row. */
export function parquetRows(objects: ObjectStore, ref: ObjectRef): ItemSource {
  return { read: (position) => read(objects, ref, (position as number | null) ?? 0) };
}

async function* read(
  objects: ObjectStore,
  ref: ObjectRef,
  from: number,
): AsyncGenerator<SourceItem[]> {
  const [{ parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const sizeBytes = await objects.sizeOf(ref);
  const file = {
    byteLength: sizeBytes,
    async slice(start: number, end = sizeBytes): Promise<ArrayBuffer> {
      const { buffer, byteOffset, byteLength } = await objects.getRange(ref, start, end);
      return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    },
  };
  try {
    const metadata = await parquetMetadataAsync(file);
    if (metadata.metadata_length > FOOTER_BYTES_MAX) {
      throw new ItemsError('The footer of the Parquet file is larger than 5 MB.');
    }
    const rows = Number(metadata.num_rows);
    for (let rowStart = from; rowStart < rows; rowStart += ROWS_MAX) {
      const rowEnd = Math.min(rowStart + ROWS_MAX, rows);
      const found = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
      yield found.map((row, i) => ({ value: plain(row), position: rowStart + i + 1 }));
    }
  } catch (error) {
    if (error instanceof ItemsError || !(error instanceof Error)) throw error;
    throw new ItemsError(`The Parquet file cannot be read: ${error.message}`);
  }
}

/** Values that JSON has no form for: whole numbers, times as ISO 8601, bytes as Base64. */
function plain(value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value));
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value as Json;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, plain(member)]),
  ) as JsonObject;
}
