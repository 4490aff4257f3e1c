/** Members of an input that are bound to the path, the headers, the query string or the host. */
import { fromBase64, textOf } from '../bytes.ts';
import type { Member, ScalarShape, Shape, StructureShape } from '../model/shapes.ts';
import { header, type WireHead } from '../request.ts';
import { textReaderOf } from '../text.ts';
import { assign, wrongType } from '../values.ts';

/** Adds to the input what a request has for some members. */
export type BoundRead = (
  input: Record<string, unknown>,
  labels: Readonly<Record<string, string>>,
  request: WireHead,
) => void;

const at = (shape: StructureShape, location: Member['location']): readonly Member[] =>
  shape.members.filter((member) => member.location === location);

export function labelReads(shape: StructureShape): readonly BoundRead[] {
  return at(shape, 'uri').map(({ name, wireName, shape: part }) => {
    const read = textReaderOf(part as ScalarShape);
    return (input, labels) => {
      const text = labels[wireName];
      if (text !== undefined) input[name] = read(text);
    };
  });
}

export function headerReads(shape: StructureShape): readonly BoundRead[] {
  const single = at(shape, 'header').map(({ name, wireName, shape: part }): BoundRead => {
    const key = wireName.toLowerCase();
    const read = headerReader(part);
    return (input, _labels, { headers }) => {
      const text = header(headers, key);
      if (text !== undefined) input[name] = read(text);
    };
  });
  return [...single, ...at(shape, 'headers').map(prefixRead)];
}

function headerReader(shape: Shape): (text: string) => unknown {
  if (shape.type === 'list') {
    const read = headerReader(shape.member);
    return (text) => listItems(text).map(read);
  }
  const scalar = shape as ScalarShape;
  return scalar.jsonValue ? jsonText : textReaderOf(scalar);
}

/** JSON in a header is base64. */
function jsonText(text: string): string {
  const bytes = fromBase64(text);
  const json = bytes && textOf(bytes);
  if (json === undefined) throw wrongType(text, 'a JSON value');
  return json;
}

/** Parts between commas; a part in quotes may have commas and escaped quotes in it. */
function listItems(text: string): string[] {
  const items = text.match(/"(?:[^"\\]|\\.)*"|[^,\s][^,]*/g) ?? [];
  return items.map((item) =>
    item.startsWith('"') ? item.slice(1, -1).replace(/\\(.)/g, '$1') : item.trim(),
  );
}

/** All headers whose names begin alike, as one map. */
function prefixRead({ name, wireName }: Member): BoundRead {
  const prefix = wireName.toLowerCase();
  return (input, _labels, { headers }) => {
    const found: Record<string, unknown> = {};
    for (const key of Object.keys(headers)) {
      if (key.startsWith(prefix)) assign(found, key.slice(prefix.length), header(headers, key));
    }
    if (Object.keys(found).length > 0) input[name] = found;
  };
}

export function queryReads(shape: StructureShape, uri: string): readonly BoundRead[] {
  const members = at(shape, 'querystring');
  if (members.length === 0) return [];
  const named = members.filter(({ shape: part }) => part.type !== 'map').map(queryField);
  const rest = members.find(({ shape: part }) => part.type === 'map');
  const taken = new Set([
    ...named.map(({ wireName }) => wireName),
    ...new URLSearchParams(uri.split('?')[1]).keys(),
  ]);
  return [
    (input, _labels, { query }) => {
      if (query === '') return;
      const given = new URLSearchParams(query);
      for (const { name, wireName, read } of named) {
        if (given.has(wireName)) input[name] = read(given.getAll(wireName));
      }
      if (rest) addRest(input, rest.name, given, taken);
    },
  ];
}

function queryField({ name, wireName, shape }: Member) {
  if (shape.type === 'list') {
    const item = textReaderOf(shape.member as ScalarShape);
    return { name, wireName, read: (texts: readonly string[]): unknown => texts.map(item) };
  }
  const read = textReaderOf(shape as ScalarShape);
  return { name, wireName, read: (texts: readonly string[]): unknown => read(texts[0]!) };
}

/** Parameters that no other member has, as one map. */
function addRest(
  input: Record<string, unknown>,
  name: string,
  given: URLSearchParams,
  taken: ReadonlySet<string>,
): void {
  const found: Record<string, unknown> = {};
  for (const [key, value] of given) if (!taken.has(key)) assign(found, key, value);
  if (Object.keys(found).length > 0) input[name] = found;
}

/** A member that is also the beginning of the host name, for clients that say it only there. */
export function hostRead(
  shape: StructureShape,
  hostPrefix: string | undefined,
): readonly BoundRead[] {
  const members = shape.members.filter(({ hostLabel }) => hostLabel);
  if (members.length === 0 || hostPrefix === undefined) return [];
  const pattern = hostPrefix
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)\}/g, '(?<$1>[^.]+)');
  const form = new RegExp(`^${pattern}`);
  return [
    (input, _labels, { headers }) => {
      const labels = form.exec(header(headers, 'host') ?? '')?.groups;
      for (const { name } of members) {
        const label = labels?.[name];
        if (label !== undefined) input[name] ??= label;
      }
    },
  ];
}
