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

const MULTIPLIER = 0x5deece66dn;
const BITS = 48n;

/**
 * In [0, 1): the first double of Java's generator with this seed, which is what AWS answers
 * (recorded: 0.7275636800328681 for 42).
 */
export function seededChance(seed: number): number {
  let state = BigInt.asUintN(Number(BITS), BigInt(seed) ^ MULTIPLIER);
  const next = (bits: bigint): bigint => {
    state = BigInt.asUintN(Number(BITS), state * MULTIPLIER + 0xbn);
    return state >> (BITS - bits);
  };
  return Number((next(26n) << 27n) + next(27n)) / 2 ** 53;
}

export const MATH_FUNCTIONS: Readonly<Record<string, Intrinsic>> = {
  'States.MathAdd': { argumentsMin: 2, argumentsMax: 2, run: add },
  'States.MathRandom': { argumentsMin: 2, argumentsMax: 3, run: random },
};
