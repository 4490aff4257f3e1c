/**
 * Intrinsic function calls `States.Name(argument, …)`: text to Call, and what a Call gives.
 * Rules: Amazon States Language, "Intrinsic Functions"; error texts as AWS prints them.
 */
import { type Json, printJson, readNumber } from '../ground/json.ts';
import type { Env } from './env.ts';
import { ARRAY_FUNCTIONS } from './intrinsics/array.ts';
import { JSON_FUNCTIONS } from './intrinsics/json.ts';
import { MATH_FUNCTIONS } from './intrinsics/math.ts';
import { type Intrinsic, Refusal, refuse } from './intrinsics/signature.ts';
import { TEXT_FUNCTIONS } from './intrinsics/text.ts';
import { parseQuery } from './jsonpath/parse.ts';
import { PathSyntaxError, type Query } from './jsonpath/syntax.ts';
import { LanguageError } from './language-error.ts';
import { INTRINSIC_DEPTH_MAX } from './limits.ts';
import { readFrom } from './lookup.ts';

const FUNCTIONS: ReadonlyMap<string, Intrinsic> = new Map(
  [ARRAY_FUNCTIONS, TEXT_FUNCTIONS, JSON_FUNCTIONS, MATH_FUNCTIONS].flatMap(Object.entries),
);

type CallArgument =
  | { readonly kind: 'value'; readonly value: Json }
  /** A quoted text; `raw` still has its escapes, which States.Format needs. */
  | { readonly kind: 'text'; readonly raw: string; readonly value: string }
  | { readonly kind: 'query'; readonly text: string; readonly query: Query }
  | { readonly kind: 'call'; readonly call: Call };

export interface Call {
  /** As written. */
  readonly text: string;
  readonly name: string;
  readonly args: readonly CallArgument[];
}

/**
 * Throws PathSyntaxError where the text is no call of a known function. How many arguments there
 * are is looked at when the function is called, as on AWS (measured).
 */
export function parseCall(text: string): Call {
  const reader = new CallReader(text);
  const call = reader.call(1);
  if (reader.at !== text.length) reader.fail('Unexpected text after the call');
  return call;
}

/**
 * The call's value. Throws `States.Runtime` where a path argument leads nowhere or a function
 * refuses its arguments: the name that the language's specification has for the latter,
 * `States.IntrinsicFailure`, is not what AWS reports (measured).
 */
export function evaluateCall(call: Call, env: Env): Json {
  try {
    return run(call, env);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    // The text names the whole expression as written, not the inner call (recorded).
    throw new LanguageError(
      'States.Runtime',
      `The function '${call.text}' had the following error: ${error.message}`,
    );
  }
}

class Failed extends Error {
  override name = 'Failed';
}

function run(call: Call, env: Env): Json {
  const { argumentsMin, argumentsMax, run: compute } = FUNCTIONS.get(call.name)!;
  const given = call.args.length;
  try {
    if (given < argumentsMin || given > argumentsMax) refuse();
    const args = call.args.map((arg, i) => evaluateArgument(arg, env, i === 0 && isFormat(call)));
    const { effort } = env;
    for (const arg of args) effort.spendOn(arg);
    const result = compute(args, env.tools);
    // Later it is printed, with whatever stands in it several times.
    effort.spendOn(result);
    return result;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Failed(error.text ?? `Invalid arguments in ${call.name}`);
  }
}

const isFormat = (call: Call): boolean => call.name === 'States.Format';

/** A template from data may not have escapes. */
function evaluateArgument(arg: CallArgument, env: Env, isTemplate: boolean): Json {
  if (arg.kind === 'text') return isTemplate ? arg.raw : arg.value;
  const value = argumentValue(arg, env);
  if (isTemplate && typeof value === 'string' && value.includes('\\')) return refuse();
  return value;
}

function argumentValue(arg: Exclude<CallArgument, { kind: 'text' }>, env: Env): Json {
  if (arg.kind === 'value') return arg.value;
  if (arg.kind === 'call') return run(arg.call, env);
  const found = readFrom(arg.query, env);
  if ('value' in found && !found.beyond) return found.value;
  if ('miss' in found && found.miss.startsWith('Filter: ')) throw new Failed(found.miss);
  // AWS shows a context path with a single `$`, and the state's input even then (measured).
  const shown = arg.text.startsWith('$$') ? arg.text.slice(1) : arg.text;
  throw new Failed(
    `The JsonPath argument for the field '${shown}' could not be found in the input ` +
      `'${printJson(env.input)}'`,
  );
}

const ESCAPABLE = "'{}\\";

class CallReader {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  call(depth: number): Call {
    const start = this.at;
    if (depth > INTRINSIC_DEPTH_MAX) this.fail('Calls are nested too deeply');
    const name = /^States\.\w+(?=\()/.exec(this.#text.slice(start))?.[0];
    const known = name !== undefined && FUNCTIONS.has(name);
    if (!known) return this.fail('No intrinsic function of that name');
    this.at += name.length + 1;
    const args = this.#arguments(depth);
    return { text: this.#text.slice(start, this.at), name, args };
  }

  #arguments(depth: number): CallArgument[] {
    const args: CallArgument[] = [];
    this.#skipBlanks();
    if (this.#take(')')) return args;
    for (;;) {
      args.push(this.#argument(depth));
      this.#skipBlanks();
      if (this.#take(')')) return args;
      if (!this.#take(',')) this.fail("Expected ',' or ')'");
      this.#skipBlanks();
    }
  }

  #argument(depth: number): CallArgument {
    const char = this.#text[this.at];
    if (char === "'") return this.#quoted();
    if (char === '$') return this.#query();
    if (this.#text.startsWith('States.', this.at)) {
      return { kind: 'call', call: this.call(depth + 1) };
    }
    const word = /^[-+.\w]+/.exec(this.#text.slice(this.at))?.[0] ?? '';
    this.at += word.length;
    if (word === 'true' || word === 'false') return { kind: 'value', value: word === 'true' };
    if (word === 'null') return { kind: 'value', value: null };
    if (!/^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(word)) this.fail('Argument is not valid');
    return { kind: 'value', value: readNumber(word) };
  }

  #quoted(): CallArgument {
    const start = ++this.at;
    let value = '';
    for (; this.#text[this.at] !== "'"; this.at++) {
      if (this.#text[this.at] === '\\') {
        const escaped = this.#text[++this.at];
        if (escaped === undefined || !ESCAPABLE.includes(escaped)) this.fail('Invalid escape');
      }
      if (this.at >= this.#text.length) this.fail('String is not closed');
      value += this.#text[this.at];
    }
    return { kind: 'text', raw: this.#text.slice(start, this.at++), value };
  }

  /** A path ends at a comma or parenthesis outside its own brackets and quotes. */
  #query(): CallArgument {
    const start = this.at;
    let depth = 0;
    let quote = '';
    for (; this.at < this.#text.length; this.at++) {
      const char = this.#text[this.at]!;
      if (quote !== '') {
        if (char === '\\') this.at++;
        else if (char === quote) quote = '';
      } else if (depth > 0 && (char === "'" || char === '"')) quote = char;
      else if (char === '[' || char === '(') depth++;
      else if (depth > 0 && (char === ']' || char === ')')) depth--;
      else if (depth === 0 && (char === ',' || char === ')')) break;
    }
    const text = this.#text.slice(start, this.at).trimEnd();
    return { kind: 'query', text, query: parseQuery(text) };
  }

  #take(char: string): boolean {
    if (this.#text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.at] ?? '')) this.at++;
  }

  fail(message: string): never {
    throw new PathSyntaxError(`${message} at position ${this.at}`);
  }
}
