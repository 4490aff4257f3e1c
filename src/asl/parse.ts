/**
 * JSON text to a tree whose nodes know their place, for diagnostics. Error texts are worded as the
 * parser that AWS uses (Jackson) words them, because AWS passes them on.
 */
import { JSON_DEPTH_MAX } from './limits.ts';

export interface Member {
  readonly key: string;
  readonly keyOffset: number;
  readonly node: Node;
}

/** `offset` is where the value starts in the text. */
export type Node =
  | { readonly kind: 'object'; readonly offset: number; readonly members: readonly Member[] }
  | { readonly kind: 'array'; readonly offset: number; readonly items: readonly Node[] }
  | { readonly kind: 'string'; readonly offset: number; readonly value: string }
  | { readonly kind: 'number'; readonly offset: number; readonly value: number }
  | { readonly kind: 'boolean'; readonly offset: number; readonly value: boolean }
  | { readonly kind: 'null'; readonly offset: number; readonly value: null };

interface Problem {
  readonly message: string;
  /** AWS's location of a parse error: `[Source: (String)"…"; line: 1, column: 4]`. */
  readonly location: string;
  readonly offset: number;
}

export type Parsed = { readonly tree: Node } | { readonly problem: Problem };

/** Line and column, both from 1, of an offset in the text. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** Never throws: what is no JSON gives a problem. */
export function parseTree(text: string): Parsed {
  try {
    return { tree: new Parser(text).document() };
  } catch (error) {
    if (error instanceof Failure) return { problem: error.problem };
    throw error;
  }
}

class Failure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const MINUS_EXPECTATION = 'expected digit (0-9) to follow minus sign, for valid numeric value';
/** Numbers that Jackson knows and, like AWS, does not take. */
const NOT_STANDARD: ReadonlySet<string> = new Set(['NaN', 'Infinity']);
const WORD = /[\p{L}\p{Sc}_][\p{L}\p{N}\p{Sc}_]*/uy;
const DIGITS = /\d*/y;
const TEXT_RUN = /[^"\\\u0000-\u001f]*/y;
const SOURCE_SHOWN_LENGTH_MAX = 500;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

interface Container {
  readonly type: 'Object' | 'Array';
  readonly offset: number;
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Node {
    this.#skipSpace();
    if (this.#at >= this.#text.length) this.#fail('No content to map due to end-of-input');
    const node = this.#value();
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#unexpected('Expected end of the document');
    return node;
  }

  #value(): Node {
    const offset = this.#at;
    const char = this.#text[offset];
    if (char === '{') return this.#object(offset);
    if (char === '[') return this.#array(offset);
    if (char === '"') return { kind: 'string', offset, value: this.#string('string value') };
    if (char === '-' || isDigit(char)) {
      return { kind: 'number', offset, value: this.#number(offset) };
    }
    return this.#literal(offset);
  }

  #literal(offset: number): Node {
    WORD.lastIndex = offset;
    const word = WORD.exec(this.#text)?.[0];
    if (word === undefined) return this.#noValue();
    this.#at += word.length;
    if (word === 'true' || word === 'false') {
      return { kind: 'boolean', offset, value: word === 'true' };
    }
    if (word === 'null') return { kind: 'null', offset, value: null };
    if (NOT_STANDARD.has(word)) {
      const feature = 'JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS';
      return this.#fail(`Non-standard token '${word}': enable ${feature} to allow`, this.#at);
    }
    return this.#fail(`Unrecognized token '${word}': was expecting ${VALUES}`, this.#at);
  }

  #noValue(): never {
    const char = this.#text[this.#at];
    if (char === '}') this.#unexpected('expected a value');
    if (char !== '+') this.#unexpected(`expected a valid value ${VALUES}`);
    this.#at++;
    if (this.#at >= this.#text.length) this.#fail('Unexpected end-of-input in a Number value');
    return this.#badNumber(MINUS_EXPECTATION);
  }

  #number(offset: number): number {
    if (this.#take('-')) {
      if (this.#at >= this.#text.length) {
        this.#fail('Unexpected end-of-inputNo digit following minus sign');
      }
      if (!isDigit(this.#text[this.#at])) this.#badNumber(MINUS_EXPECTATION);
    }
    const leading = this.#at;
    if (this.#digits() > 1 && this.#text[leading] === '0') {
      this.#fail('Invalid numeric value: Leading zeroes not allowed', leading + 1);
    }
    if (this.#take('.') && this.#digits() === 0) {
      if (this.#at >= this.#text.length) this.#at--;
      this.#badNumber('Decimal point not followed by a digit');
    }
    if (this.#take('e') || this.#take('E')) {
      if (!this.#take('-')) this.#take('+');
      if (this.#at >= this.#text.length) {
        this.#fail('Unexpected end-of-inputexpected a digit for number exponent');
      }
      if (this.#digits() === 0) this.#badNumber('Exponent indicator not followed by a digit');
    }
    const next = this.#text[this.#at];
    if (this.#depth === 0 && next !== undefined && !isSpace(next)) {
      this.#unexpected('Expected space separating root-level values');
    }
    return Number(this.#text.slice(offset, this.#at));
  }

  /** How many there were. */
  #digits(): number {
    DIGITS.lastIndex = this.#at;
    const { length } = DIGITS.exec(this.#text)![0];
    this.#at += length;
    return length;
  }

  #badNumber(expectation: string): never {
    const shown = described(this.#text[this.#at]!);
    const message = `Unexpected character (${shown}) in numeric value: ${expectation}`;
    return this.#fail(message, this.#at + 1);
  }

  #string(place: 'string value' | 'name'): string {
    let value = '';
    this.#at++;
    for (;;) {
      TEXT_RUN.lastIndex = this.#at;
      value += TEXT_RUN.exec(this.#text)![0];
      this.#at = TEXT_RUN.lastIndex;
      const char = this.#text[this.#at];
      if (char === undefined) this.#unfinished(place);
      this.#at++;
      if (char === '"') return value;
      if (char === '\\') value += this.#escape();
      else {
        const message =
          `Illegal unquoted character (${described(char)}): ` +
          `has to be escaped using backslash to be included in ${place}`;
        this.#fail(message);
      }
    }
  }

  #unfinished(place: 'string value' | 'name'): never {
    return this.#fail(
      place === 'name'
        ? 'Unexpected end-of-input in field name'
        : 'Unexpected end-of-input: was expecting closing quote for a string value',
    );
  }

  #escape(): string {
    const char = this.#text[this.#at++];
    if (char === undefined) return this.#cutEscape();
    if (char === 'u') {
      for (let i = 0; i < 4; i++) {
        const digit = this.#text[this.#at];
        if (digit === undefined) return this.#cutEscape();
        if (!/[0-9a-fA-F]/.test(digit)) {
          this.#unexpected('expected a hex-digit for character escape sequence');
        }
        this.#at++;
      }
      return String.fromCharCode(Number.parseInt(this.#text.slice(this.#at - 4, this.#at), 16));
    }
    const value = ESCAPES[char];
    if (value !== undefined) return value;
    return this.#fail(`Unrecognized character escape ${described(char)}`);
  }

  #cutEscape(): never {
    return this.#fail('Unexpected end-of-input in character escape sequence', this.#text.length);
  }

  #enter(): void {
    if (++this.#depth <= JSON_DEPTH_MAX) return;
    this.#fail(
      `Document nesting depth (${this.#depth}) exceeds the maximum allowed (${JSON_DEPTH_MAX})`,
      this.#at,
    );
  }

  #array(offset: number): Node {
    const items: Node[] = [];
    const here: Container = { type: 'Array', offset };
    this.#enter();
    this.#at++;
    if (!this.#closes(here)) {
      do items.push(this.#value());
      while (this.#another(here));
    }
    this.#depth--;
    return { kind: 'array', offset, items };
  }

  #object(offset: number): Node {
    const members: Member[] = [];
    const here: Container = { type: 'Object', offset };
    this.#enter();
    this.#at++;
    if (!this.#closes(here)) {
      do members.push(this.#member());
      while (this.#another(here));
    }
    this.#depth--;
    return { kind: 'object', offset, members };
  }

  #member(): Member {
    const keyOffset = this.#at;
    if (this.#text[keyOffset] !== '"') {
      this.#unexpected('was expecting double-quote to start field name');
    }
    const key = this.#string('name');
    this.#needMore('Object');
    if (!this.#take(':')) {
      this.#unexpected('was expecting a colon to separate field name and value');
    }
    this.#needMore('Object');
    return { key, keyOffset, node: this.#value() };
  }

  /** Takes the end of the container where it stands here. */
  #closes({ type, offset }: Container): boolean {
    this.#skipSpace();
    if (this.#at >= this.#text.length) {
      const start = `(start marker at ${this.#source(offset)})`;
      this.#fail(`Unexpected end-of-input: expected close marker for ${type} ${start}`);
    }
    const [end, other] = type === 'Object' ? ['}', ']'] : [']', '}'];
    if (this.#take(end!)) return true;
    if (!this.#take(other!)) return false;
    const start = `(for ${type} starting at ${this.#source(offset)})`;
    return this.#fail(`Unexpected close marker '${other}': expected '${end}' ${start}`);
  }

  /** Whether another entry follows, beginning here. */
  #another(here: Container): boolean {
    if (this.#closes(here)) return false;
    if (!this.#take(',')) this.#unexpected(`was expecting comma to separate ${here.type} entries`);
    this.#needMore(here.type);
    return true;
  }

  #needMore(type: Container['type']): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) return;
    this.#fail(`Unexpected end-of-input within/between ${type} entries`);
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (isSpace(this.#text[this.#at])) this.#at++;
  }

  #unexpected(expectation: string): never {
    const shown = described(this.#text[this.#at]!);
    return this.#fail(`Unexpected character (${shown}): ${expectation}`, this.#at + 1);
  }

  #fail(message: string, offset = this.#at): never {
    const location = this.#source(offset);
    throw new Failure({ message: `${message}\n at ${location}`, location, offset });
  }

  #source(offset: number): string {
    const { line, column } = placeOf(this.#text, offset);
    const hidden = this.#text.length - SOURCE_SHOWN_LENGTH_MAX;
    const shown = `(String)"${this.#text.slice(0, SOURCE_SHOWN_LENGTH_MAX)}"`;
    const cut = hidden > 0 ? `[truncated ${hidden} chars]` : '';
    return `[Source: ${shown}${cut}; line: ${line}, column: ${column}]`;
  }
}

const isDigit = (char: string | undefined): boolean =>
  char !== undefined && char >= '0' && char <= '9';

const isSpace = (char: string | undefined): boolean =>
  char === ' ' || char === '\t' || char === '\n' || char === '\r';

/** A character as Jackson shows it. */
function described(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return `(CTRL-CHAR, code ${code})`;
  return code > 0xff
    ? `'${char}' (code ${code} / 0x${code.toString(16)})`
    : `'${char}' (code ${code})`;
}
