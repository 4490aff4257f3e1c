/** The functions a JSONPath may end with, such as `length()`; they look at the whole result. */
import { isNumeric, isObject, type Json } from '../../ground/json.ts';
import type { Effort } from '../effort.ts';

type PathFunction = (value: Json, args: readonly Json[]) => Json | undefined;

/** The function's result, or undefined where it is unknown or cannot take the value. */
export function callFunction(
  name: string,
  value: Json,
  args: readonly Json[],
  effort: Effort,
): Json | undefined {
  for (const one of [value, ...args]) {
    if (Array.isArray(one)) effort.spend(one.length);
    else if (isObject(one)) effort.spend(Object.keys(one).length);
  }
  return FUNCTIONS.get(name)?.(value, args);
}

function numbers(value: Json, args: readonly Json[]): number[] {
  const all = [...(Array.isArray(value) ? value : []), ...args.flat()];
  return all.filter(isNumeric).map(Number);
}

function aggregate(combine: (all: number[]) => number): PathFunction {
  return (value, args) => {
    const all = numbers(value, args);
    return all.length === 0 ? undefined : combine(all);
  };
}

const sum = (all: number[]): number => all.reduce((total, one) => total + one, 0);
const mean = (all: number[]): number => sum(all) / all.length;

function deviation(all: number[]): number {
  const middle = mean(all);
  return Math.sqrt(mean(all.map((one) => (one - middle) ** 2)));
}

const length: PathFunction = (value) => {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
};

const item = (value: Json, index: number): Json | undefined =>
  Array.isArray(value) ? value.at(index) : undefined;

const FUNCTIONS: ReadonlyMap<string, PathFunction> = new Map<string, PathFunction>([
  ['length', length],
  ['size', length],
  ['min', aggregate((all) => all.reduce((a, b) => Math.min(a, b)))],
  ['max', aggregate((all) => all.reduce((a, b) => Math.max(a, b)))],
  ['sum', aggregate(sum)],
  ['avg', aggregate(mean)],
  ['stddev', aggregate(deviation)],
  ['keys', (value) => (isObject(value) ? Object.keys(value) : undefined)],
  ['first', (value) => item(value, 0)],
  ['last', (value) => item(value, -1)],
  ['index', (value, args) => (typeof args[0] === 'number' ? item(value, args[0]) : undefined)],
  ['append', (value, args) => (Array.isArray(value) ? [...value, ...args] : undefined)],
  [
    'concat',
    (value, args) =>
      [...(Array.isArray(value) ? value : [value]), ...args.flat()]
        .filter((one) => typeof one === 'string')
        .join(''),
  ],
]);
