/**
 * Reading and writing values that are trees of maps and lists, as JSON and CBOR have them: known
 * members only, without null and undefined. Shapes are compiled to closures once; the formats
 * differ in their simple values alone.
 */
import { isObject } from '../ground/json.ts';
import type { ListShape, MapShape, Member, ScalarShape, Shape } from './model/shapes.ts';
import { assign, wrongType } from './values.ts';

export type Read = (value: unknown) => unknown;

/** In one object with those that are bound elsewhere, which keep their own names. */
const keyOf = (member: Member): string =>
  member.location === 'body' ? member.wireName : member.name;

export class TreeReader {
  readonly #scalar: (shape: ScalarShape) => Read;
  readonly #readers = new WeakMap<Shape, Read>();

  constructor(scalar: (shape: ScalarShape) => Read) {
    this.#scalar = scalar;
  }

  of(shape: Shape): Read {
    const known = this.#readers.get(shape);
    if (known) return known;
    let built: Read | undefined;
    this.#readers.set(shape, (value) => built!(value));
    built = this.#build(shape);
    this.#readers.set(shape, built);
    return built;
  }

  #build(shape: Shape): Read {
    switch (shape.type) {
      case 'structure':
        return this.structure(shape.members);
      case 'list':
        return this.#list(shape);
      case 'map':
        return this.#map(shape);
      default:
        return this.#scalar(shape);
    }
  }

  /** Reader of some members of a structure. */
  structure(members: readonly Member[]): (value: unknown) => Record<string, unknown> {
    const fields = members.map((member) => ({
      name: member.name,
      key: keyOf(member),
      read: this.of(member.shape),
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

  #list(shape: ListShape): Read {
    const read = this.of(shape.member);
    return (value) => {
      if (!Array.isArray(value)) throw wrongType(value, 'a list');
      return value.map((item) => (item === null ? null : read(item)));
    };
  }

  #map(shape: MapShape): Read {
    const read = this.of(shape.value);
    return (value) => {
      if (!isObject(value)) throw wrongType(value, 'a map');
      const out: Record<string, unknown> = {};
      for (const [key, part] of Object.entries(value)) {
        if (part !== null) assign(out, key, read(part));
      }
      return out;
    };
  }
}

export class TreeWriter<T> {
  readonly #scalar: (shape: ScalarShape) => (value: unknown) => T;
  readonly #writers = new WeakMap<Shape, (value: unknown) => T>();

  /** `T` holds objects and arrays of itself. */
  constructor(scalar: (shape: ScalarShape) => (value: unknown) => T) {
    this.#scalar = scalar;
  }

  of(shape: Shape): (value: unknown) => T {
    const known = this.#writers.get(shape);
    if (known) return known;
    let built: ((value: unknown) => T) | undefined;
    this.#writers.set(shape, (value) => built!(value));
    built = this.#build(shape);
    this.#writers.set(shape, built);
    return built;
  }

  #build(shape: Shape): (value: unknown) => T {
    switch (shape.type) {
      case 'structure':
        return this.structure(shape.members) as (value: unknown) => T;
      case 'list': {
        const write = this.of(shape.member);
        return (value) => (value as readonly unknown[]).map(write) as T;
      }
      case 'map': {
        const write = this.of(shape.value);
        return (value) => {
          const out: Record<string, T> = {};
          for (const [key, part] of Object.entries(value as object)) {
            if (part !== undefined && part !== null) assign(out, key, write(part));
          }
          return out as T;
        };
      }
      default:
        return this.#scalar(shape);
    }
  }

  /** Writer of some members of a structure. */
  structure(members: readonly Member[]): (value: unknown) => Record<string, T> {
    const fields = new Map(
      members.map((member) => [member.name, { key: keyOf(member), write: this.of(member.shape) }]),
    );
    return (value) => {
      const record = value as Record<string, unknown>;
      const out: Record<string, T> = {};
      for (const name of Object.keys(record)) {
        const part = record[name];
        const field = part === undefined || part === null ? undefined : fields.get(name);
        if (field) out[field.key] = field.write(part);
      }
      return out;
    };
  }
}
