/**
 * Elements as handlers get them: known members only, Dates, Uint8Arrays. Shapes are compiled to
 * closures once. A text that is no value of its shape is the fault of the text's own reader.
 */
import type { ListShape, MapShape, Member, Shape, StructureShape } from '../model/shapes.ts';
import { textReaderOf } from '../text.ts';
import { assign } from '../values.ts';
import type { Element } from './parse.ts';

type Read = (element: Element) => unknown;
/** Takes one element of a structure into what is read so far. */
type Take = (into: Record<string, unknown>, element: Element) => void;

const readers = new WeakMap<Shape, Read>();

export function xmlReaderOf(shape: Shape): Read {
  const known = readers.get(shape);
  if (known) return known;
  let built: Read | undefined;
  readers.set(shape, (element) => built!(element));
  built = build(shape);
  readers.set(shape, built);
  return built;
}

function build(shape: Shape): Read {
  switch (shape.type) {
    case 'structure':
      return structureReader(shape);
    case 'list': {
      const name = shape.memberName ?? 'member';
      const read = xmlReaderOf(shape.member);
      return ({ children }) => children.filter((child) => child.name === name).map(read);
    }
    case 'map': {
      const add = entryReader(shape);
      return ({ children }) => {
        const map: Record<string, unknown> = {};
        for (const child of children) if (child.name === 'entry') add(map, child);
        return map;
      };
    }
    case 'string':
      return ({ text }) => text;
    default: {
      const read = textReaderOf(shape);
      return ({ text }) => read(text.trim());
    }
  }
}

function structureReader(shape: StructureShape): Read {
  const members = shape.members.filter(({ location }) => location === 'body');
  const fields = new Map(
    members
      .filter((member) => !member.xmlAttribute)
      .map((member) => [member.xmlName, take(member)]),
  );
  const attributes = members
    .filter((member) => member.xmlAttribute)
    .map(({ name, xmlName }) => ({ name, key: xmlName.slice(xmlName.indexOf(':') + 1) }));
  return (element) => {
    const out: Record<string, unknown> = {};
    for (const child of element.children) fields.get(child.name)?.(out, child);
    for (const { name, key } of attributes) {
      const text = element.attributes.get(key);
      if (text !== undefined) out[name] = text;
    }
    return out;
  };
}

function take({ name, shape, flattened }: Member): Take {
  if (flattened && shape.type === 'list') return flatItem(name, shape);
  if (flattened && shape.type === 'map') {
    const add = entryReader(shape);
    return (into, element) => {
      into[name] ??= {};
      add(into[name] as Record<string, unknown>, element);
    };
  }
  const read = xmlReaderOf(shape);
  return (into, element) => {
    into[name] = read(element);
  };
}

function flatItem(name: string, { member }: ListShape): Take {
  const read = xmlReaderOf(member);
  return (into, element) => {
    into[name] ??= [];
    (into[name] as unknown[]).push(read(element));
  };
}

/** Adds one entry of a map. */
function entryReader({ key, value, keyName, valueName }: MapShape): Take {
  const readKey = xmlReaderOf(key);
  const readValue = xmlReaderOf(value);
  return (into, { children }) => {
    const found = children.find(({ name }) => name === keyName);
    const given = children.find(({ name }) => name === valueName);
    if (found && given) assign(into, String(readKey(found)), readValue(given));
  };
}
