/**
 * JSON values: the one type every floor uses, with text, size and equality.
 *
 * All parsing and printing of workflow data goes through this file, so that a change of
 * number fidelity touches nothing else.
 */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

const encoder = new TextEncoder();

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses text; throws SyntaxError as JSON.parse does. `__proto__` becomes an ordinary key. */
export function parseJson(text: string): Json {
  return JSON.parse(text) as Json;
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
  return JSON.stringify(value);
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
