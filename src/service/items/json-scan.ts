/**
 * Finds the value that a JSON Pointer names in the bytes of a JSON text, of which only the
 * beginning may be there. Nothing is parsed but the keys on the way.
 */
import { parseJson } from '../../ground/json.ts';
import { textOf } from './bytes.ts';

/** More bytes are needed. */
const MORE = -1;
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Index of the value's first byte. Text that is no JSON has no such value. */
export function findTarget(bytes: Uint8Array, pointer: string): number | 'missing' | 'more' {
  // A byte order mark.
  let at = bytes[0] === 0xef ? (bytes.length < 3 ? MORE : space(bytes, 3)) : space(bytes, 0);
  for (const token of tokensOf(pointer)) {
    if (at === MORE) return 'more';
    const opening = bytes[at];
    if (opening === 0x5b) at = element(bytes, at + 1, token);
    else if (opening === 0x7b) at = member(bytes, at + 1, token);
    else return 'missing';
    if (at === MISSING) return 'missing';
  }
  return at === MORE ? 'more' : at;
}

const MISSING = -2;

function tokensOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function element(bytes: Uint8Array, from: number, token: string): number {
  if (!/^(0|[1-9]\d*)$/.test(token)) return MISSING;
  let at = space(bytes, from);
  for (let index = 0; at !== MORE; index++) {
    if (bytes[at] === 0x5d) return MISSING;
    if (index === Number(token)) return at;
    at = afterValue(bytes, at);
    if (at === MORE) return MORE;
    if (bytes[at] !== 0x2c) return MISSING;
    at = space(bytes, at + 1);
  }
  return MORE;
}

function member(bytes: Uint8Array, from: number, token: string): number {
  let at = space(bytes, from);
  while (at !== MORE) {
    if (bytes[at] !== 0x22) return MISSING;
    const end = afterText(bytes, at);
    if (end === MORE) return MORE;
    const key = parseJson(textOf(bytes.subarray(at, end)));
    const colon = space(bytes, end);
    const value = colon === MORE ? MORE : space(bytes, colon + 1);
    if (value === MORE || key === token) return value;
    at = afterValue(bytes, value);
    if (at === MORE) return MORE;
    if (bytes[at] !== 0x2c) return MISSING;
    at = space(bytes, at + 1);
  }
  return MORE;
}

/** Index of the first byte from `at` on that is no white space. */
function space(bytes: Uint8Array, at: number): number {
  for (let i = at; i < bytes.length; i++) if (!SPACE.has(bytes[i]!)) return i;
  return MORE;
}

/** Index of what follows the text that begins at `at`. */
function afterText(bytes: Uint8Array, at: number): number {
  for (let i = at + 1; i < bytes.length; i++) {
    if (bytes[i] === 0x5c) i++;
    else if (bytes[i] === 0x22) return i + 1;
  }
  return MORE;
}

/** Index of the comma or bracket that follows the value at `at`. */
function afterValue(bytes: Uint8Array, at: number): number {
  let depth = 0;
  for (let i = at; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 0x22) {
      const end = afterText(bytes, i);
      if (end === MORE) return MORE;
      i = end - 1;
    } else if (byte === 0x5b || byte === 0x7b) depth++;
    else if (byte === 0x5d || byte === 0x7d) {
      if (depth === 0) return i;
      depth--;
    } else if (byte === 0x2c && depth === 0) return i;
  }
  return MORE;
}
