/** An HTTP request and its answer as the wire sees them: plain data, no sockets. */

/** Names in lower case, as Node gives them. */
export type WireHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface WireRequest {
  readonly method: string;
  /** Still percent-encoded, without the query string. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: WireHeaders;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
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
