/**
 * What a request promises of its body, and whether the body keeps it: `x-amz-checksum-*` in a header
 * or a trailer, and Content-MD5. For operations with the trait `httpChecksum`. A digest is updated
 * part by part; a broken promise is known when the body has ended.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 * Codes and texts are those that S3 answers.
 */
import { Fault } from '../../ground/fault.ts';
import { fromBase64, toBase64 } from '../bytes.ts';
import { header, type WireHeaders } from '../request.ts';
import { newCrc32, newCrc32c, newCrc64Nvme } from './crc.ts';
import type { Digest, NewDigest } from './digest.ts';

/** What the edge has for computing digests. */
export interface Digests {
  readonly hash: NewDigest;
  /** The host's own CRC-32, where it is faster than ours. */
  readonly crc32?: ((part: Uint8Array, before: number) => number) | undefined;
}

/** One checksum that a request promises. */
export interface Promised {
  readonly algorithm: string;
  /** The header or trailer that gives it, in lower case. */
  readonly name: string;
  /** Undefined where it comes as a trailer. */
  readonly value: Uint8Array | undefined;
}

interface Algorithm {
  readonly sizeBytes: number;
  begin(digests: Digests): Digest;
}

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  CRC32: { sizeBytes: 4, begin: ({ crc32 }) => newCrc32(crc32) },
  CRC32C: { sizeBytes: 4, begin: () => newCrc32c() },
  CRC64NVME: { sizeBytes: 8, begin: () => newCrc64Nvme() },
  MD5: { sizeBytes: 16, begin: ({ hash }) => hash('MD5') },
  SHA1: { sizeBytes: 20, begin: ({ hash }) => hash('SHA-1') },
  SHA256: { sizeBytes: 32, begin: ({ hash }) => hash('SHA-256') },
  SHA512: { sizeBytes: 64, begin: ({ hash }) => hash('SHA-512') },
};
/** S3 takes these, too; they are not computed here. */
const NOT_COMPUTED: ReadonlySet<string> = new Set(['XXHASH64', 'XXHASH3', 'XXHASH128']);
const PREFIX = 'x-amz-checksum-';
/** Headers that begin like a checksum and are none. */
const OTHERS: ReadonlySet<string> = new Set(['algorithm', 'mode', 'type']);

/**
 * The checksums that a request promises. `trailers` are those that its chunks announce. Throws what
 * S3 answers to promises that contradict each other, cannot be read or are missing.
 */
export function promisedChecksums(
  headers: WireHeaders,
  trailers: readonly string[],
  required: boolean,
): readonly Promised[] {
  const promised = [...inHeaders(headers), ...inTrailers(headers, trailers)];
  const [first, second] = promised;
  if (second) {
    const many = '. Multiple checksum Types are not allowed.';
    throw invalidRequest(`Expecting a single ${PREFIX} header${second.value ? many : ''}`);
  }
  checkAlgorithm(headers, first);
  const md5 = contentMd5(headers);
  if (required && !first && !md5) {
    throw invalidRequest(
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    );
  }
  return md5 ? [...promised, md5] : promised;
}

/** Compares a body with what was promised of it. */
export class ChecksumCheck {
  readonly #sums: readonly { readonly promised: Promised; readonly digest: Digest }[];

  constructor(promised: readonly Promised[], digests: Digests) {
    this.#sums = promised.map((one) => ({
      promised: one,
      digest: ALGORITHMS[one.algorithm]!.begin(digests),
    }));
  }

  update(part: Uint8Array): void {
    for (const { digest } of this.#sums) digest.update(part);
  }

  /** After the last part. Throws BadDigest, or InvalidRequest for a trailer that is no checksum. */
  end(trailers?: ReadonlyMap<string, string>): void {
    for (const { promised, digest } of this.#sums) {
      const { algorithm, name } = promised;
      const expected = promised.value ?? checksumOf(algorithm, trailers?.get(name) ?? '');
      if (!expected) throw invalidRequest(`Value for ${name} trailing header is invalid.`);
      const computed = digest.digest();
      if (expected.some((byte, at) => byte !== computed[at])) {
        throw badDigest(promised, expected, computed);
      }
    }
  }
}

/** The parts of a body, and BadDigest after the last one where it is not what was promised. */
export async function* checkedBody(
  body: AsyncIterable<Uint8Array>,
  check: ChecksumCheck,
  trailers?: ReadonlyMap<string, string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const part of body) {
    check.update(part);
    yield part;
  }
  check.end(trailers);
}

function inHeaders(headers: WireHeaders): Promised[] {
  return Object.keys(headers).flatMap((name) => {
    if (!name.startsWith(PREFIX) || OTHERS.has(name.slice(PREFIX.length))) return [];
    const algorithm = algorithmOf(name);
    if (!algorithm) {
      throw invalidRequest(
        'The algorithm type you specified in x-amz-checksum- header is invalid.',
      );
    }
    const value = checksumOf(algorithm, header(headers, name) ?? '');
    if (!value) throw invalidRequest(`Value for ${name} header is invalid.`);
    return [{ algorithm, name, value }];
  });
}

function inTrailers(headers: WireHeaders, trailers: readonly string[]): Promised[] {
  if (trailers.length === 0 && header(headers, 'x-amz-trailer') !== undefined) {
    throw new Fault(
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our ' +
        'published schema.',
    );
  }
  return trailers.map((name) => {
    const algorithm = algorithmOf(name);
    if (!algorithm) {
      throw invalidRequest('The value specified in the x-amz-trailer header is not supported');
    }
    return { algorithm, name, value: undefined };
  });
}

function contentMd5(headers: WireHeaders): Promised | undefined {
  const name = 'content-md5';
  const text = header(headers, name);
  if (text === undefined) return undefined;
  const value = checksumOf('MD5', text);
  if (!value) throw new Fault('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  return { algorithm: 'MD5', name, value };
}

/** The SDK says which algorithm it used; it must have used it. */
function checkAlgorithm(headers: WireHeaders, promised: Promised | undefined): void {
  const told = header(headers, 'x-amz-sdk-checksum-algorithm')?.trim().toUpperCase();
  if (!told) return;
  if (!promised) {
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or ' +
        'x-amz-trailer headers were found.',
    );
  }
  if (told !== promised.algorithm) {
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
}

function algorithmOf(name: string): string | undefined {
  if (!name.startsWith(PREFIX)) return undefined;
  const algorithm = name.slice(PREFIX.length).toUpperCase();
  if (NOT_COMPUTED.has(algorithm)) {
    throw new Fault('NotImplemented', `Steplight does not compute checksums by ${algorithm}.`, {
      side: 'server',
    });
  }
  return Object.hasOwn(ALGORITHMS, algorithm) ? algorithm : undefined;
}

/** The bytes of a checksum; undefined where the text is none. */
function checksumOf(algorithm: string, text: string): Uint8Array | undefined {
  const value = fromBase64(text.trim());
  return value?.length === ALGORITHMS[algorithm]!.sizeBytes ? value : undefined;
}

function badDigest(promised: Promised, expected: Uint8Array, computed: Uint8Array): Fault {
  if (promised.name !== 'content-md5') {
    return new Fault(
      'BadDigest',
      `The ${promised.algorithm} you specified did not match the calculated checksum.`,
    );
  }
  const hex = [...expected].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return new Fault('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
    members: { ExpectedDigest: hex, CalculatedDigest: toBase64(computed) },
  });
}

function invalidRequest(message: string): Fault {
  return new Fault('InvalidRequest', message);
}
