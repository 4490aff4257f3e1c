/**
 * Evaluates one JSONata expression with the npm library, within the limits that AWS has and safe
 * against what the library leaves open: regular expressions that never end, texts of any size,
 * `$eval`, clocks and chance. How much an evaluation may be is counted and not timed: an expression
 * has the same outcome on a slow machine.
 */
import jsonata from 'jsonata';
import { LRUCache } from 'lru-cache';
import { isObject, type Json, type JsonObject, printJson } from '../ground/json.ts';
import type { Tools } from '../ground/tools.ts';
import type { ExpressionRequest } from './env.ts';
import { Budget, isFunctionObject } from './jsonata/budget.ts';
import { markTree, onEntry, onExit } from './jsonata/counting.ts';
import { EvaluationError, memoryExceeded, StepsExceeded } from './jsonata/errors.ts';
import { functionLibrary } from './jsonata/library.ts';
import { LinearRegex } from './jsonata/linear-regex.ts';
import { PartsInOrder } from './jsonata/parts.ts';
import { Rows, SESSION, type Session } from './jsonata/session.ts';
import { LanguageError } from './language-error.ts';
import { JSONATA_DEPTH_MAX, JSONATA_ITEMS_MAX, JSONATA_RESULT_SIZE_MAX } from './limits.ts';

const COMPILED_MAX = 2000;
const ENTRY_HOOK = Symbol.for('jsonata.__evaluate_entry') as unknown as string;
const EXIT_HOOK = Symbol.for('jsonata.__evaluate_exit') as unknown as string;

interface Compiled {
  readonly expression: jsonata.Expression;
  /** The library reads them where an evaluation begins. */
  readonly options: jsonata.JsonataOptions;
  readonly usesRegex: boolean;
}

const compiled = new LRUCache<string, Compiled>({ max: COMPILED_MAX });

/**
 * The expression's value. Rejects with LanguageError `States.QueryEvaluationError`, located at the
 * request's field. With a budget below the language's own, `isTooLong` tells a caller that the same
 * request may be tried again with more.
 */
export async function evaluateExpression(
  request: ExpressionRequest,
  tools: Tools,
  budget = new Budget(),
): Promise<Json> {
  let value: Json | undefined | typeof UNSUPPORTED;
  try {
    const parts = new PartsInOrder();
    const session: Session = { tools, nowMs: tools.now(), budget, rows: new Rows(), parts };
    const bindings = { ...request.variables, states: request.states, [SESSION]: session };
    const { expression, options, usesRegex } = await compile(request.source);
    if (usesRegex) options.RegexEngine = regexEngine(budget) as RegExpConstructor;
    const result: unknown = await expression.evaluate(undefined, bindings);
    value = result === undefined ? undefined : new Printer().toJson(result);
  } catch (error) {
    throw failure(request, thrownText(error), error instanceof StepsExceeded);
  }
  if (value === undefined) throw failure(request, 'returned nothing (undefined).');
  if (value === UNSUPPORTED) throw failure(request, 'returned an unsupported result type.');
  return value;
}

/** An evaluation that used up its steps. */
class TooLongError extends LanguageError {}

/** True for the error of an evaluation that was given too few steps. */
export const isTooLong = (error: unknown): boolean => error instanceof TooLongError;

/** What an evaluation comes to that had to be ended from outside. */
export function endedFromOutside(request: ExpressionRequest): LanguageError {
  return failure(request, thrownText(new StepsExceeded()), true);
}

function failure(request: ExpressionRequest, text: string, tooLong = false): LanguageError {
  const { source, field } = request;
  const cause = `The JSONata expression '${source}' specified for the field '${field}' ${text}`;
  const Kind = tooLong ? TooLongError : LanguageError;
  return new Kind('States.QueryEvaluationError', cause, field);
}

async function compile(source: string): Promise<Compiled> {
  const known = compiled.get(source);
  if (known) return known;
  const options: jsonata.JsonataOptions = { stack: JSONATA_DEPTH_MAX, sequence: JSONATA_ITEMS_MAX };
  const expression = jsonata(source, options);
  const { variables, transforms, usesRegex } = markTree(expression.ast());
  const library = await functionLibrary();
  for (const name of transforms ? [...variables, 'clone'] : variables) {
    const definition = library.get(name);
    if (definition || name === 'eval') expression.assign(name, definition);
  }
  expression.assign(ENTRY_HOOK, onEntry);
  expression.assign(EXIT_HOOK, onExit);
  const made = { expression, options, usesRegex };
  compiled.set(source, made);
  return made;
}

/** The library makes a regular expression anew in each evaluation that comes by one. */
const regexEngine = (budget: Budget): unknown =>
  class extends LinearRegex {
    constructor(regex: RegExp) {
      super(regex, budget);
    }
  };

/** jsonata throws plain objects with code and message; what it calls may throw errors. */
interface Thrown {
  readonly code?: unknown;
  readonly message?: unknown;
}

function thrownText(error: unknown): string {
  const { code, message } = described(error);
  const prefix = typeof code === 'string' ? `${code}: ` : '';
  return `threw an error during evaluation. ${prefix}${String(message)}`;
}

/** The library's limits in AWS's words. */
function described(error: unknown): Thrown {
  const { code, message } = error as Thrown;
  switch (code) {
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
    return isObject(value) && !isFunctionObject(value) ? this.#object(value) : UNSUPPORTED;
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
