/**
 * Forms as handlers get them: known members only, Dates, Uint8Arrays. Shapes are compiled to
 * closures once, for each of the two spellings: `Tags.member.1.Key` of the query protocol and `Tag.1.Key` of
 * EC2's, where no list has a wrapper and names begin with a capital.
 */
import type { ListShape, MapShape, Member, Shape, StructureShape } from '../model/shapes.ts';
import { textReaderOf } from '../text.ts';
import { assign } from '../values.ts';
import type { FormNode } from './parse.ts';

/** A value, or undefined where nothing is given. */
type Read = (node: FormNode) => unknown;

/** Elements of one list or entries of one map; more than any service takes. */
const PARTS_MAX = 10_000;

export class FormReader {
  readonly #ec2: boolean;
  readonly #readers = new WeakMap<Shape, Read>();

  constructor(spelling: 'query' | 'ec2') {
    this.#ec2 = spelling === 'ec2';
  }

  /** The input of an operation; a structure is always there. */
  read(shape: StructureShape, form: FormNode): unknown {
    return this.#readerOf(shape)(form);
  }

  #readerOf(shape: Shape): Read {
    const known = this.#readers.get(shape);
    if (known) return known;
    let built: Read | undefined;
    this.#readers.set(shape, (node) => built!(node));
    built = this.#build(shape);
    this.#readers.set(shape, built);
    return built;
  }

  #build(shape: Shape): Read {
    switch (shape.type) {
      case 'structure':
        return this.#structure(shape);
      case 'list':
        return this.#list(shape, shape.flattened);
      case 'map':
        return this.#map(shape, shape.flattened);
      default: {
        const read = textReaderOf(shape);
        return ({ text }) => (text === undefined ? undefined : read(text));
      }
    }
  }

  #structure({ members }: StructureShape): Read {
    const fields = members.map((member) => ({
      name: member.name,
      key: this.#nameOf(member),
      read: this.#memberReader(member),
    }));
    return ({ parts }) => {
      const out: Record<string, unknown> = {};
      for (const { name, key, read } of fields) {
        const part = parts.get(key);
        const value = part && read(part);
        if (value !== undefined) out[name] = value;
      }
      return out;
    };
  }

  #nameOf({ xmlName, queryName }: Member): string {
    if (!this.#ec2) return xmlName;
    return queryName ?? `${xmlName.slice(0, 1).toUpperCase()}${xmlName.slice(1)}`;
  }

  #memberReader({ shape, flattened }: Member): Read {
    if (shape.type === 'list') return this.#list(shape, flattened);
    if (shape.type === 'map') return this.#map(shape, flattened);
    return this.#readerOf(shape);
  }

  #list({ member, memberName = 'member' }: ListShape, flattened: boolean): Read {
    const read = this.#readerOf(member);
    return (node) => {
      if (node.text === '') return [];
      const list = flattened || this.#ec2 ? node : node.parts.get(memberName);
      const items: unknown[] = [];
      for (const item of numbered(list)) {
        const value = read(item);
        if (value === undefined) break;
        items.push(value);
      }
      return items.length > 0 ? items : undefined;
    };
  }

  #map({ key, value, keyName, valueName }: MapShape, flattened: boolean): Read {
    const readKey = this.#readerOf(key);
    const readValue = this.#readerOf(value);
    return (node) => {
      const out: Record<string, unknown> = {};
      for (const { parts } of numbered(flattened ? node : node.parts.get('entry'))) {
        const [name, given] = [parts.get(keyName), parts.get(valueName)];
        if (name) assign(out, String(readKey(name)), given && readValue(given));
      }
      return Object.keys(out).length > 0 ? out : undefined;
    };
  }
}

/** Parts 1, 2, 3 and so on, as far as they go. */
function* numbered(node: FormNode | undefined): Generator<FormNode> {
  for (let i = 1; node && i <= PARTS_MAX; i++) {
    const part = node.parts.get(String(i));
    if (!part) return;
    yield part;
  }
}
