/** States.Array… functions. Rules: Step Functions developer guide, "Intrinsics for arrays". */
import { equalJson, type Json } from '../../ground/json.ts';
import { fingerprint } from '../fingerprint.ts';
import { ARRAY_RANGE_ITEMS_MAX } from '../limits.ts';
import { type Intrinsic, integerOf, listOf, refuse } from './signature.ts';

function partition(args: readonly Json[]): Json {
  const items = listOf(args[0], 'States.ArrayPartition');
  const size = integerOf(args[1], 'States.ArrayPartition');
  if (size < 1)
    refuse('Invalid arguments in States.ArrayPartition: the chunk size must be positive.');
  const chunks: Json[] = [];
  for (let i = 0; i < items.length; i += size) chunks.push(items.slice(i, i + size));
  return chunks;
}

function range(args: readonly Json[]): Json {
  const [first, last, step] = [0, 1, 2].map((i) => integerOf(args[i], 'States.ArrayRange'));
  if (step === 0) refuse('Invalid arguments in States.ArrayRange: the step must not be zero.');
  const count = Math.floor((last! - first!) / step!) + 1;
  if (count > ARRAY_RANGE_ITEMS_MAX) {
    refuse(`Invalid arguments in States.ArrayRange: more than ${ARRAY_RANGE_ITEMS_MAX} items.`);
  }
  return Array.from({ length: Math.max(0, count) }, (_, i) => first! + i * step!);
}

function getItem(args: readonly Json[]): Json {
  const items = listOf(args[0], 'States.ArrayGetItem');
  const index = integerOf(args[1], 'States.ArrayGetItem');
  const item = items[index];
  if (item === undefined) {
    return refuse(`Invalid arguments in States.ArrayGetItem: index ${index} is out of bounds.`);
  }
  return item;
}

function unique(args: readonly Json[]): Json {
  const seen = new Map<string, Json>();
  for (const item of listOf(args[0], 'States.ArrayUnique')) {
    const mark = fingerprint(item);
    if (!seen.has(mark)) seen.set(mark, item);
  }
  return [...seen.values()];
}

export const ARRAY_FUNCTIONS: Readonly<Record<string, Intrinsic>> = {
  'States.Array': { argumentsMin: 0, argumentsMax: Infinity, run: (args) => [...args] },
  'States.ArrayPartition': { argumentsMin: 2, argumentsMax: 2, run: partition },
  'States.ArrayContains': {
    argumentsMin: 2,
    argumentsMax: 2,
    run: ([items, value]) =>
      listOf(items, 'States.ArrayContains').some((item) => equalJson(item, value!)),
  },
  'States.ArrayRange': { argumentsMin: 3, argumentsMax: 3, run: range },
  'States.ArrayGetItem': { argumentsMin: 2, argumentsMax: 2, run: getItem },
  'States.ArrayLength': {
    argumentsMin: 1,
    argumentsMax: 1,
    run: ([items]) => listOf(items, 'States.ArrayLength').length,
  },
  'States.ArrayUnique': { argumentsMin: 1, argumentsMax: 1, run: unique },
};
