/** Functions over texts: Format, StringSplit, Base64, Hash, UUID. */
import { type Json, printJson } from '../../ground/json.ts';
import type { DigestAlgorithm, Tools } from '../../ground/tools.ts';
import { INTRINSIC_TEXT_LENGTH_MAX } from '../limits.ts';
import { printJava } from './java.ts';
import { type Intrinsic, limitText, refuse, textOf } from './signature.ts';

const ALGORITHMS: readonly string[] = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];

const UNCLOSED = "Invalid template in States.Format: matching '}' not found for '{'.";
const UNOPENED = "Invalid template in States.Format: matching '{' not found for '}'.";
const MISCOUNTED =
  'Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.';

/** The template comes with its escapes; `{}` are the places. One that is no text is printed. */
function format(args: readonly Json[]): Json {
  const template = printJava(args[0]!);
  let used = 1;
  const text = template.replace(/\\(.)|\{\}|[{}]/gs, (place, escaped: string | undefined) => {
    if (place === '{') return refuse(UNCLOSED);
    if (place === '}') return refuse(UNOPENED);
    if (place !== '{}') return escaped!;
    const value = args[used++];
    return value === undefined ? '' : printJava(value);
  });
  return used === args.length ? text : refuse(MISCOUNTED);
}

/** Every character of the second argument separates; empty pieces are left out (recorded). */
function split(args: readonly Json[]): Json {
  const text = textOf(args[0]);
  const separators = new Set(textOf(args[1]));
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
  const text = limitText(textOf(args[0]), INTRINSIC_TEXT_LENGTH_MAX);
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Measured: what is no Base64 is passed over, and a `=` ends the text. */
function base64Decode(args: readonly Json[]): Json {
  const text = limitText(textOf(args[0]), INTRINSIC_TEXT_LENGTH_MAX);
  const digits = text.split('=', 1)[0]!.replace(/[^A-Za-z0-9+/]/g, '');
  const whole = digits.length % 4 === 1 ? digits.slice(0, -1) : digits;
  const bytes = Uint8Array.from(atob(whole), (char) => char.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

function hash(args: readonly Json[], tools: Tools): Json {
  const [data, algorithm] = args as [Json, Json];
  const text = typeof data === 'string' ? data : printJson(data);
  limitText(text, INTRINSIC_TEXT_LENGTH_MAX);
  if (typeof algorithm !== 'string' || !ALGORITHMS.includes(algorithm)) return refuse();
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
