/**
 * The functions that an expression can call: the library's own and ours, each counted by what it
 * is given before it runs.
 */
import jsonata, { type Focus } from 'jsonata';
import type { Budget } from './budget.ts';
import { FUNCTIONS } from './functions.ts';
import { checkParsedTime, checkPicture, checkTimePicture } from './pictures.ts';
import { sessionOf } from './session.ts';

/** What calling a function with these arguments costs, but for the step that each call is. */
type Cost = (budget: Budget, args: readonly unknown[]) => void;

/** As the library keeps them. */
export interface FunctionDefinition {
  readonly _jsonata_function: true;
  readonly implementation: (this: Focus, ...args: unknown[]) => unknown;
  readonly signature: object;
}

/** Items that the library copies where it appends to a list, for the price of a step. */
const COPIES_PER_STEP = 256;
/** Characters of a text and of what is searched in it, for the price of a step. */
const PAIRS_PER_STEP = 4096;

const free: Cost = () => {};
const flat: Cost = (budget, args) => {
  for (const arg of args) budget.visitFlat(arg);
};
const whole: Cost = (budget, args) => {
  for (const arg of args) budget.visitAll(arg);
};
const lists: Cost = (budget, args) => {
  for (const arg of args) budget.visitLists(arg);
};
const members: Cost = (budget, [object]) => {
  if (Array.isArray(object)) budget.visitAll(object);
  else if (typeof object === 'object' && object !== null) budget.visit(Object.keys(object).length);
};
const search: Cost = (budget, args) => {
  flat(budget, args);
  const [text, pattern] = args;
  if (typeof text === 'string' && typeof pattern === 'string') {
    budget.spend((text.length * pattern.length) / PAIRS_PER_STEP);
  }
};
const append: Cost = (budget, args) => {
  for (const arg of args) if (Array.isArray(arg)) budget.spend(arg.length / COPIES_PER_STEP);
};
const spread: Cost = (budget, args) => {
  whole(budget, args);
  const [items] = args;
  if (Array.isArray(items)) budget.spend(items.length ** 2 / COPIES_PER_STEP);
};

/** By what they look at. A function that is not named here cannot be called. */
const COSTS: readonly (readonly [Cost, string])[] = [
  [free, 'count exists type error assert random uuid millis range pad sort'],
  [free, 'abs floor ceil round sqrt power formatBase'],
  [flat, 'sum max min average reverse shuffle zip partition map filter single reduce join'],
  [flat, 'substring lowercase uppercase length trim number hash parse'],
  [flat, 'base64encode base64decode'],
  [flat, 'encodeUrl encodeUrlComponent decodeUrl decodeUrlComponent'],
  [search, 'contains split replace match substringBefore substringAfter'],
  [lists, 'lookup boolean not'],
  [members, 'keys each sift'],
  [whole, 'string clone merge distinct'],
  [append, 'append'],
  [spread, 'spread'],
  [checkPicture, 'formatNumber formatInteger parseInteger'],
  [checkTimePicture, 'fromMillis'],
  [(budget, args) => checkTimePicture(budget, [undefined, ...args]), 'now'],
  [checkParsedTime, 'toMillis'],
];

let definitions: Promise<ReadonlyMap<string, FunctionDefinition>> | undefined;

/** By name, without `$`. Made once. */
export function functionLibrary(): Promise<ReadonlyMap<string, FunctionDefinition>> {
  definitions ??= readLibrary();
  return definitions;
}

/** The library shows its functions to nobody but the functions that it calls. */
async function readLibrary(): Promise<ReadonlyMap<string, FunctionDefinition>> {
  const counted = new Map<string, FunctionDefinition>();
  const reader = jsonata('$read()');
  for (const [name, implementation, signature] of FUNCTIONS) {
    reader.registerFunction(name, implementation as never, signature);
  }
  reader.registerFunction('read', function (this: Focus) {
    for (const [cost, names] of COSTS) {
      for (const name of names.split(' ')) {
        const definition = this.environment.lookup(name) as FunctionDefinition;
        counted.set(name, { ...definition, implementation: count(definition, cost) });
      }
    }
  });
  await reader.evaluate(undefined);
  return counted;
}

function count(
  { implementation }: FunctionDefinition,
  cost: Cost,
): FunctionDefinition['implementation'] {
  const counted = function (this: Focus, ...args: unknown[]): unknown {
    const { budget } = sessionOf(this.environment);
    budget.spend(1);
    cost(budget, args);
    return Reflect.apply(implementation, this, args);
  };
  // The library reads from a function how many parameters it has, and what they are called.
  Object.defineProperty(counted, 'length', { value: implementation.length });
  counted.toString = () => implementation.toString();
  return counted;
}
