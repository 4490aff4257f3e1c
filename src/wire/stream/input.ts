/**
 * The body that an operation takes, made of what comes from the client: chunks decoded, checksums
 * compared, whole or as a stream as the model says.
 */
import type { Operation } from '../model/shapes.ts';
import { type Body, header, type WireHead } from '../request.ts';
import { ChunkedBody, type ChunkedForm, chunkedForm } from './aws-chunked.ts';
import { ChecksumCheck, checkedBody, type Digests, promisedChecksums } from './checksums.ts';
import { type BodySource, heldBody } from './source.ts';

/** A body that is handed on as it comes. It can be iterated once, and is whole when that ends. */
export interface StreamedBody extends AsyncIterable<Uint8Array> {
  /** As the client announced it; undefined where it did not. */
  readonly sizeBytes: number | undefined;
  /** By name in lower case; complete when the body has been read. */
  readonly trailers: ReadonlyMap<string, string>;
}

const NO_TRAILERS: ReadonlyMap<string, string> = new Map();

/** Whether the body goes to the handler as it comes. */
export function takesStream({ streamsInput, eventStreamInput }: Operation): boolean {
  return streamsInput || eventStreamInput;
}

/** Throws, or fails at its end, with the Fault of what is wrong with the body. */
export function inputBody(
  operation: Operation,
  head: WireHead,
  source: BodySource,
  digests: Digests,
): Body | Promise<Body> {
  const form = chunkedForm(head.headers);
  const check = checkOf(operation, head, form, digests);
  if (takesStream(operation)) {
    return streamed(source.pieces(), head, form, check);
  }
  if (!form && !check) return source.whole();
  return gathered(source, form, check);
}

function checkOf(
  { checksum }: Operation,
  { headers }: WireHead,
  form: ChunkedForm | undefined,
  digests: Digests,
): ChecksumCheck | undefined {
  if (checksum === undefined) return undefined;
  const promised = promisedChecksums(headers, form?.trailers ?? [], checksum === 'required');
  return promised.length > 0 ? new ChecksumCheck(promised, digests) : undefined;
}

function streamed(
  pieces: AsyncIterable<Uint8Array>,
  { headers }: WireHead,
  form: ChunkedForm | undefined,
  check: ChecksumCheck | undefined,
): StreamedBody {
  const chunked = form && new ChunkedBody(pieces, form);
  const trailers = chunked?.trailers ?? NO_TRAILERS;
  const body = check ? checkedBody(chunked ?? pieces, check, trailers) : (chunked ?? pieces);
  const length = header(headers, 'content-length');
  return {
    sizeBytes: form?.decodedSizeBytes ?? (length === undefined ? undefined : Number(length)),
    trailers,
    [Symbol.asyncIterator]: () => body[Symbol.asyncIterator](),
  };
}

async function gathered(
  source: BodySource,
  form: ChunkedForm | undefined,
  check: ChecksumCheck | undefined,
): Promise<Uint8Array> {
  const whole = await source.whole();
  const chunked = form && new ChunkedBody(heldBody(whole).pieces(), form);
  const body = chunked ? await joined(chunked, form.decodedSizeBytes) : whole;
  check?.update(body);
  check?.end(chunked?.trailers);
  return body;
}

async function joined(pieces: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of pieces) parts.push(part);
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
