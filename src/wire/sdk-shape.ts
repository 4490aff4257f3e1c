/**
 * Shapes as tasks see them that call an API: members under the names of `sdk-names.ts`, texts of
 * whatever is given where the API wants a text, and a body that is one blob as the JSON text of the
 * value. Recorded with the integrations of S3, SQS, DynamoDB and Step Functions itself; other blobs
 * are base64, as in every JSON protocol of AWS.
 */
import { isNumeric, isObject, type Json, type JsonObject, printJson } from '../ground/json.ts';
import { fromBase64, textOf, toBase64 } from './bytes.ts';
import type { Member, ScalarShape, Shape, StructureShape } from './model/shapes.ts';
import { memberNames, sdkMember } from './sdk-names.ts';
import { assign, bytesOf } from './values.ts';

/** Of operations without parameters. */
const NOTHING: StructureShape = {
  name: 'Nothing',
  sensitive: false,
  type: 'structure',
  members: [],
  payload: undefined,
  eventStream: false,
  xmlName: undefined,
  xmlOrder: undefined,
  error: undefined,
};

interface Field {
  readonly member: Member;
  /** The one that is the whole body. */
  readonly body: boolean;
}

/** Members by every name that they may have. */
const fieldsOf = memo((shape: StructureShape): ReadonlyMap<string, Field> => {
  const fields = new Map<string, Field>();
  for (const member of shape.members) {
    const field = { member, body: member === shape.payload && member.shape.type === 'blob' };
    for (const name of memberNames(member.name)) if (!fields.has(name)) fields.set(name, field);
  }
  return fields;
});

/** The parameters without the members that the operation does not have; nulls stay. */
export function knownParameters(shape: StructureShape | undefined, given: JsonObject): JsonObject {
  const fields = shape && fieldsOf(shape);
  const known = Object.keys(given).filter((name) => fields?.has(name));
  if (known.length === Object.keys(given).length) return given;
  return Object.fromEntries(known.map((name) => [name, given[name]!]));
}

/** Why a request cannot be made of the parameters; empty where it can. Nulls are the service's. */
export function parameterProblems(
  shape: StructureShape | undefined,
  given: JsonObject,
): readonly string[] {
  const problems: string[] = [];
  findInStructure(shape ?? NOTHING, given, problems, false);
  return problems;
}

/**
 * The same of what a definition says, in which null stands for what is known later only. What kind
 * of value it is counts when it is sent.
 */
export function definitionProblems(
  shape: StructureShape | undefined,
  given: JsonObject,
): readonly string[] {
  const problems: string[] = [];
  findInStructure(shape ?? NOTHING, given, problems, true);
  return problems;
}

const unsupported = (name: string): string =>
  `The field "${name}" is not supported by Step Functions`;

function findInStructure(
  shape: StructureShape,
  given: JsonObject,
  problems: string[],
  early: boolean,
): void {
  const fields = fieldsOf(shape);
  for (const { name, required } of shape.members) {
    if (!required || memberNames(name).some((one) => Object.hasOwn(given, one))) continue;
    problems.push(`The field '${sdkMember(name)}' is required but was missing`);
  }
  for (const [name, value] of Object.entries(given)) {
    const field = fields.get(name);
    if (!field) {
      if (!early || value !== null) problems.push(unsupported(name));
    } else if (value !== null && !field.body) {
      find(field.member.shape, name, value, problems, early);
    }
  }
}

function find(shape: Shape, name: string, value: Json, problems: string[], early: boolean): void {
  if (!fits(shape, value)) {
    if (!early) problems.push(`The value of the field '${name}' has an invalid format`);
  } else if (shape.type === 'structure') {
    findInStructure(shape, value as JsonObject, problems, early);
  } else if (shape.type === 'list' || shape.type === 'map') {
    const inner = shape.type === 'list' ? shape.member : shape.value;
    for (const part of Object.values(value as object) as Json[]) {
      if (part !== null) find(inner, name, part, problems, early);
    }
  }
}

function fits(shape: Shape, value: Json): boolean {
  switch (shape.type) {
    case 'structure':
    case 'map':
      return isObject(value);
    case 'list':
      return Array.isArray(value);
    case 'string':
      return true;
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
    case 'long':
      return isNumeric(value) && (typeof value === 'bigint' || Number.isInteger(Number(value)));
    case 'float':
    case 'double':
      return isNumeric(value);
    case 'timestamp':
      return dateOf(value) !== undefined;
    case 'blob':
      return typeof value === 'string' && fromBase64(value) !== undefined;
  }
}

/** What the handler of the operation gets, of parameters that have no problems. */
export function readParameters(shape: StructureShape, given: JsonObject): Record<string, unknown> {
  const fields = fieldsOf(shape);
  const input: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const field = fields.get(name);
    if (!field || value === null) continue;
    const { member, body } = field;
    input[member.name] = body ? encoder.encode(printJson(value)) : read(member.shape, value);
  }
  return input;
}

function read(shape: Shape, value: Json): unknown {
  switch (shape.type) {
    case 'structure':
      return readParameters(shape, value as JsonObject);
    case 'list':
      return (value as Json[]).map((item) => (item === null ? null : read(shape.member, item)));
    case 'map': {
      const map: Record<string, unknown> = {};
      for (const [key, part] of Object.entries(value as JsonObject)) {
        if (part !== null) assign(map, key, read(shape.value, part));
      }
      return map;
    }
    case 'string':
      return typeof value === 'string' ? value : printJson(value);
    case 'timestamp':
      return dateOf(value);
    case 'blob':
      return fromBase64(value as string);
    default:
      return isNumeric(value) ? Number(value) : value;
  }
}

/** ISO 8601, or seconds since the epoch. */
function dateOf(value: Json): Date | undefined {
  const ms = isNumeric(value) ? Number(value) * 1000 : Date.parse(String(value));
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The task's result: modelled members alone, in the order of their names. */
export function writeResult(
  shape: StructureShape | undefined,
  output: Readonly<Record<string, unknown>>,
): JsonObject {
  const result: [string, Json][] = [];
  for (const member of shape?.members ?? []) {
    const value = output[member.name];
    if (value === undefined || value === null) continue;
    const body = member === shape!.payload && member.shape.type === 'blob';
    const shown = body ? lossyText(bytesOf(value)) : write(member.shape, value);
    result.push([sdkMember(member.name), shown]);
  }
  return Object.fromEntries(result.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function write(shape: Shape, value: unknown): Json {
  switch (shape.type) {
    case 'structure':
      return writeResult(shape, value as Record<string, unknown>);
    case 'list':
      return (value as readonly unknown[]).map((item) => write(shape.member, item));
    case 'map': {
      const map: JsonObject = {};
      for (const [key, part] of Object.entries(value as object)) {
        if (part !== undefined && part !== null) assign(map, key, write(shape.value, part));
      }
      return map;
    }
    default:
      return writeScalar(shape, value);
  }
}

function writeScalar(shape: ScalarShape, value: unknown): Json {
  if (shape.type === 'timestamp') return instantText(value as Date);
  return shape.type === 'blob' ? toBase64(bytesOf(value)) : (value as Json);
}

/** As Java prints an Instant: no fraction where it is zero. */
const instantText = (date: Date): string => date.toISOString().replace('.000Z', 'Z');

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes that are no UTF-8 are lost (recorded). */
const lossyText = (body: Uint8Array): string => textOf(body) ?? decoder.decode(body);

function memo<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) {
      value = make(key);
      made.set(key, value);
    }
    return value;
  };
}
