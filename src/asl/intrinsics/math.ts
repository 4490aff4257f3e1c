/** Functions over numbers: MathAdd and MathRandom. */
import type { Json } from '../../ground/json.ts';
import type { Tools } from '../../ground/tools.ts';
import { type Intrinsic, integerOf, refuse } from './signature.ts';

/** Each operand is rounded before the addition (recorded: 1.5 + 1.51 is 4). */
function add(args: readonly Json[]): Json {
  return integerOf(args[0], 'States.MathAdd') + integerOf(args[1], 'States.MathAdd') + 0;
}

/** From start inclusive to end exclusive. */
function random(args: readonly Json[], tools: Tools): Json {
  const start = integerOf(args[0], 'States.MathRandom');
  const end = integerOf(args[1], 'States.MathRandom');
  if (start >= end) {
    refuse('Invalid arguments in States.MathRandom: the start must be less than the end.');
  }
  const seed = args[2] === undefined ? undefined : integerOf(args[2], 'States.MathRandom');
  const chance = seed === undefined ? tools.random() : seededChance(seed);
  return start + Math.floor(chance * (end - start));
}

/** In [0, 1), the same for the same seed: one step of a 32-bit integer hash. */
export function seededChance(seed: number): number {
  let mixed = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.floor(seed / 2 ** 32)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 0;
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

export const MATH_FUNCTIONS: Readonly<Record<string, Intrinsic>> = {
  'States.MathAdd': { argumentsMin: 2, argumentsMax: 2, run: add },
  'States.MathRandom': { argumentsMin: 2, argumentsMax: 3, run: random },
};
