/**
 * CBOR documents of Smithy's RPC protocol: dates are tag 1 with epoch seconds, blobs are byte
 * strings, floats are floats even where they are whole. Its package is loaded with this file, which
 * is why the protocol imports it when it is first spoken.
 */
import { decode, encode, Token, Type } from 'cborg';
import type { ScalarShape, StructureShape } from '../model/shapes.ts';
import { type Read, TreeReader, TreeWriter } from '../tree.ts';
import { bytesOf, epochMs, readTimestamp, serializationFault, wrongType } from '../values.ts';

const EPOCH_SECONDS = 1;

/** A number that is a float even where it is whole. */
class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

const reader = new TreeReader(scalarReader);
const writer = new TreeWriter<unknown>(scalarWriter);

const READ = {
  tags: { [EPOCH_SECONDS]: (content: () => unknown) => readTimestamp(Number(content())) },
};
const WRITE = {
  typeEncoders: {
    Object: (value: unknown) =>
      value instanceof Float ? new Token(Type.float, value.value) : null,
    Date: (value: Date) => [
      new Token(Type.tag, EPOCH_SECONDS),
      new Token(Type.float, value.getTime() / 1000),
    ],
  },
};

/** What the handler gets of a body; an empty one has no members. */
export function readCbor(shape: StructureShape, body: Uint8Array): unknown {
  return reader.of(shape)(body.length === 0 ? {} : decoded(body));
}

function decoded(body: Uint8Array): unknown {
  try {
    return decode(body, READ);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw serializationFault(`Could not parse the request body as CBOR: ${String(error)}`);
  }
}

export function writeCbor(shape: StructureShape, output: unknown): Uint8Array {
  return encode(writer.of(shape)(output), WRITE);
}

/** An error: its name, its message and the members that the model gives it. */
export function writeCborError(
  name: string,
  message: string,
  shape: StructureShape | undefined,
  members: Readonly<Record<string, unknown>>,
): Uint8Array {
  const further = shape ? (writer.of(shape)(members) as object) : {};
  return encode({ __type: name, message, ...further }, WRITE);
}

function scalarReader(shape: ScalarShape): Read {
  switch (shape.type) {
    case 'string':
      return (value) => {
        if (typeof value !== 'string') throw wrongType(value, 'String');
        return value;
      };
    case 'boolean':
      return (value) => {
        if (typeof value !== 'boolean') throw wrongType(value, 'Boolean');
        return value;
      };
    case 'integer':
    case 'long':
      return (value) => Math.trunc(numberOf(value));
    case 'float':
    case 'double':
      return numberOf;
    case 'timestamp':
      return (value) => {
        if (!(value instanceof Date)) throw wrongType(value, 'Timestamp');
        return value;
      };
    case 'blob':
      return (value) => {
        if (!(value instanceof Uint8Array)) throw wrongType(value, 'ByteBuffer');
        return value;
      };
  }
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw wrongType(value, 'Number');
}

function scalarWriter(shape: ScalarShape): (value: unknown) => unknown {
  switch (shape.type) {
    case 'timestamp':
      return (value) => new Date(epochMs(value));
    case 'blob':
      return bytesOf;
    case 'float':
    case 'double':
      return (value) => new Float(Number(value));
    default:
      return (value) => value;
  }
}
