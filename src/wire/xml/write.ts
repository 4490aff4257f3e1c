/**
 * Handlers' answers as XML: members that the model knows, without null and undefined; dates as ISO
 * 8601, bytes as base64. Shapes are compiled to closures once.
 */
import type { ListShape, MapShape, Member, Shape, StructureShape } from '../model/shapes.ts';
import { textWriterOf } from '../text.ts';
import { element, namespace, xmlAttribute, xmlText } from './text.ts';

/** A value as what stands between the tags of its element. */
type Write = (value: unknown) => string;
/** A structure as its attributes and what stands between its tags. */
interface Parts {
  readonly attributes: string;
  readonly content: string;
}
type WriteParts = (value: unknown) => Parts;

const writers = new WeakMap<Shape, Write>();
const structures = new WeakMap<StructureShape, WriteParts>();

/** A structure as an element of that name with these attributes before its own. */
export function xmlElement(
  name: string,
  shape: StructureShape,
  value: unknown,
  attributes = '',
): string {
  const parts = structureWriter(shape)(value);
  return `<${name}${attributes}${parts.attributes}>${parts.content}</${name}>`;
}

/** Writer of what stands between the tags of a value's element. */
export function xmlWriterOf(shape: Shape): Write {
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
    case 'structure': {
      const write = structureWriter(shape);
      return (value) => write(value).content;
    }
    case 'list':
      return listWriter(shape, shape.memberName ?? 'member');
    case 'map':
      return mapWriter(shape, 'entry');
    default: {
      const write = textWriterOf(shape, 'iso8601');
      return (value) => xmlText(write(value));
    }
  }
}

function listWriter({ member }: ListShape, name: string): Write {
  const write = elementWriter(name, member, '');
  return (value) => (value as readonly unknown[]).map(write).join('');
}

function mapWriter({ key, value: part, keyName, valueName }: MapShape, name: string): Write {
  const writeKey = elementWriter(keyName, key, '');
  const writeValue = elementWriter(valueName, part, '');
  return (value) =>
    Object.entries(value as object)
      .filter(([, one]) => one !== undefined && one !== null)
      .map(([one, it]) => element(name, writeKey(one) + writeValue(it)))
      .join('');
}

/** Writer of whole elements. */
function elementWriter(name: string, shape: Shape, attributes: string): Write {
  if (shape.type === 'structure') {
    return (value) => xmlElement(name, shape, value, attributes);
  }
  const write = xmlWriterOf(shape);
  return (value) => `<${name}${attributes}>${write(value)}</${name}>`;
}

function structureWriter(shape: StructureShape): WriteParts {
  const known = structures.get(shape);
  if (known) return known;
  let built: WriteParts | undefined;
  structures.set(shape, (value) => built!(value));
  built = buildStructure(shape);
  structures.set(shape, built);
  return built;
}

function buildStructure(shape: StructureShape): WriteParts {
  const members = ordered(shape).filter(({ location }) => location === 'body');
  const fields = members
    .filter(({ xmlAttribute: inTag }) => !inTag)
    .map((member) => ({ name: member.name, write: memberWriter(member) }));
  const inTag = members
    .filter((member) => member.xmlAttribute)
    .map(({ name, xmlName, shape: part }) => ({ name, xmlName, write: xmlWriterOf(part) }));
  return (value) => {
    const record = value as Readonly<Record<string, unknown>>;
    let content = '';
    for (const { name, write } of fields) {
      const part = record[name];
      if (part !== undefined && part !== null) content += write(part);
    }
    let attributes = '';
    for (const { name, xmlName } of inTag) {
      const part = record[name];
      if (part !== undefined && part !== null) {
        attributes += ` ${xmlName}="${xmlAttribute(String(part))}"`;
      }
    }
    return { attributes, content };
  };
}

function memberWriter({ shape, xmlName, flattened, xmlNamespace }: Member): Write {
  if (flattened && shape.type === 'list') return listWriter(shape, xmlName);
  if (flattened && shape.type === 'map') return mapWriter(shape, xmlName);
  return elementWriter(xmlName, shape, namespace(xmlNamespace?.uri, xmlNamespace?.prefix));
}

/** Members in the order in which the model wants them in XML. */
function ordered({ members, xmlOrder }: StructureShape): readonly Member[] {
  if (!xmlOrder) return members;
  const place = new Map(xmlOrder.map((name, index) => [name, index]));
  return members.toSorted((a, b) => (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0));
}
