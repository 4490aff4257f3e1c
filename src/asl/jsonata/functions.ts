/**
 * The functions that Step Functions adds to JSONata, and the built-in ones that are replaced:
 * those that read a clock or draw chance, those that can build a text of any size in one step, and
 * those that need a time or memory that grows with the square of their list.
 * Rules: Step Functions developer guide, "JSONata functions"; marked ones measured.
 */
import type { Focus } from 'jsonata';
import { type Json, tryParseJson } from '../../ground/json.ts';
import type { DigestAlgorithm } from '../../ground/tools.ts';
import { fingerprint } from '../fingerprint.ts';
import { seededChance } from '../intrinsics/math.ts';
import { JSONATA_RANGE_ITEMS_MAX } from '../limits.ts';
import { EvaluationError, memoryExceeded } from './errors.ts';
import { type Session, sessionOf } from './session.ts';
import { sort } from './sort.ts';

const ALGORITHMS: readonly string[] = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];

const session = (focus: Focus): Session => sessionOf(focus.environment);

type Implementation = (this: Focus, ...args: never[]) => unknown;

/** Measured: without a size there is one chunk; the library's own types would wrap what is no list. */
function partition(this: Focus, items: Json | undefined, size: number | undefined): unknown {
  if (items === undefined) return undefined;
  if (!Array.isArray(items)) {
    throw new EvaluationError('D3137', 'The first argument of $partition must be an array');
  }
  const step = size === undefined ? items.length : Math.trunc(size);
  if (items.length === 0 || step === 0) return undefined;
  if (step < 0) throw new EvaluationError('D3137', 'Chunk size must be a positive integer');
  const chunks: Json[][] = [];
  for (let i = 0; i < items.length; i += step) chunks.push(items.slice(i, i + step));
  return chunks;
}

/** Measured: rounds towards zero; a step of the wrong sign gives nothing; one item stands alone. */
function range(this: Focus, start?: number, end?: number, step?: number): unknown {
  if (start === undefined || end === undefined || step === undefined) return undefined;
  const [first, last, by] = [Math.trunc(start), Math.trunc(end), Math.trunc(step)];
  if (by === 0 || (last - first) * by < 0) return undefined;
  const length = Math.floor((last - first) / by) + 1;
  if (length > JSONATA_RANGE_ITEMS_MAX) throw memoryExceeded();
  session(this).budget.visit(length);
  return length === 1 ? first : Array.from({ length }, (_, i) => first + i * by);
}

/** Measured: takes nothing but texts, of any length. */
function hash(this: Focus, text?: string, algorithm?: string): unknown {
  if (text === undefined || algorithm === undefined) return undefined;
  if (!ALGORITHMS.includes(algorithm)) {
    throw new EvaluationError('D3137', `Hash algorithm must be one of ${ALGORITHMS.join(', ')}`);
  }
  return session(this).tools.digest(algorithm as DigestAlgorithm, text);
}

function random(this: Focus, seed?: number): unknown {
  return seed === undefined ? session(this).tools.random() : seededChance(Math.trunc(seed));
}

function parse(this: Focus, text?: string): unknown {
  if (text === undefined) return undefined;
  const value = tryParseJson(text);
  if (value !== undefined) return value;
  throw new EvaluationError('D3137', 'The argument of $parse is not valid JSON');
}

/** Fisher and Yates, with the given chance. */
function shuffle(this: Focus, items?: Json[]): unknown {
  if (!items) return undefined;
  const { tools } = session(this);
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(tools.random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}

function now(this: Focus, picture?: string, timezone?: string): unknown {
  const { nowMs } = session(this);
  if (picture === undefined && timezone === undefined) return new Date(nowMs).toISOString();
  const fromMillis = this.environment.lookup('fromMillis') as { implementation: Implementation };
  return Reflect.apply(fromMillis.implementation, this, [nowMs, picture, timezone]);
}

function pad(this: Focus, text?: string, width?: number, filler?: string): unknown {
  if (text === undefined) return undefined;
  const length = Math.abs(Math.trunc(width ?? 0));
  session(this).budget.build(length);
  const missing = length - Array.from(text).length;
  if (missing <= 0) return text;
  const characters = Array.from(filler || ' ');
  const whole = characters.join('').repeat(Math.floor(missing / characters.length));
  const padding = whole + characters.slice(0, missing % characters.length).join('');
  return (width ?? 0) < 0 ? padding + text : text + padding;
}

function join(this: Focus, parts?: string[], separator = ''): unknown {
  if (!parts) return undefined;
  let length = separator.length * Math.max(0, parts.length - 1);
  for (const part of parts) length += part.length;
  session(this).budget.build(length);
  return parts.join(separator);
}

/** The library's own compares every pair. Function values are all different. */
function distinct(this: Focus, items?: Json): unknown {
  if (!Array.isArray(items) || items.length < 2) return items;
  const seen = new Set<unknown>();
  const kept = items.filter((item: unknown) => {
    const mark = typeof item === 'function' ? item : fingerprint(item as Json);
    if (seen.has(mark)) return false;
    seen.add(mark);
    return true;
  });
  return Object.assign(kept, { sequence: isSequence(items) });
}

/** jsonata marks the lists that collapse when they have one item. */
const isSequence = (items: unknown): boolean => (items as { sequence?: boolean }).sequence === true;

const uuid = function (this: Focus): unknown {
  return session(this).tools.uuid();
};

const millis = function (this: Focus): unknown {
  return session(this).nowMs;
};

/** Signatures are the library's; `$eval` is not there on AWS. */
export const FUNCTIONS: readonly (readonly [
  name: string,
  implementation: unknown,
  signature: string,
])[] = [
  ['partition', partition, '<xn?:a>'],
  ['range', range, '<n?n?n?:n>'],
  ['hash', hash, '<s?s?:s>'],
  ['random', random, '<n?:n>'],
  ['uuid', uuid, '<:s>'],
  ['parse', parse, '<s?:x>'],
  ['shuffle', shuffle, '<a:a>'],
  ['now', now, '<s?s?:s>'],
  ['millis', millis, '<:n>'],
  ['pad', pad, '<s-ns?:s>'],
  ['join', join, '<a<s>s?:s>'],
  ['distinct', distinct, '<x:x>'],
  ['sort', sort, '<af?:a>'],
];
