/**
 * JSON values: the one type every floor uses, with text, size and equality.
 *
 * All parsing and printing of workflow data goes through this file. An integer that a double cannot
 * hold, such as many an identifier, is a bigint, so that it comes out with the digits it came in
 * with; every other number is a number.
 */
export type Json = null | boolean | number | bigint | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

const encoder = new TextEncoder();

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const isNumeric = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** Parses text; throws SyntaxError as JSON.parse does. `__proto__` becomes an ordinary key. */
export function parseJson(text: string): Json {
  const value = JSON.parse(text) as Json;
  return mayBeBig(text) ? parseBig(text, value) : value;
}

/** A bigint has been made. Until then there is nothing to round, which costs a walk to find out. */
let bigs = false;

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
/** Begins the stand-in of an integer, and that of a text that begins so itself. */
const MARK = 'steplight:';

const isBig = (literal: string): boolean =>
  INTEGER.test(literal) && !Number.isSafeInteger(Number(literal));

/** A number's text as its value. */
export const readNumber = (literal: string): number | bigint => {
  if (!isBig(literal)) return Number(literal);
  bigs = true;
  return BigInt(literal);
};

/** Reads again what JSON.parse has rounded, with stand-ins for the integers. */
function parseBig(text: string, value: Json): Json {
  let found = false;
  const marked = text.replace(STRING_OR_NUMBER, (literal, offset: number) => {
    if (literal[0] !== '"') {
      if (!isBig(literal)) return literal;
      found = true;
      return `"${MARK}n${literal}"`;
    }
    IS_KEY.lastIndex = offset + literal.length;
    if (IS_KEY.test(text)) return literal;
    const read = JSON.parse(literal) as string;
    return read.startsWith(MARK) ? JSON.stringify(`${MARK}s${read}`) : literal;
  });
  if (!found) return value;
  bigs = true;
  return JSON.parse(marked, (_, read: Json) => {
    if (typeof read !== 'string' || !read.startsWith(MARK)) return read;
    const rest = read.slice(MARK.length + 1);
    return read[MARK.length] === 'n' ? BigInt(rest) : rest;
  }) as Json;
}

/** The value, or undefined where the text is no JSON. */
export function tryParseJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Compact text, keys in insertion order. */
export function printJson(value: Json): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // The only values of the type that JSON.stringify has no text for are bigints.
    if (error instanceof TypeError) return printBig(value);
    throw error;
  }
}

function printBig(value: Json): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(printBig).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}:${printBig(member)}`,
  );
  return `{${members.join(',')}}`;
}

/** The value with doubles in place of bigints, for what computes with doubles alone. */
export function rounded(value: Json): Json {
  return bigs ? withoutBig(value) : value;
}

function withoutBig(value: Json): Json {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(withoutBig);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutBig(one)]));
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
    if (this.#value === undefined) this.#value = parseJson(this.#text!);
    return this.#value;
  }
}
