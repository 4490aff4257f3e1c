/** An object's bytes as they are meant: decompressed where they are gzip or Zstandard. */
import { ObjectError, type ObjectRef, type ObjectStore } from '../ports/objects.ts';
import { ItemsError } from './source.ts';

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
/** Zstandard is decompressed in one piece. */
const ZSTD_BYTES_MAX = 512 * 1024 * 1024;

/** Chunks from the byte `from` of the decompressed content on. */
export async function* contentOf(
  objects: ObjectStore,
  ref: ObjectRef,
  from: number,
): AsyncGenerator<Uint8Array> {
  const head = await objects.getRange(ref, 0, ZSTD.length);
  if (begins(head, GZIP)) return yield* skip(gunzipped(objects, ref), from);
  if (begins(head, ZSTD)) return yield* skip(unzstd(objects, ref), from);
  yield* objects.getObject(ref, from);
}

const begins = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, i) => bytes[i] === byte);

async function* gunzipped(objects: ObjectStore, ref: ObjectRef): AsyncGenerator<Uint8Array> {
  const plain = streamOf(objects.getObject(ref, 0)).pipeThrough(new DecompressionStream('gzip'));
  try {
    yield* plain as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof ObjectError || !(error instanceof Error)) throw error;
    throw new ItemsError(`The object ${ref.key} is not valid gzip: ${error.message}`);
  }
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<BufferSource> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

async function* unzstd(objects: ObjectStore, ref: ObjectRef): AsyncGenerator<Uint8Array> {
  const sizeBytes = await objects.sizeOf(ref);
  if (sizeBytes > ZSTD_BYTES_MAX) {
    throw new ItemsError(`The object ${ref.key} is too large to be decompressed.`);
  }
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for await (const chunk of objects.getObject(ref, 0)) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  const { decompressZstd } = await import('hyparquet-compressors');
  try {
    yield decompressZstd(whole);
  } catch (error) {
    throw new ItemsError(`The object ${ref.key} is not valid Zstandard: ${String(error)}`);
  }
}

async function* skip(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of chunks) {
    if (left >= chunk.length) {
      left -= chunk.length;
      continue;
    }
    yield chunk.subarray(left);
    left = 0;
  }
}

/** Bytes that have come and are not used up, as one run that grows at its end. */
export class Pending {
  #bytes = new Uint8Array(0);
  /** Position of the first byte in the content. */
  at: number;

  constructor(at: number) {
    this.at = at;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  add(chunk: Uint8Array): void {
    if (this.#bytes.length === 0) {
      this.#bytes = chunk as Uint8Array<ArrayBuffer>;
      return;
    }
    const joined = new Uint8Array(this.#bytes.length + chunk.length);
    joined.set(this.#bytes);
    joined.set(chunk, this.#bytes.length);
    this.#bytes = joined;
  }

  use(count: number): void {
    this.#bytes = this.#bytes.subarray(count);
    this.at += count;
  }
}

const decoder = new TextDecoder();

/** Text of UTF-8 bytes; a byte order mark at the beginning goes. */
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);
