/**
 * JSON values as handlers get them: known members only, Dates, Uint8Arrays. Shapes are compiled to
 * closures once. A value of the wrong type is a SerializationException in the framework's wording.
 */
import { Fault } from '../ground/fault.ts';
import { isObject, parseJson } from '../ground/json.ts';
import { fromBase64, textOf } from './bytes.ts';
import type { ListShape, MapShape, Member, ScalarShape, Shape, StructureShape } from './model.ts';

export type Read = (value: unknown) => unknown;

/** Largest distance from the epoch that a Date can hold. */
const MILLISECONDS_MAX = 8_640_000_000_000_000;

const readers = new WeakMap<Shape, Read>();

export function serializationFault(message: string): Fault {
  return new Fault('SerializationException', message);
}

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

/** Sets an own property, also one named `__proto__`. */
export function assign(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else target[key] = value;
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
      return timestamp;
    case 'blob':
      return blob;
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

/** Epoch seconds with a fraction; ISO 8601 texts are taken too, as older clients send them. */
function timestamp(value: unknown): Date {
  const ms =
    typeof value === 'number'
      ? Math.round(value * 1000)
      : typeof value === 'string'
        ? Date.parse(value)
        : Number.NaN;
  if (!(Math.abs(ms) <= MILLISECONDS_MAX)) throw wrongType(value, 'milliseconds since epoch');
  return new Date(ms);
}

function blob(value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
  if (!bytes) throw wrongType(value, 'ByteBuffer');
  return bytes;
}

/** The wording of AWS's JSON reader for a token in the wrong place. */
function wrongType(value: unknown, wanted: string): Fault {
  if (isObject(value)) {
    return serializationFault('Start of structure or map found where not expected.');
  }
  if (Array.isArray(value)) return serializationFault('Start of list found where not expected.');
  return serializationFault(`${tokenOf(value)} cannot be converted to ${wanted}`);
}

function tokenOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'STRING_VALUE';
    case 'number':
      return 'NUMBER_VALUE';
    case 'boolean':
      return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
    default:
      return 'NULL_VALUE';
  }
}

/** Reader of one shape from text in a path, a query string, a header or a form field. */
export function textReaderOf(shape: ScalarShape): (text: string) => unknown {
  switch (shape.type) {
    case 'integer':
    case 'long':
      return (text) => numberOf(text, /^[+-]?\d+$/, 'Integer');
    case 'float':
    case 'double':
      return (text) => numberOf(text, /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/, 'Double');
    case 'boolean':
      return (text) => {
        if (text !== 'true' && text !== 'false') throw wrongType(text, 'Boolean');
        return text === 'true';
      };
    case 'timestamp':
      return (text) => timestamp(/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);
    case 'blob':
      return blob;
    case 'string':
      return (text) => text;
  }
}

function numberOf(text: string, form: RegExp, type: string): number {
  if (!form.test(text)) throw wrongType(text, type);
  return Number(text);
}

/** Members of a structure that travel in the JSON body. */
export function bodyMembers(shape: StructureShape): readonly Member[] {
  return shape.members.filter((member) => member.location === 'body');
}
