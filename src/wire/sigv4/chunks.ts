/**
 * The chain of signatures of a chunked body: each chunk's signature covers the one before it, the
 * first that of the request's head, the trailers' that of the last chunk.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
import { Fault } from '../../ground/fault.ts';
import type { ChunkVerifier } from '../stream/aws-chunked.ts';
import type { Digest, NewDigest } from '../stream/digest.ts';

/** HMAC-SHA256 of the UTF-8 bytes of `text`. */
export type Hmac = (key: Uint8Array, text: string) => Uint8Array;

export interface ChunkSigning {
  /** The derived key, see `signingKey`. */
  readonly key: Uint8Array;
  /** As in X-Amz-Date. */
  readonly timestamp: string;
  /** Such as `20130524/us-east-1/s3/aws4_request`. */
  readonly scope: string;
  /** The signature of the request's head. */
  readonly seed: string;
}

/** SHA-256 of nothing, which stands where a chunk could have headers. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The key that a secret gives for a credential scope. */
export function signingKey(secret: string, scope: string, hmac: Hmac): Uint8Array {
  const first: Uint8Array = new TextEncoder().encode(`AWS4${secret}`);
  return scope.split('/').reduce(hmac, first);
}

/** A verifier for one body; throws SignatureDoesNotMatch at the first signature that is wrong. */
export function chunkSignatures(
  { key, timestamp, scope, seed }: ChunkSigning,
  newDigest: NewDigest,
  hmac: Hmac,
): ChunkVerifier {
  let previous = seed;
  let current: Digest = newDigest('SHA-256');
  const check = (kind: string, lines: readonly string[], signature: string): void => {
    const text = [`AWS4-HMAC-SHA256-${kind}`, timestamp, scope, previous, ...lines].join('\n');
    previous = hex(hmac(key, text));
    if (!same(previous, signature.toLowerCase())) throw doesNotMatch();
  };
  return {
    update: (part) => current.update(part),
    chunk: (signature) => {
      check('PAYLOAD', [EMPTY, hex(current.digest())], signature);
      current = newDigest('SHA-256');
    },
    trailers: (trailers, signature) => {
      const lines = [...trailers].map(([name, value]) => `${name}:${value}\n`);
      current.update(new TextEncoder().encode(lines.join('')));
      check('TRAILER', [hex(current.digest())], signature);
    },
  };
}

/** Takes as long for any two texts of one length. */
function same(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

function doesNotMatch(): Fault {
  return new Fault(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your ' +
      'key and signing method.',
    { status: 403 },
  );
}
