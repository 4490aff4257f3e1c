/**
 * Bodies in the encoding `aws-chunked`: chunks with their size in front, signed or not, and trailers
 * after the last one. Decoded as they come: one piece in, at most a few out, nothing gathered.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html (signed chunks),
 * …/sigv4-streaming-trailers.html (with trailers). Codes and texts are those that S3 answers.
 */
import { Fault } from '../../ground/fault.ts';
import { header, type WireHeaders } from '../request.ts';
import { ByteReader } from './byte-reader.ts';

/** What the head of a request says of its chunks. */
export interface ChunkedForm {
  readonly signed: boolean;
  /** Names of the announced trailers, in lower case, without that of their signature. */
  readonly trailers: readonly string[];
  /** Length of what the chunks hold together. */
  readonly decodedSizeBytes: number;
}

/** Hears every chunk as it comes; what it throws ends the reading. */
export interface ChunkVerifier {
  /** A part of the current chunk. */
  update(part: Uint8Array): void;
  /** The chunk is whole; the last one is empty. */
  chunk(signature: string): void;
  /** All trailers but their signature, in the order in which they came. */
  trailers(trailers: ReadonlyMap<string, string>, signature: string): void;
}

const SIGNED = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
/** Values of x-amz-content-sha256 that announce chunks: signed?, with trailers? */
const FORMS: Readonly<Record<string, readonly [boolean, boolean]>> = {
  [SIGNED]: [true, false],
  [`${SIGNED}-TRAILER`]: [true, true],
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD': [true, false],
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER': [true, true],
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': [false, true],
};
const TRAILER_SIGNATURE = 'x-amz-trailer-signature';
/** Only the last chunk that holds something may be smaller. */
const CHUNK_SIZE_BYTES_MIN = 8192;
/** Size, extension and signature: far less in honest requests. */
const CHUNK_HEAD_BYTES_MAX = 1024;
const TRAILER_BYTES_MAX = 8192;

/**
 * The form of a request's chunks; undefined where it has none. Throws MissingContentLength without
 * a decoded length, InvalidArgument for a form that does not exist.
 */
export function chunkedForm(headers: WireHeaders): ChunkedForm | undefined {
  const hash = header(headers, 'x-amz-content-sha256');
  if (!hash?.startsWith('STREAMING-')) return undefined;
  const form = Object.hasOwn(FORMS, hash) ? FORMS[hash] : undefined;
  if (!form) throw unknownForm();
  const [signed, trailing] = form;
  const decoded = header(headers, 'x-amz-decoded-content-length');
  if (decoded === undefined) {
    throw new Fault('MissingContentLength', 'You must provide the Content-Length HTTP header.', {
      status: 411,
    });
  }
  if (!/^\d{1,15}$/.test(decoded)) throw incompleteBody();
  const announced = trailing ? (header(headers, 'x-amz-trailer') ?? '') : '';
  const trailers = announced.split(',').map((name) => name.trim().toLowerCase());
  return { signed, trailers: trailers.filter(Boolean), decodedSizeBytes: Number(decoded) };
}

/** Content-Encoding without `aws-chunked`, which is not the object's; undefined where none is left. */
export function contentEncodingOf(headers: WireHeaders): string | undefined {
  const encodings = (header(headers, 'content-encoding') ?? '').split(',').map((s) => s.trim());
  const left = encodings.filter((name) => name !== '' && name.toLowerCase() !== 'aws-chunked');
  return left.length > 0 ? left.join(',') : undefined;
}

/** The payload of a chunked body; can be iterated once. */
export class ChunkedBody implements AsyncIterable<Uint8Array> {
  readonly #source: ByteReader;
  readonly #form: ChunkedForm;
  readonly #verifier: ChunkVerifier | undefined;
  readonly #trailers = new Map<string, string>();

  constructor(source: AsyncIterable<Uint8Array>, form: ChunkedForm, verifier?: ChunkVerifier) {
    this.#source = new ByteReader(source);
    this.#form = form;
    this.#verifier = verifier;
  }

  /** Values by name in lower case; complete when the last piece has been read. */
  get trailers(): ReadonlyMap<string, string> {
    return this.#trailers;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const { decodedSizeBytes } = this.#form;
    let sizeBytes = 0;
    let previous = CHUNK_SIZE_BYTES_MIN;
    try {
      for (let number = 1; ; number++) {
        const chunk = await this.#head();
        if (chunk.sizeBytes > 0 && previous < CHUNK_SIZE_BYTES_MIN) {
          throw chunkTooSmall(number, previous);
        }
        sizeBytes += chunk.sizeBytes;
        if (sizeBytes > decodedSizeBytes) throw wrongLength(decodedSizeBytes, sizeBytes);
        for (let left = chunk.sizeBytes; left > 0; ) {
          const part = await this.#source.some(left);
          if (!part) throw incompleteBody();
          left -= part.length;
          this.#verifier?.update(part);
          yield part;
        }
        if (this.#form.signed) this.#verifier?.chunk(chunk.signature);
        if (chunk.sizeBytes === 0) break;
        if ((await this.#source.line(1)) !== '') throw incompleteBody();
        previous = chunk.sizeBytes;
      }
      if (sizeBytes !== decodedSizeBytes) throw wrongLength(decodedSizeBytes, sizeBytes);
      await this.#end();
    } finally {
      await this.#source.close();
    }
  }

  /** `10000;chunk-signature=…` */
  async #head(): Promise<{ readonly sizeBytes: number; readonly signature: string }> {
    const line = await this.#source.line(CHUNK_HEAD_BYTES_MAX);
    const match = /^([0-9a-fA-F]{1,13})(?:;chunk-signature=([0-9a-fA-F*]+))?$/.exec(line ?? '');
    if (!match || (this.#form.signed && match[2] === undefined)) throw incompleteBody();
    return { sizeBytes: Number.parseInt(match[1]!, 16), signature: match[2] ?? '' };
  }

  /** Trailers and the empty line, which some clients put before them and some leave out. */
  async #end(): Promise<void> {
    const { signed, trailers } = this.#form;
    let signature: string | undefined;
    while (!(await this.#source.atEnd())) {
      const line = await this.#source.line(TRAILER_BYTES_MAX);
      if (line === '') continue;
      if (line === undefined) throw incompleteBody();
      const colon = line.indexOf(':');
      const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
      const value = line.slice(colon + 1).trim();
      if (name === TRAILER_SIGNATURE && signed && signature === undefined) signature = value;
      else if (trailers.includes(name) && !this.#trailers.has(name))
        this.#trailers.set(name, value);
      else throw malformedTrailer();
    }
    if (this.#trailers.size !== trailers.length) throw malformedTrailer();
    if (signed && trailers.length > 0) {
      if (signature === undefined) throw incompleteBody();
      this.#verifier?.trailers(this.#trailers, signature);
    }
  }
}

function incompleteBody(): Fault {
  return new Fault('IncompleteBody', 'The request body terminated unexpectedly');
}

function wrongLength(expected: number, provided: number): Fault {
  return new Fault(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
    { members: { NumberBytesExpected: expected, NumberBytesProvided: provided } },
  );
}

/** S3 notices a chunk that is too small when another one follows it, and counts that one. */
function chunkTooSmall(chunk: number, sizeBytes: number): Fault {
  return new Fault(
    'InvalidChunkSizeError',
    'Only the last chunk is allowed to have a size less than 8192 bytes',
    { status: 403, members: { Chunk: chunk, BadChunkSize: sizeBytes } },
  );
}

function malformedTrailer(): Fault {
  return new Fault(
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our ' +
      'published schema.',
  );
}

function unknownForm(): Fault {
  const forms = ['UNSIGNED-PAYLOAD', ...Object.keys(FORMS)].join(', ');
  return new Fault(
    'InvalidArgument',
    `x-amz-content-sha256 must be ${forms} or a valid sha256 value.`,
  );
}
