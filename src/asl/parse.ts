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

const VALUE_EXPECTED =
  "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const WORD = /[\p{L}\p{N}_$]+/uy;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
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

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Node {
    this.#skipSpace();
    if (this.#at >= this.#text.length)
      this.#fail('No content to map due to end-of-input', this.#at);
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
    if (char === '"') return { kind: 'string', offset, value: this.#string() };
    if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) {
      return { kind: 'number', offset, value: this.#number() };
    }
    return this.#literal(offset);
  }

  #literal(offset: number): Node {
    WORD.lastIndex = offset;
    const word = WORD.exec(this.#text)?.[0];
    if (word === undefined) return this.#unexpected(`expected a valid value ${VALUE_EXPECTED}`);
    this.#at += word.length;
    if (word === 'true' || word === 'false') {
      return { kind: 'boolean', offset, value: word === 'true' };
    }
    if (word === 'null') return { kind: 'null', offset, value: null };
    return this.#fail(`Unrecognized token '${word}': ${VALUE_EXPECTED}`, this.#at);
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const digits = NUMBER.exec(this.#text)?.[0];
    if (digits === undefined) {
      this.#at++;
      return this.#unexpected('in numeric value: Expected digit (0-9) to follow minus sign');
    }
    this.#at += digits.length;
    const next = this.#text[this.#at] ?? ' ';
    if (/[\w.+-]/.test(next)) this.#unexpected('Expected space separating root-level values');
    return Number(digits);
  }

  #string(): string {
    let value = '';
    const start = this.#at++;
    for (;;) {
      TEXT_RUN.lastIndex = this.#at;
      value += TEXT_RUN.exec(this.#text)![0];
      this.#at = TEXT_RUN.lastIndex;
      const char = this.#text[this.#at];
      if (char === undefined) {
        this.#at = this.#text.length;
        this.#fail(
          'Unexpected end-of-input: was expecting closing quote for a string value',
          start,
        );
      }
      this.#at++;
      if (char === '"') return value;
      if (char === '\\') value += this.#escape();
      else {
        const code = char.charCodeAt(0);
        this.#fail(
          `Illegal unquoted character ((CTRL-CHAR, code ${code})): has to be escaped using ` +
            'backslash to be included in string value',
          this.#at,
        );
      }
    }
  }

  #escape(): string {
    const char = this.#text[this.#at++] ?? '';
    if (char === 'u') {
      const digits = this.#text.slice(this.#at, this.#at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
        this.#unexpected('expected a hex-digit for character escape sequence');
      }
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const value = ESCAPES[char];
    if (value !== undefined) return value;
    return this.#fail(
      `Unrecognized character escape '${char}' (code ${char.charCodeAt(0)})`,
      this.#at,
    );
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
    this.#enter();
    this.#at++;
    this.#skipSpace();
    if (!this.#take(']')) {
      for (;;) {
        this.#needMore('Array', offset);
        items.push(this.#value());
        this.#skipSpace();
        if (this.#take(']')) break;
        this.#needMore('Array', offset);
        if (!this.#take(',')) this.#unexpected('was expecting comma to separate Array entries');
        this.#skipSpace();
      }
    }
    this.#depth--;
    return { kind: 'array', offset, items };
  }

  #object(offset: number): Node {
    const members: Member[] = [];
    this.#enter();
    this.#at++;
    this.#skipSpace();
    if (!this.#take('}')) {
      for (;;) {
        members.push(this.#member(offset));
        this.#skipSpace();
        if (this.#take('}')) break;
        this.#needMore('Object', offset);
        if (!this.#take(',')) this.#unexpected('was expecting comma to separate Object entries');
        this.#skipSpace();
      }
    }
    this.#depth--;
    return { kind: 'object', offset, members };
  }

  #member(objectOffset: number): Member {
    this.#needMore('Object', objectOffset);
    const keyOffset = this.#at;
    if (this.#text[keyOffset] !== '"') {
      this.#unexpected('was expecting double-quote to start field name');
    }
    const key = this.#string();
    this.#skipSpace();
    this.#needMore('Object', objectOffset);
    if (!this.#take(':')) {
      this.#unexpected('was expecting a colon to separate field name and value');
    }
    this.#skipSpace();
    this.#needMore('Object', objectOffset);
    return { key, keyOffset, node: this.#value() };
  }

  #needMore(container: 'Object' | 'Array', start: number): void {
    if (this.#at < this.#text.length) return;
    this.#fail(
      `Unexpected end-of-input: expected close marker for ${container} ` +
        `(start marker at ${this.#source(start)})`,
      this.#at,
    );
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  #unexpected(expectation: string): never {
    const char = this.#text[this.#at] ?? '';
    const shown = `'${char}' (code ${char.charCodeAt(0)})`;
    return this.#fail(`Unexpected character (${shown}): ${expectation}`, this.#at + 1);
  }

  #fail(message: string, offset: number): never {
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
