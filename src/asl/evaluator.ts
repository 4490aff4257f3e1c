/**
 * Evaluates one JSONata expression with the npm library, within the limits that AWS has and safe
 * against what the library leaves open: regular expressions that never end, texts of any size,
 * `$eval`, clocks and chance.
 */
import jsonata from 'jsonata';
import { LRUCache } from 'lru-cache';
import { isObject, type Json, type JsonObject, printJson } from '../ground/json.ts';
import type { Tools } from '../ground/tools.ts';
import { type ExpressionRequest, LanguageError } from './env.ts';
import {
  EvaluationError,
  memoryExceeded,
  registerFunctions,
  SESSION,
} from './jsonata-functions.ts';
import {
  JSONATA_DEPTH_MAX,
  JSONATA_ITEMS_MAX,
  JSONATA_TEXT_LENGTH_MAX,
  JSONATA_TEXT_TOTAL_MAX,
  JSONATA_TIMEOUT_MS,
} from './limits.ts';
import { LinearRegex } from './linear-regex.ts';

const COMPILED_MAX = 2000;
const LONG_TEXT_LENGTH = 1024;
const EXIT_HOOK = Symbol.for('jsonata.__evaluate_exit') as unknown as string;

const compiled = new LRUCache<string, jsonata.Expression>({ max: COMPILED_MAX });

/**
 * The expression's value. Rejects with LanguageError `States.QueryEvaluationError`, located at the
 * request's field. With a `timeoutMs` below the language's own limit, `isTimeout` tells a caller
 * that the same request may be tried again with more time.
 */
export async function evaluateExpression(
  request: ExpressionRequest,
  tools: Tools,
  timeoutMs: number = JSONATA_TIMEOUT_MS,
): Promise<Json> {
  let value: unknown;
  try {
    const bindings = { [SESSION]: { tools, nowMs: tools.now() }, ...request.variables };
    value = await compile(request.source, timeoutMs).evaluate(undefined, {
      ...bindings,
      states: request.states,
    });
  } catch (error) {
    throw failure(request, thrownText(error), isTimeLimit(error));
  }
  if (value === undefined) throw failure(request, 'returned nothing (undefined).');
  const json = toJson(value);
  if (json === undefined) throw failure(request, 'returned an unsupported result type.');
  return json;
}

/** An evaluation that used up its time. */
class TimeoutError extends LanguageError {}

/** True for the error of an evaluation that was given too little time. */
export const isTimeout = (error: unknown): boolean => error instanceof TimeoutError;

function failure(request: ExpressionRequest, text: string, timedOut = false): LanguageError {
  const { source, field } = request;
  const cause = `The JSONata expression '${source}' specified for the field '${field}' ${text}`;
  const Kind = timedOut ? TimeoutError : LanguageError;
  return new Kind('States.QueryEvaluationError', cause, field);
}

function compile(source: string, timeoutMs: number): jsonata.Expression {
  const key = `${timeoutMs} ${source}`;
  let expression = compiled.get(key);
  if (!expression) {
    expression = jsonata(source, {
      timeout: timeoutMs,
      stack: JSONATA_DEPTH_MAX,
      sequence: JSONATA_ITEMS_MAX,
      RegexEngine: LinearRegex as unknown as RegExpConstructor,
    });
    registerFunctions(expression);
    expression.assign(EXIT_HOOK, limitTexts);
    compiled.set(key, expression);
  }
  return expression;
}

/** Lengths of the texts built so far, by the root frame of their evaluation. */
const built = new WeakMap<object, number>();

/** Called by the library behind every step of an evaluation. */
function limitTexts(
  _expression: unknown,
  _input: unknown,
  environment: { base: object },
  result: unknown,
): void {
  if (typeof result !== 'string' || result.length < LONG_TEXT_LENGTH) return;
  const total = (built.get(environment.base) ?? 0) + result.length;
  if (result.length > JSONATA_TEXT_LENGTH_MAX || total > JSONATA_TEXT_TOTAL_MAX) {
    throw memoryExceeded();
  }
  built.set(environment.base, total);
}

/** jsonata throws plain objects with code and message; what it calls may throw errors. */
interface Thrown {
  readonly code?: unknown;
  readonly message?: unknown;
}

const isTimeLimit = (error: unknown): boolean => (error as Thrown).code === 'D1012';

function thrownText(error: unknown): string {
  const { code, message } = described(error);
  const prefix = typeof code === 'string' ? `${code}: ` : '';
  return `threw an error during evaluation. ${prefix}${String(message)}`;
}

/** The library's limits in AWS's words. */
function described(error: unknown): Thrown {
  const { code, message } = error as Thrown;
  switch (code) {
    case 'D1012':
      return new EvaluationError('U1001', 'Expression evaluation timeout: Check for infinite loop');
    case 'D1011':
      return new EvaluationError(
        'U1001',
        'Stack overflow error: Check for non-terminating recursive function.  Consider rewriting ' +
          `as tail-recursive. Depth=${JSONATA_DEPTH_MAX + 1} max=${JSONATA_DEPTH_MAX}`,
      );
    case 'D2014':
    case 'D2015':
      return memoryExceeded();
    default:
      return error instanceof RangeError ? memoryExceeded() : { code, message };
  }
}

/**
 * Plain JSON of a result, or undefined where it holds a function or what JSON has no form for.
 * Numbers that are not finite become their names, as on AWS.
 */
function toJson(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return listToJson(value);
  if (!isObject(value) || isFunction(value)) return undefined;
  const json: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    const copy = toJson(member);
    if (copy === undefined) return undefined;
    if (key === '__proto__') Object.defineProperty(json, key, property(copy));
    else json[key] = copy;
  }
  return json;
}

function listToJson(list: readonly unknown[]): Json | undefined {
  const json: Json[] = [];
  for (const item of list) {
    const copy = toJson(item);
    if (copy === undefined) return undefined;
    json.push(copy);
  }
  return json;
}

const property = (value: Json): PropertyDescriptor => ({
  value,
  writable: true,
  enumerable: true,
  configurable: true,
});

function isFunction(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}

export type JsonType = 'array' | 'object' | 'number' | 'string' | 'boolean' | 'null';

function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : (typeof value as JsonType);
}

/** Throws where an expression's value has none of the types that its field takes. */
export function expectType(
  value: Json,
  expected: readonly JsonType[],
  request: Pick<ExpressionRequest, 'source' | 'field'>,
): void {
  const type = typeOf(value);
  if (expected.includes(type)) return;
  const names = expected.map((one) => `'${one}'`).join(' or ');
  throw new LanguageError(
    'States.QueryEvaluationError',
    `The JSONata expression '${request.source}' specified for the field '${request.field}' ` +
      `returned an unexpected result type. Expected ${names}, but was '${type}' for value: ` +
      printJson(value),
    request.field,
  );
}
