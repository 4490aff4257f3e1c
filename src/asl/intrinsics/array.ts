/**
 * States.Array… functions. Rules: Step Functions developer guide, "Intrinsics for arrays"; marked
 * ones measured, where they differ from the guide.
 */
import type { Json } from '../../ground/json.ts';
import { fingerprint } from '../fingerprint.ts';
import { ARRAY_RANGE_ITEMS_MAX } from '../limits.ts';
import { printJava, setOrder } from './java.ts';
import { type Intrinsic, integerOf, listOf, refuse } from './signature.ts';

function partition(args: readonly Json[]): Json {
  const items = listOf(args[0]);
  const size = integerOf(args[1]);
  if (size < 1) refuse();
  const chunks: Json[] = [];
  for (let i = 0; i < items.length; i += size) chunks.push(items.slice(i, i + size));
  return chunks;
}

/** Measured: values are compared as Java prints them, so that 1 equals `"1"`. */
function contains(args: readonly Json[]): Json {
  const items = listOf(args[0]);
  const wanted = printJava(args[1]!);
  return items.some((item) => printJava(item) === wanted);
}

function range(args: readonly Json[]): Json {
  const [first, last, step] = [0, 1, 2].map((i) => integerOf(args[i]));
  if (step === 0) refuse();
  const count = Math.floor((last! - first!) / step!) + 1;
  if (count > ARRAY_RANGE_ITEMS_MAX) refuse();
  return Array.from({ length: Math.max(0, count) }, (_, i) => first! + i * step!);
}

/** Measured: an empty list has null wherever one looks. */
function getItem(args: readonly Json[]): Json {
  const items = listOf(args[0]);
  const index = integerOf(args[1]);
  if (items.length === 0 && index >= 0) return null;
  const item = items[index];
  return item === undefined ? refuse() : item;
}

/** Measured: in the order of a hash set, not of the list. */
function unique(args: readonly Json[]): Json {
  const items = listOf(args[0]);
  const seen = new Map<Json, Json>();
  for (const item of items) {
    const mark = typeof item === 'number' ? item : fingerprint(item);
    if (!seen.has(mark)) seen.set(mark, item);
  }
  return setOrder([...seen.values()], items.length);
}

export const ARRAY_FUNCTIONS: Readonly<Record<string, Intrinsic>> = {
  'States.Array': { argumentsMin: 0, argumentsMax: Infinity, run: (args) => [...args] },
  'States.ArrayPartition': { argumentsMin: 2, argumentsMax: 2, run: partition },
  'States.ArrayContains': { argumentsMin: 2, argumentsMax: 2, run: contains },
  'States.ArrayRange': { argumentsMin: 3, argumentsMax: 3, run: range },
  'States.ArrayGetItem': { argumentsMin: 2, argumentsMax: 2, run: getItem },
  'States.ArrayLength': {
    argumentsMin: 1,
    argumentsMax: 1,
    run: ([items]) => listOf(items).length,
  },
  'States.ArrayUnique': { argumentsMin: 1, argumentsMax: 1, run: unique },
};
