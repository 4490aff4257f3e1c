/**
 * JSON values: the one type every floor uses, with text, size and equality.
 *
 * All parsing and printing of workflow data goes through this file. Numbers come out as they came
 * in: an integer that a double cannot hold, such as many an identifier, is a bigint; a number that
 * would be printed otherwise than it was written (`1.0`, `10.00`, `1e3`) is a WrittenNumber; every
 * other number is a number.
 */
export type Json = null | boolean | number | bigint | WrittenNumber | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** A number of a JSON text that keeps the text; everywhere else it is its double. */
export class WrittenNumber extends Number {
  readonly text: string;

  constructor(text: string) {
    super(text);
    this.text = text;
  }

  override toString(): string {
    return this.text;
  }

  /** Asks for printExact where a text is made of workflow data. */
  toJSON(): number {
    if (exact) throw new TypeError('has a text of its own');
    return Number(this);
  }
}

/** Set while workflow data is printed. */
let exact = false;

const encoder = new TextEncoder();

export function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof WrittenNumber)
  );
}

export const isNumeric = (value: unknown): value is number | bigint | WrittenNumber =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof WrittenNumber;

/** What compares: its double in place of a WrittenNumber. */
export const comparable = (value: number | bigint | WrittenNumber): number | bigint =>
  value instanceof WrittenNumber ? Number(value) : value;

/**
 * Parses text that is not workflow data: no WrittenNumber comes of it. Throws SyntaxError as
 * JSON.parse does. `__proto__` becomes an ordinary key.
 */
export function parseJson(text: string): Json {
  const value = JSON.parse(text) as Json;
  return mayBeBig(text) ? parseExact(text, value, isBig) : value;
}

/** Parses workflow data, every number of which is printed as it was written. Throws likewise. */
export function parseData(text: string): Json {
  const value = JSON.parse(text) as Json;
  return mayBeBig(text) || WRITTEN.test(text) ? parseExact(text, value, isExact) : value;
}

/**
 * A bigint or a WrittenNumber has been made. Until then there is nothing to round, which costs a
 * walk to find out.
 */
let exacts = false;

/** A fraction that ends in 0 or is longer than a double's, or an exponent: perhaps in a string. */
const WRITTEN = /(?:\.(?:[0-9]*0|[0-9]{15,})|[eE][+-]?[0-9]+)(?=[\s,\]}]|$)/;

/** The smallest integer that a double may miss has 16 digits. */
const BIG_DIGITS_MIN = 16;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** True where so many digits stand in a row; such a row has one at a multiple of their number. */
function mayBeBig(text: string): boolean {
  for (let at = BIG_DIGITS_MIN - 1; at < text.length; at += BIG_DIGITS_MIN) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let start = at;
    while (isDigit(text.charCodeAt(start - 1))) start--;
    let end = at + 1;
    while (isDigit(text.charCodeAt(end))) end++;
    if (end - start >= BIG_DIGITS_MIN) return true;
  }
  return false;
}

const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g;
/** AWS's parser takes no number that is longer. */
const INTEGER = /^-?[0-9]{1,1000}$/;
const IS_KEY = /\s*:/y;
/** Begins the stand-in of a number, and that of a text that begins so itself. */
const MARK = 'steplight:';

const isBig = (literal: string): boolean =>
  INTEGER.test(literal) && !Number.isSafeInteger(Number(literal));

/** Not `-0`, which AWS prints as 0 (recorded), and no integer: those are numbers or bigints. */
const isWritten = (literal: string): boolean =>
  !INTEGER.test(literal) && String(Number(literal)) !== literal;

/** A number's text as its value. */
export const readNumber = (literal: string): number | bigint | WrittenNumber => {
  const big = isBig(literal);
  if (!big && !isWritten(literal)) return Number(literal);
  exacts = true;
  return big ? BigInt(literal) : new WrittenNumber(literal);
};

const isExact = (literal: string): boolean => isBig(literal) || isWritten(literal);

/** Reads again what JSON.parse has rounded, with stand-ins for the numbers to keep. */
function parseExact(text: string, value: Json, keeps: (literal: string) => boolean): Json {
  let found = false;
  const marked = text.replace(STRING_OR_NUMBER, (literal, offset: number) => {
    if (literal[0] !== '"') {
      if (!keeps(literal)) return literal;
      found = true;
      return `"${MARK}n${literal}"`;
    }
    IS_KEY.lastIndex = offset + literal.length;
    if (IS_KEY.test(text)) return literal;
    const read = JSON.parse(literal) as string;
    return read.startsWith(MARK) ? JSON.stringify(`${MARK}s${read}`) : literal;
  });
  if (!found) return value;
  return JSON.parse(marked, (_, read: Json) => {
    if (typeof read !== 'string' || !read.startsWith(MARK)) return read;
    const rest = read.slice(MARK.length + 1);
    return read[MARK.length] === 'n' ? readNumber(rest) : rest;
  }) as Json;
}

/** As parseJson, or undefined where the text is no JSON. */
export function tryParseJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** As parseData, or undefined where the text is no JSON. */
export function tryParseData(text: string): Json | undefined {
  try {
    return parseData(text);
  } catch {
    return undefined;
  }
}

/** Compact text, keys in insertion order. */
export function printJson(value: Json): string {
  exact = true;
  try {
    return JSON.stringify(value);
  } catch (error) {
    // The only values of the type that JSON.stringify has no text for are the exact numbers.
    if (error instanceof TypeError) return printExact(value);
    throw error;
  } finally {
    exact = false;
  }
}

function printExact(value: Json): string {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof WrittenNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(printExact).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}:${printExact(member)}`,
  );
  return `{${members.join(',')}}`;
}

/** The value with doubles in place of exact numbers, for what computes with doubles alone. */
export function rounded(value: Json): Json {
  return exacts ? withDoubles(value) : value;
}

function withDoubles(value: Json): Json {
  if (typeof value === 'bigint' || value instanceof WrittenNumber) return Number(value);
  if (Array.isArray(value)) return value.map(withDoubles);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withDoubles(one)]));
}

/** Length in UTF-8 bytes, as AWS counts its 256 KiB limits. */
export function byteLength(text: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return encoder.encode(text).length;
  }
  return text.length;
}

/** True when the text is within `bytesMax` UTF-8 bytes; cheap for texts that are far from it. */
export function fitsBytes(text: string, bytesMax: number): boolean {
  if (text.length > bytesMax) return false;
  if (text.length * 3 <= bytesMax) return true;
  return byteLength(text) <= bytesMax;
}

/**
 * Deep equality; object key order does not matter. `visit` hears of every pair that is compared
 * and may end it by a throw.
 */
export function equalJson(a: Json, b: Json, visit?: () => void): boolean {
  visit?.();
  if (a === b) return true;
  if (a instanceof WrittenNumber || b instanceof WrittenNumber) {
    return isNumeric(a) && isNumeric(b) && Number(a) === Number(b);
  }
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => equalJson(item, b[i]!, visit));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key]!, b[key]!, visit));
}

/**
 * A JSON document that is kept as text, as value, or both; each is made from the other on first
 * use. A state that does not touch its input never parses it, and one that is not read never
 * prints. Values are never changed in place once they are in a Doc.
 */
export class Doc {
  #text: string | undefined;
  #value: Json | undefined;

  private constructor(text: string | undefined, value: Json | undefined) {
    this.#text = text;
    this.#value = value;
  }

  /** From text that is known to be JSON. */
  static ofText(text: string): Doc {
    return new Doc(text, undefined);
  }

  static ofValue(value: Json): Doc {
    return new Doc(undefined, value);
  }

  get text(): string {
    this.#text ??= printJson(this.#value!);
    return this.#text;
  }

  get value(): Json {
    if (this.#value === undefined) this.#value = parseData(this.#text!);
    return this.#value;
  }
}
