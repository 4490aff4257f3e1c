/**
 * Frames of `application/vnd.amazon.eventstream`: headers of ten types and a payload, with a CRC of
 * the lengths and one of the whole. Read as they come, one message at a time.
 *
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { Fault } from '../../ground/fault.ts';
import { invariant } from '../../ground/invariant.ts';
import { ByteReader } from './byte-reader.ts';
import { crc32 } from './crc.ts';

/** A header's value with its type; the type boolean has two codes, so there are nine names. */
export type EventHeader =
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'byte' | 'short' | 'integer'; readonly value: number }
  | { readonly type: 'long'; readonly value: bigint }
  | { readonly type: 'binary'; readonly value: Uint8Array }
  | { readonly type: 'string' | 'uuid'; readonly value: string }
  | { readonly type: 'timestamp'; readonly value: Date };

export interface EventMessage {
  readonly headers: Readonly<Record<string, EventHeader>>;
  readonly payload: Uint8Array;
}

const TRUE = 0;
const FALSE = 1;
const CODES = {
  byte: 2,
  short: 3,
  integer: 4,
  long: 5,
  binary: 6,
  string: 7,
  timestamp: 8,
  uuid: 9,
} as const;

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
/** Limits of the format. */
const HEADERS_BYTES_MAX = 128 * 1024;
const PAYLOAD_BYTES_MAX = 24 * 1024 * 1024;
const VALUE_BYTES_MAX = 32 * 1024 - 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function encodeMessage({ headers, payload }: EventMessage): Uint8Array {
  const fields = Object.entries(headers).map(([name, header]) => encodeHeader(name, header));
  const headersSize = fields.reduce((sum, field) => sum + field.length, 0);
  invariant(headersSize <= HEADERS_BYTES_MAX, 'the headers of an event are too long');
  invariant(payload.length <= PAYLOAD_BYTES_MAX, 'the payload of an event is too long');
  const bytes = new Uint8Array(PRELUDE_BYTES + headersSize + payload.length + CRC_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, headersSize);
  view.setUint32(8, crc32(bytes.subarray(0, 8), 0));
  let at = PRELUDE_BYTES;
  for (const field of fields) {
    bytes.set(field, at);
    at += field.length;
  }
  bytes.set(payload, at);
  const end = bytes.length - CRC_BYTES;
  view.setUint32(end, crc32(bytes.subarray(0, end), 0));
  return bytes;
}

/** The messages of a stream. Throws SerializationException where it is none, or ends within one. */
export async function* decodeMessages(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<EventMessage, void, undefined> {
  const reader = new ByteReader(source);
  try {
    while (!(await reader.atEnd())) {
      const prelude = await reader.exactly(PRELUDE_BYTES);
      if (!prelude) throw broken('ends within a message');
      const { headersSize, restSize } = readPrelude(prelude);
      const rest = await reader.exactly(restSize);
      if (!rest) throw broken('ends within a message');
      yield readRest(prelude, rest, headersSize);
    }
  } finally {
    await reader.close();
  }
}

/** One message that is there whole. */
export function decodeMessage(bytes: Uint8Array): EventMessage {
  if (bytes.length < PRELUDE_BYTES) throw broken('ends within a message');
  const prelude = bytes.subarray(0, PRELUDE_BYTES);
  const { headersSize, restSize } = readPrelude(prelude);
  const rest = bytes.subarray(PRELUDE_BYTES);
  if (rest.length !== restSize) throw broken('has a message of another length than it says');
  return readRest(prelude, rest, headersSize);
}

function readPrelude(prelude: Uint8Array): { headersSize: number; restSize: number } {
  const view = viewOf(prelude);
  if (view.getUint32(8) !== crc32(prelude.subarray(0, 8), 0)) {
    throw broken('has a prelude with a wrong checksum');
  }
  const headersSize = view.getUint32(4);
  const restSize = view.getUint32(0) - PRELUDE_BYTES;
  const payloadSize = restSize - headersSize - CRC_BYTES;
  if (headersSize > HEADERS_BYTES_MAX || payloadSize < 0 || payloadSize > PAYLOAD_BYTES_MAX) {
    throw broken('has a message whose lengths cannot be');
  }
  return { headersSize, restSize };
}

function readRest(prelude: Uint8Array, rest: Uint8Array, headersSize: number): EventMessage {
  const end = rest.length - CRC_BYTES;
  const crc = crc32(rest.subarray(0, end), crc32(prelude, 0));
  if (viewOf(rest).getUint32(end) !== crc) throw broken('has a message with a wrong checksum');
  return {
    headers: decodeHeaders(rest.subarray(0, headersSize)),
    payload: rest.subarray(headersSize, end),
  };
}

function encodeHeader(name: string, header: EventHeader): Uint8Array {
  const nameBytes = encoder.encode(name);
  invariant(nameBytes.length > 0 && nameBytes.length < 256, `no name of a header: ${name}`);
  const { code, value } = encodeValue(header);
  const bytes = new Uint8Array(2 + nameBytes.length + value.length);
  bytes[0] = nameBytes.length;
  bytes.set(nameBytes, 1);
  bytes[1 + nameBytes.length] = code;
  bytes.set(value, 2 + nameBytes.length);
  return bytes;
}

function encodeValue(header: EventHeader): { code: number; value: Uint8Array } {
  switch (header.type) {
    case 'boolean':
      return { code: header.value ? TRUE : FALSE, value: new Uint8Array(0) };
    case 'byte':
      return { code: CODES.byte, value: fixed(1, (view) => view.setInt8(0, header.value)) };
    case 'short':
      return { code: CODES.short, value: fixed(2, (view) => view.setInt16(0, header.value)) };
    case 'integer':
      return { code: CODES.integer, value: fixed(4, (view) => view.setInt32(0, header.value)) };
    case 'long':
      return { code: CODES.long, value: fixed(8, (view) => view.setBigInt64(0, header.value)) };
    case 'timestamp': {
      const ms = BigInt(header.value.getTime());
      return { code: CODES.timestamp, value: fixed(8, (view) => view.setBigInt64(0, ms)) };
    }
    case 'binary':
      return { code: CODES.binary, value: counted(header.value) };
    case 'string':
      return { code: CODES.string, value: counted(encoder.encode(header.value)) };
    case 'uuid': {
      const digits = header.value.replaceAll('-', '').match(/../g) ?? [];
      const value = Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
      invariant(value.length === 16, 'a UUID has sixteen bytes');
      return { code: CODES.uuid, value };
    }
  }
}

function fixed(sizeBytes: number, fill: (view: DataView) => void): Uint8Array {
  const value = new Uint8Array(sizeBytes);
  fill(viewOf(value));
  return value;
}

function counted(content: Uint8Array): Uint8Array {
  invariant(content.length <= VALUE_BYTES_MAX, 'the header of an event is too long');
  const value = fixed(2 + content.length, (view) => view.setUint16(0, content.length));
  value.set(content, 2);
  return value;
}

function decodeHeaders(bytes: Uint8Array): Record<string, EventHeader> {
  const headers: Record<string, EventHeader> = Object.create(null);
  const view = viewOf(bytes);
  let at = 0;
  const take = (sizeBytes: number): Uint8Array => {
    if (at + sizeBytes > bytes.length) throw broken('has a header that is cut off');
    at += sizeBytes;
    return bytes.subarray(at - sizeBytes, at);
  };
  const sized = (): Uint8Array => {
    take(2);
    return take(view.getUint16(at - 2));
  };
  while (at < bytes.length) {
    const [length] = take(1);
    const name = textOf(take(length!));
    const [code] = take(1);
    headers[name] = decodeValue(code!, take, sized);
  }
  return headers;
}

function decodeValue(
  code: number,
  take: (sizeBytes: number) => Uint8Array,
  sized: () => Uint8Array,
): EventHeader {
  switch (code) {
    case TRUE:
    case FALSE:
      return { type: 'boolean', value: code === TRUE };
    case CODES.byte:
      return { type: 'byte', value: viewOf(take(1)).getInt8(0) };
    case CODES.short:
      return { type: 'short', value: viewOf(take(2)).getInt16(0) };
    case CODES.integer:
      return { type: 'integer', value: viewOf(take(4)).getInt32(0) };
    case CODES.long:
      return { type: 'long', value: viewOf(take(8)).getBigInt64(0) };
    case CODES.binary:
      return { type: 'binary', value: sized() };
    case CODES.string:
      return { type: 'string', value: textOf(sized()) };
    case CODES.timestamp:
      return { type: 'timestamp', value: new Date(Number(viewOf(take(8)).getBigInt64(0))) };
    case CODES.uuid:
      return { type: 'uuid', value: uuidOf(take(16)) };
    default:
      throw broken(`has a header of an unknown type ${code}`);
  }
}

function uuidOf(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw broken('has a header that is not UTF-8');
  }
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function broken(what: string): Fault {
  return new Fault('SerializationException', `The event stream ${what}.`);
}
