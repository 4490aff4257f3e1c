/**
 * Handlers' answers as JSON values: members that the model knows, without null and undefined; Dates
 * as epoch seconds with milliseconds, bytes as base64. Shapes are compiled to closures once.
 */
import type { Json, JsonObject } from '../../ground/json.ts';
import { toBase64 } from '../bytes.ts';
import type { Member, ScalarShape, Shape } from '../model/shapes.ts';
import { dateText } from '../text.ts';
import { assign, bytesOf, epochMs } from '../values.ts';

type Write = (value: unknown) => Json;

const writers = new WeakMap<Shape, Write>();

/** Writer of one shape to the value that JSON.stringify takes. */
export function writerOf(shape: Shape): Write {
  const known = writers.get(shape);
  if (known) return known;
  let built: Write | undefined;
  writers.set(shape, (value) => built!(value));
  built = build(shape);
  writers.set(shape, built);
  return built;
}

function build(shape: Shape): Write {
  switch (shape.type) {
    case 'structure':
      return structureWriter(shape.members, (member) =>
        member.location === 'body' ? member.wireName : member.name,
      );
    case 'list': {
      const write = writerOf(shape.member);
      return (value) => (value as readonly unknown[]).map(write);
    }
    case 'map': {
      const write = writerOf(shape.value);
      return (value) => {
        const out: JsonObject = {};
        for (const [key, part] of Object.entries(value as object)) {
          if (part !== undefined && part !== null) assign(out, key, write(part));
        }
        return out;
      };
    }
    default:
      return scalarWriter(shape);
  }
}

/** Writer of some members of a structure; `key` names them in the object. */
export function structureWriter(
  members: readonly Member[],
  key: (member: Member) => string,
): (value: unknown) => JsonObject {
  const fields = new Map(
    members.map((member) => [member.name, { key: key(member), write: writerOf(member.shape) }]),
  );
  return (value) => {
    const record = value as Record<string, unknown>;
    const out: JsonObject = {};
    for (const name of Object.keys(record)) {
      const part = record[name];
      const field = part === undefined || part === null ? undefined : fields.get(name);
      if (field) out[field.key] = field.write(part);
    }
    return out;
  };
}

function scalarWriter(shape: ScalarShape): Write {
  switch (shape.type) {
    case 'timestamp': {
      const { timestampFormat: format = 'unixTimestamp' } = shape;
      if (format === 'unixTimestamp') return (value) => epochMs(value) / 1000;
      return (value) => dateText(epochMs(value), format);
    }
    case 'blob':
      return (value) => toBase64(bytesOf(value));
    case 'float':
    case 'double':
      return (value) => (Number.isFinite(value) ? (value as number) : String(value));
    default:
      return (value) => value as Json;
  }
}
