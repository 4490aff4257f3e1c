/**
 * An HTTP request and its answer as the wire sees them: plain data, no sockets.
 *
 * A body is in hand, except where the model says `streaming` or `eventstream`: there it comes, or
 * goes, in pieces, and is asked for the next one only when the last one has been taken.
 */
import { invariant } from '../ground/invariant.ts';

/** Names in lower case, as Node gives them. */
export type WireHeaders = Readonly<Record<string, string | string[] | undefined>>;

export type Body = Uint8Array | AsyncIterable<Uint8Array>;

/** What is known before the body has come. */
export interface WireHead {
  readonly method: string;
  /** Still percent-encoded, without the query string. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: WireHeaders;
}

export interface WireRequest extends WireHead {
  readonly body: Body;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Body;
}

/** The body of a request whose operation takes it whole. */
export function wholeBody({ body }: WireRequest): Uint8Array {
  invariant(body instanceof Uint8Array, 'a body that comes in pieces, where it is wanted whole');
  return body;
}

/** A header that is sent once. */
export function header(headers: WireHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The type of a Content-Type header without its parameters, in lower case. */
export function mediaType(contentType: string): string {
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}
