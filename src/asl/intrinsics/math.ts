/** Functions over numbers: MathAdd and MathRandom. */
import type { Json } from '../../ground/json.ts';
import type { Tools } from '../../ground/tools.ts';
import { type Intrinsic, integerOf, numberOf, refuse } from './signature.ts';

const INTEGER_MIN = -(2 ** 31);
const INTEGER_MAX = 2 ** 31 - 1;

/** Operands and sum have 32 bits (measured). */
function inRange(value: number): number {
  return value >= INTEGER_MIN && value <= INTEGER_MAX ? value : refuse();
}

/** As Java's Math.round, before the addition (recorded: 1.5 + 1.51 is 4). */
const rounded = (value: Json | undefined): number => inRange(Math.round(numberOf(value)) + 0);

function add(args: readonly Json[]): Json {
  return inRange(rounded(args[0]) + rounded(args[1])) + 0;
}

/** From start inclusive to end exclusive. */
function random(args: readonly Json[], tools: Tools): Json {
  const start = integerOf(args[0]);
  const end = integerOf(args[1]);
  if (start >= end) refuse();
  const seed = args[2] === undefined ? undefined : integerOf(args[2]);
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
