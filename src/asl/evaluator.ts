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
  type Session,
  spend,
} from './jsonata-functions.ts';
import {
  JSONATA_DEPTH_MAX,
  JSONATA_ITEMS_MAX,
  JSONATA_RESULT_SIZE_MAX,
  JSONATA_TIMEOUT_MS,
} from './limits.ts';
import { LinearRegex } from './linear-regex.ts';

const COMPILED_MAX = 2000;
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
  let value: Json | undefined | typeof UNSUPPORTED;
  try {
    const session: Session = { tools, nowMs: tools.now(), textTotal: 0 };
    const bindings = { ...request.variables, states: request.states, [SESSION]: session };
    const result: unknown = await compile(request.source, timeoutMs).evaluate(undefined, bindings);
    value = result === undefined ? undefined : new Printer().toJson(result);
  } catch (error) {
    throw failure(request, thrownText(error), isTimeLimit(error));
  }
  if (value === undefined) throw failure(request, 'returned nothing (undefined).');
  if (value === UNSUPPORTED) throw failure(request, 'returned an unsupported result type.');
  return value;
}

/** An evaluation that used up its time. */
class TimeoutError extends LanguageError {}

/** True for the error of an evaluation that was given too little time. */
export const isTimeout = (error: unknown): boolean => error instanceof TimeoutError;

/** What an evaluation comes to that had to be ended from outside. */
export function timedOut(request: ExpressionRequest): LanguageError {
  return failure(request, thrownText({ code: 'D1012' }), true);
}

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

/** Called by the library behind every step of an evaluation, but for tail calls. */
function limitTexts(
  _expression: unknown,
  _input: unknown,
  environment: jsonata.Environment,
  result: unknown,
): void {
  if (typeof result === 'string') spend(environment.lookup(SESSION) as Session, result.length);
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

/** Stands for a function, and for whatever else JSON has no form for. */
const UNSUPPORTED = Symbol('unsupported');

/**
 * Makes plain JSON of a result, bounded in size. Numbers that are not finite become their names, as
 * on AWS.
 */
class Printer {
  #size = 0;

  toJson(value: unknown): Json | typeof UNSUPPORTED {
    this.#count(typeof value === 'string' ? value.length : NUMBER_SIZE);
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (Array.isArray(value)) return this.#list(value);
    return isObject(value) && !isFunction(value) ? this.#object(value) : UNSUPPORTED;
  }

  #list(list: readonly unknown[]): Json | typeof UNSUPPORTED {
    const json: Json[] = [];
    for (const item of list) {
      const copy = this.toJson(item);
      if (copy === UNSUPPORTED) return UNSUPPORTED;
      json.push(copy);
    }
    return json;
  }

  #object(object: JsonObject): Json | typeof UNSUPPORTED {
    const entries: [string, Json][] = [];
    for (const [key, member] of Object.entries(object)) {
      this.#count(key.length);
      const copy = this.toJson(member);
      if (copy === UNSUPPORTED) return UNSUPPORTED;
      entries.push([key, copy]);
    }
    return Object.fromEntries(entries);
  }

  #count(size: number): void {
    this.#size += size;
    if (this.#size > JSONATA_RESULT_SIZE_MAX) throw memoryExceeded();
  }
}

const NUMBER_SIZE = 8;

function isFunction(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}

type JsonType = 'array' | 'object' | 'number' | 'string' | 'boolean' | 'null';
export type ExpectedType = JsonType | 'integer';

function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : (typeof value as JsonType);
}

/** Throws where an expression's value has none of the types that its field takes. */
export function expectType(
  value: Json,
  expected: readonly ExpectedType[],
  request: Pick<ExpressionRequest, 'source' | 'field'>,
): void {
  const type = typeOf(value);
  if (expected.includes(type) || (expected.includes('integer') && Number.isInteger(value))) return;
  const names = expected.map((one) => `'${one}'`).join(' or ');
  throw new LanguageError(
    'States.QueryEvaluationError',
    `The JSONata expression '${request.source}' specified for the field '${request.field}' ` +
      `returned an unexpected result type. Expected ${names}, but was '${type}' for value: ` +
      printJson(value),
    request.field,
  );
}
