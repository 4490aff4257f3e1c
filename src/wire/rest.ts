/**
 * restJson: input from path, query string, headers and body; output to status, headers and body.
 * Timestamps are ISO 8601 in the query string, epoch seconds in the body.
 */
import type { JsonObject } from '../ground/json.ts';
import {
  bodyMembers,
  parseBody,
  readerOf,
  serializationFault,
  structureReader,
  textReaderOf,
} from './decode.ts';
import { bytes, structureWriter, textOfScalar, writerOf } from './encode.ts';
import type { Member, Operation, ScalarShape, Shape, StructureShape } from './model.ts';
import { printerOf } from './print.ts';
import { blobContentType, UNMODELLED_HEADERS } from './quirks.ts';
import { header, type WireRequest, type WireResponse } from './request.ts';
import type { Target } from './route.ts';

type Read = (target: Target, request: WireRequest) => Record<string, unknown>;

const readers = new WeakMap<StructureShape, Read>();
const writers = new WeakMap<StructureShape, (output: unknown) => JsonObject>();

export function readRest(target: Target, request: WireRequest): Record<string, unknown> {
  const shape = target.operation.input;
  if (!shape) return {};
  let read = readers.get(shape);
  if (!read) {
    read = compile(shape);
    readers.set(shape, read);
  }
  return read(target, request);
}

function compile(shape: StructureShape): Read {
  const body = bodyReader(shape);
  const at = (location: Member['location']): readonly Member[] =>
    shape.members.filter((member) => member.location === location);
  const labels = at('uri').map(textField);
  const headers = at('header').map(textField);
  const queries = at('querystring').map(queryField);
  return (target, request) => {
    const input = body(request);
    for (const { name, wireName, read } of labels) {
      const text = target.labels[wireName];
      if (text !== undefined) input[name] = read(text);
    }
    for (const { name, wireName, read } of headers) {
      const text = header(request.headers, wireName.toLowerCase());
      if (text !== undefined) input[name] = read(text);
    }
    if (queries.length > 0 && request.query !== '') {
      const query = new URLSearchParams(request.query);
      for (const { name, wireName, read } of queries) {
        if (query.has(wireName)) input[name] = read(query.getAll(wireName));
      }
    }
    return input;
  };
}

function textField({ name, wireName, shape }: Member) {
  return { name, wireName, read: textReaderOf(shape as ScalarShape) };
}

function queryField({ name, wireName, shape }: Member) {
  if (shape.type === 'list') {
    const item = textReaderOf(shape.member as ScalarShape);
    return { name, wireName, read: (texts: readonly string[]): unknown => texts.map(item) };
  }
  const read = textReaderOf(shape as ScalarShape);
  return { name, wireName, read: (texts: readonly string[]): unknown => read(texts[0]!) };
}

function bodyReader(shape: StructureShape): (request: WireRequest) => Record<string, unknown> {
  const { payload } = shape;
  if (payload?.shape.type === 'blob') {
    const { name, required } = payload;
    return ({ body }) => (body.length > 0 || required ? { [name]: body } : {});
  }
  if (payload) {
    const read = readerOf(payload.shape);
    return ({ body }) => (body.length > 0 ? { [payload.name]: read(parseBody(body)) } : {});
  }
  const members = bodyMembers(shape);
  if (members.length === 0) return () => ({});
  const read = structureReader(members, (member) => member.wireName);
  return ({ body }) => {
    const value = parseBody(body);
    if (value === null) throw serializationFault('The request body must be a JSON object.');
    return read(value);
  };
}

export function writeRest(operation: Operation, output: Record<string, unknown>): WireResponse {
  const shape = operation.output;
  const headers: Record<string, string> = {};
  let { status } = operation;
  if (!shape) return { status, headers, body: '' };
  for (const member of shape.members) {
    const value = output[member.name];
    if (value === undefined || value === null) continue;
    if (member.location === 'statusCode') status = value as number;
    else if (member.location === 'header') {
      headers[member.wireName] = headerText(member.shape, value);
    }
  }
  const more = UNMODELLED_HEADERS[`${operation.service.id}:${operation.name}`] ?? {};
  for (const [name, member] of Object.entries(more)) {
    if (typeof output[member] === 'string') headers[name] = visible(output[member]);
  }
  const body = writeBody(operation, shape, output, headers);
  // These two statuses never carry a body.
  return { status, headers, body: status === 204 || status === 304 ? '' : body };
}

function writeBody(
  operation: Operation,
  shape: StructureShape,
  output: Record<string, unknown>,
  headers: Record<string, string>,
): string | Uint8Array {
  const { payload } = shape;
  if (payload) {
    const value = output[payload.name];
    if (value === undefined || value === null) return '';
    if (payload.shape.type === 'blob') {
      headers['Content-Type'] ??= blobContentType(operation.service);
      return bytes(value);
    }
    headers['Content-Type'] = 'application/json';
    return printerOf(payload.shape)(writerOf(payload.shape)(value));
  }
  let write = writers.get(shape);
  if (!write) {
    write = structureWriter(bodyMembers(shape), (member) => member.wireName);
    writers.set(shape, write);
  }
  headers['Content-Type'] = 'application/json';
  return printerOf(shape)(write(output));
}

function headerText(shape: Shape, value: unknown): string {
  return visible(textOfScalar(shape, value));
}

/** Text that a header can carry: what is not visible ASCII becomes a question mark. */
const visible = (text: string): string => text.replace(/[^\t\x20-\x7e]/g, '?');

/** Headers that an error shape binds, such as Retry-After. */
export function errorHeaders(
  shape: StructureShape,
  members: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const member of shape.members) {
    const value = members[member.name];
    if (member.location !== 'header' || value === undefined || value === null) continue;
    headers[member.wireName] = headerText(member.shape, value);
  }
  return headers;
}
