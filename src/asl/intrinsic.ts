/**
 * Intrinsic function calls `States.Name(argument, …)`: text to Call, and what a Call gives.
 * Rules: Amazon States Language, "Intrinsic Functions"; error texts as AWS prints them.
 */
import { type Json, printJson } from '../ground/json.ts';
import { type Env, LanguageError } from './env.ts';
import { ARRAY_FUNCTIONS } from './intrinsics/array.ts';
import { JSON_FUNCTIONS } from './intrinsics/json.ts';
import { MATH_FUNCTIONS } from './intrinsics/math.ts';
import { type Intrinsic, Refusal, refuse } from './intrinsics/signature.ts';
import { TEXT_FUNCTIONS } from './intrinsics/text.ts';
import { parseQuery } from './jsonpath/parse.ts';
import { PathSyntaxError, type Query } from './jsonpath/syntax.ts';
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

/** Throws PathSyntaxError where the text is no call of a known function. */
export function parseCall(text: string): Call {
  const reader = new CallReader(text);
  const call = reader.call(1);
  if (reader.at !== text.length) reader.fail('Unexpected text after the call');
  return call;
}

/**
 * The call's value. Throws `States.Runtime` where a path argument leads nowhere, and
 * `States.IntrinsicFailure` where the function refuses its arguments.
 */
export function evaluateCall(call: Call, env: Env): Json {
  try {
    return run(call, env);
  } catch (error) {
    if (error instanceof Missing) throw failure('States.Runtime', call, error.message);
    if (error instanceof Refusal) throw failure('States.IntrinsicFailure', call, error.message);
    throw error;
  }
}

class Missing extends Error {}

/** The text names the whole expression as written, not the inner call (recorded). */
function failure(error: string, call: Call, detail: string): LanguageError {
  return new LanguageError(error, `The function '${call.text}' had the following error: ${detail}`);
}

function run(call: Call, env: Env): Json {
  const args = call.args.map((arg, i) => evaluateArgument(arg, env, i === 0 && isFormat(call)));
  return FUNCTIONS.get(call.name)!.run(args, env.tools);
}

const isFormat = (call: Call): boolean => call.name === 'States.Format';

function evaluateArgument(arg: CallArgument, env: Env, isTemplate: boolean): Json {
  if (arg.kind === 'text') return isTemplate ? arg.raw : arg.value;
  const value = argumentValue(arg, env);
  if (isTemplate && typeof value === 'string' && value.includes('\\')) {
    return refuse('Invalid arguments in States.Format: a template from data may not have escapes.');
  }
  return value;
}

function argumentValue(arg: Exclude<CallArgument, { kind: 'text' }>, env: Env): Json {
  if (arg.kind === 'value') return arg.value;
  if (arg.kind === 'call') return run(arg.call, env);
  const found = readFrom(arg.query, env);
  if ('value' in found && !found.beyond) return found.value;
  if ('miss' in found && found.miss.startsWith('Filter: ')) throw new Missing(found.miss);
  // AWS shows a context path with a single `$`, and the state's input even then (measured).
  const shown = arg.text.startsWith('$$') ? arg.text.slice(1) : arg.text;
  throw new Missing(
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
    const intrinsic = name === undefined ? undefined : FUNCTIONS.get(name);
    if (name === undefined || !intrinsic) return this.fail('No intrinsic function of that name');
    this.at += name.length + 1;
    const args = this.#arguments(depth);
    if (args.length < intrinsic.argumentsMin || args.length > intrinsic.argumentsMax) {
      this.fail(`Wrong number of arguments in ${name}`);
    }
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
    return { kind: 'value', value: Number(word) };
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
