/** Functions over texts: Format, StringSplit, Base64, Hash, UUID. */
import { isObject, type Json, printJson } from '../../ground/json.ts';
import type { DigestAlgorithm, Tools } from '../../ground/tools.ts';
import { INTRINSIC_TEXT_LENGTH_MAX } from '../limits.ts';
import { type Intrinsic, limitText, refuse, textOf } from './signature.ts';

const ALGORITHMS: readonly string[] = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];

/** A value as Java's String.valueOf prints it, e.g. `{a=1, b=[x, null]}` (recorded). */
function printJava(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(printJava).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value).map(([key, member]) => `${key}=${printJava(member)}`);
  return `{${members.join(', ')}}`;
}

/** The template comes with its escapes; `{}` are the places. */
function format(args: readonly Json[]): Json {
  const template = textOf(args[0], 'States.Format');
  let used = 1;
  const text = template.replace(/\\(.)|\{\}/gs, (place, escaped: string | undefined) => {
    if (place !== '{}') return escaped!;
    const value = args[used++];
    return value === undefined ? '' : printJava(value);
  });
  if (used !== args.length) {
    refuse(
      'Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.',
    );
  }
  return text;
}

/** Every character of the second argument separates; empty pieces are left out (recorded). */
function split(args: readonly Json[]): Json {
  const text = textOf(args[0], 'States.StringSplit');
  const separators = new Set(textOf(args[1], 'States.StringSplit'));
  const pieces: string[] = [];
  let piece = '';
  for (const char of text) {
    if (!separators.has(char)) piece += char;
    else if (piece !== '') {
      pieces.push(piece);
      piece = '';
    }
  }
  if (piece !== '') pieces.push(piece);
  return pieces;
}

function base64Encode(args: readonly Json[]): Json {
  const text = textOf(args[0], 'States.Base64Encode');
  limitText(text, INTRINSIC_TEXT_LENGTH_MAX, 'States.Base64Encode');
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function base64Decode(args: readonly Json[]): Json {
  const text = textOf(args[0], 'States.Base64Decode');
  limitText(text, INTRINSIC_TEXT_LENGTH_MAX, 'States.Base64Decode');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) {
    return refuse('Invalid arguments in States.Base64Decode: the string is not valid Base64.');
  }
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

function hash(args: readonly Json[], tools: Tools): Json {
  const [data, algorithm] = args as [Json, Json];
  const text = typeof data === 'string' ? data : printJson(data);
  limitText(text, INTRINSIC_TEXT_LENGTH_MAX, 'States.Hash');
  if (typeof algorithm !== 'string' || !ALGORITHMS.includes(algorithm)) {
    return refuse(
      `Invalid arguments in States.Hash: the algorithm must be one of ${ALGORITHMS.join(', ')}.`,
    );
  }
  return tools.digest(algorithm as DigestAlgorithm, text);
}

export const TEXT_FUNCTIONS: Readonly<Record<string, Intrinsic>> = {
  'States.Format': { argumentsMin: 1, argumentsMax: Infinity, run: format },
  'States.StringSplit': { argumentsMin: 2, argumentsMax: 2, run: split },
  'States.Base64Encode': { argumentsMin: 1, argumentsMax: 1, run: base64Encode },
  'States.Base64Decode': { argumentsMin: 1, argumentsMax: 1, run: base64Decode },
  'States.Hash': { argumentsMin: 2, argumentsMax: 2, run: hash },
  'States.UUID': { argumentsMin: 0, argumentsMax: 0, run: (_, tools) => tools.uuid() },
};
