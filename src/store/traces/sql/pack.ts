/**
 * Documents as bytes. NUL and SOH stand between documents and traces: neither can be part of a JSON
 * text. Settled documents are compressed many traces at a time, where most of them look alike.
 */
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';

const DOCUMENT_END = '\u0000';
const TRACE_END = '\u0001';
const FASTEST = 1;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

export function packLog(texts: readonly string[]): Uint8Array {
  return Buffer.from(texts.join(DOCUMENT_END));
}

export function unpackLog(body: Uint8Array): string[] {
  return textOf(body).split(DOCUMENT_END);
}

/** One element per trace, each the texts of its documents. Compressed off this thread. */
export async function packBlock(traces: readonly (readonly string[])[]): Promise<Uint8Array> {
  const text = traces.map((texts) => texts.join(DOCUMENT_END)).join(TRACE_END);
  return deflate(Buffer.from(text), { level: FASTEST });
}

export async function unpackBlock(body: Uint8Array): Promise<string[][]> {
  const text = textOf(await inflate(body));
  return text.split(TRACE_END).map((trace) => trace.split(DOCUMENT_END));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
