/**
 * The JSON text of an answer. AWS prints a float that happens to be whole with its point (`1.0`);
 * clients that tell integers from floats would else see another type.
 */
import type { Json, JsonObject } from '../../ground/json.ts';
import type { Shape } from '../model/shapes.ts';

type Print = (value: Json) => string;

const plain: Print = (value) => JSON.stringify(value);

const printers = new WeakMap<Shape, Print>();

/** Printer of what `writerOf` makes of the shape, or of a part of its members. */
export function printerOf(shape: Shape): Print {
  const known = printers.get(shape);
  if (known) return known;
  let built: Print | undefined;
  printers.set(shape, (value) => built!(value));
  built = hasFloats(shape, new Set()) ? build(shape) : plain;
  printers.set(shape, built);
  return built;
}

function hasFloats(shape: Shape, seen: Set<Shape>): boolean {
  if (seen.has(shape)) return false;
  seen.add(shape);
  switch (shape.type) {
    case 'float':
    case 'double':
      return true;
    case 'structure':
      return shape.members.some((member) => hasFloats(member.shape, seen));
    case 'list':
      return hasFloats(shape.member, seen);
    case 'map':
      return hasFloats(shape.value, seen);
    default:
      return false;
  }
}

function build(shape: Shape): Print {
  switch (shape.type) {
    case 'structure': {
      const fields = new Map(
        shape.members.map(({ name, wireName, location, shape: part }) => [
          location === 'body' ? wireName : name,
          printerOf(part),
        ]),
      );
      return (value) => printObject(value as JsonObject, (key) => fields.get(key) ?? plain);
    }
    case 'list': {
      const print = printerOf(shape.member);
      return (value) => `[${(value as Json[]).map(print).join(',')}]`;
    }
    case 'map': {
      const print = printerOf(shape.value);
      return (value) => printObject(value as JsonObject, () => print);
    }
    default:
      return printFloat;
  }
}

function printObject(object: JsonObject, printer: (key: string) => Print): string {
  const members = Object.entries(object).map(
    ([key, value]) => `${JSON.stringify(key)}:${printer(key)(value)}`,
  );
  return `{${members.join(',')}}`;
}

/** Numbers that JSON has no form for are texts already. */
function printFloat(value: Json): string {
  const text = JSON.stringify(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
