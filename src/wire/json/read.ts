/**
 * JSON values as handlers get them: known members only, Dates, Uint8Arrays. Shapes are compiled to
 * closures once. A value of the wrong type is a SerializationException in the framework's wording.
 */
import { isObject, parseJson } from '../../ground/json.ts';
import { textOf } from '../bytes.ts';
import type { ListShape, MapShape, Member, ScalarShape, Shape } from '../model/shapes.ts';
import { assign, readBlob, readTimestamp, serializationFault, wrongType } from '../values.ts';

export type Read = (value: unknown) => unknown;

const readers = new WeakMap<Shape, Read>();

/** The JSON object of a body; an empty body is an empty object. */
export function parseBody(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  const text = textOf(body);
  if (text === undefined) throw serializationFault('The request body is not valid UTF-8.');
  try {
    return parseJson(text);
  } catch (error) {
    throw serializationFault(`Could not parse the request body as JSON: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Reader of one shape, from the value that JSON.parse gives. */
export function readerOf(shape: Shape): Read {
  const known = readers.get(shape);
  if (known) return known;
  let built: Read | undefined;
  readers.set(shape, (value) => built!(value));
  built = build(shape);
  readers.set(shape, built);
  return built;
}

function build(shape: Shape): Read {
  switch (shape.type) {
    case 'structure':
      return structureReader(shape.members, (member) =>
        member.location === 'body' ? member.wireName : member.name,
      );
    case 'list':
      return listReader(shape);
    case 'map':
      return mapReader(shape);
    default:
      return scalarReader(shape);
  }
}

/** Reader of some members of a structure; `key` names them in the object. */
export function structureReader(
  members: readonly Member[],
  key: (member: Member) => string,
): (value: unknown) => Record<string, unknown> {
  const fields = members.map((member) => ({
    name: member.name,
    key: key(member),
    read: readerOf(member.shape),
  }));
  return (value) => {
    if (!isObject(value)) throw wrongType(value, 'a structure');
    const out: Record<string, unknown> = {};
    for (const field of fields) {
      const part = value[field.key];
      if (part !== undefined && part !== null) out[field.name] = field.read(part);
    }
    return out;
  };
}

function listReader(shape: ListShape): Read {
  const read = readerOf(shape.member);
  return (value) => {
    if (!Array.isArray(value)) throw wrongType(value, 'a list');
    return value.map((item) => (item === null ? null : read(item)));
  };
}

function mapReader(shape: MapShape): Read {
  const read = readerOf(shape.value);
  return (value) => {
    if (!isObject(value)) throw wrongType(value, 'a map');
    const out: Record<string, unknown> = {};
    for (const [key, part] of Object.entries(value)) {
      if (part !== null) assign(out, key, read(part));
    }
    return out;
  };
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
      return wholeNumber('Integer');
    case 'long':
      return wholeNumber('Long');
    case 'float':
    case 'double':
      return realNumber;
    case 'timestamp':
      return readTimestamp;
    case 'blob':
      return readBlob;
  }
}

function wholeNumber(type: string): Read {
  return (value) => {
    if (typeof value !== 'number') throw wrongType(value, type);
    return Math.trunc(value);
  };
}

function realNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw wrongType(value, 'Double');
}
