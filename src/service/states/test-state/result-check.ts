/**
 * Checks a mocked result against the model of the API that it stands for. The wording is recorded;
 * members are named without what is around them. Members that the model does not have, or has in
 * another case, are passed over.
 */
import {
  comparable,
  isNumeric,
  isObject,
  type Json,
  type JsonObject,
} from '../../../ground/json.ts';
import { memberNames } from '../../../wire/sdk-names.ts';
import { validation } from '../faults.ts';
import type { ExpectedResult, ResultModel, ResultShape } from './result-model.ts';

/** `STRICT` also wants the required members. */
export type CheckMode = 'STRICT' | 'PRESENT';

/** Throws ValidationException. */
export function checkResult(result: Json, expected: ExpectedResult, mode: CheckMode): void {
  const { model, shape, parsedPayload } = expected;
  if (!isObject(result) || shape.type !== 'object') {
    throw validation('Mocked result must be a JSON object.');
  }
  const { payload, ...rest } = shape;
  const open = parsedPayload && payload !== undefined ? [payload] : [];
  new Checker(model, mode).object(result, rest, open);
}

class Checker {
  readonly #model: ResultModel;
  readonly #mode: CheckMode;

  constructor(model: ResultModel, mode: CheckMode) {
    this.#model = model;
    this.#mode = mode;
  }

  /** `open`: members that may be anything. */
  object(
    value: JsonObject,
    shape: Extract<ResultShape, { readonly type: 'object' }>,
    open: readonly string[] = [],
  ): void {
    if (this.#mode === 'STRICT') requireMembers(value, shape.required ?? []);
    for (const [name, number] of Object.entries(shape.members)) {
      if (open.includes(name)) continue;
      for (const given of memberNames(name)) {
        const field = Object.hasOwn(value, given) ? value[given]! : null;
        if (field !== null) this.#field(given, field, number);
      }
    }
  }

  #field(name: string, value: Json, number: number): void {
    const shape = this.#model.shapes[number]!;
    expectType(name, shape.type, value);
    if (typeof value === 'string') checkText(name, value, shape);
    else if (isNumeric(value)) checkRange(name, comparable(value), shape);
    else if (Array.isArray(value)) this.#items(name, value, shape);
    else if (isObject(value) && shape.type === 'object') this.object(value, shape);
    else if (isObject(value) && shape.type === 'map') {
      for (const [key, part] of Object.entries(value)) this.#field(key, part, shape.of);
    }
  }

  #items(name: string, items: readonly Json[], shape: ResultShape): void {
    if (shape.type !== 'array') return;
    checkLength(name, items.length, shape);
    for (const item of items) this.#field(name, item, shape.of);
  }
}

function requireMembers(value: JsonObject, required: readonly string[]): void {
  for (const name of required) {
    const names = memberNames(name);
    if (names.some((one) => Object.hasOwn(value, one))) continue;
    throw validation(`${PREFIX}Required field '${names[0]}' is missing`);
  }
}

const PREFIX = 'Mock result schema validation error: ';

const mismatch = (name: string, what: string) => validation(`${PREFIX}Field '${name}' ${what}`);

const TYPES: Readonly<
  Record<Exclude<ResultShape['type'], 'any'>, readonly [string, (value: Json) => boolean]>
> = {
  object: ['an object', isObject],
  map: ['an object', isObject],
  array: ['an array', Array.isArray],
  string: ['a string', (value) => typeof value === 'string'],
  number: ['a number', isNumeric],
  boolean: ['a boolean', (value) => typeof value === 'boolean'],
};

function expectType(name: string, type: ResultShape['type'], value: Json): void {
  if (type === 'any') return;
  const [called, fits] = TYPES[type];
  if (!fits(value)) throw mismatch(name, `must be ${called}`);
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

function checkText(name: string, value: string, shape: ResultShape): void {
  if (shape.type !== 'string') return;
  if (shape.enum && !shape.enum.includes(value)) throw mismatch(name, 'is not an expected value');
  checkLength(name, value.length, shape);
}

function checkRange(name: string, value: number | bigint, shape: ResultShape): void {
  if (shape.type !== 'number') return;
  const { min = -Infinity, max = Infinity } = shape;
  if (value < min) throw mismatch(name, 'is less than the minimum value');
  if (value > max) throw mismatch(name, 'exceeds the maximum value');
}

function checkLength(name: string, length: number, { min = 0, max = Infinity }: Bounds): void {
  if (length < min) throw mismatch(name, 'is smaller than the minimum length');
  if (length > max) throw mismatch(name, 'exceeds the maximum length');
}
