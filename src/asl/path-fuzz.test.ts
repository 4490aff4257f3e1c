/**
 * Random paths on random data, against a reading of paths that is as plain as it can be. fast-check
 * prints the seed of a failure; give it back with `fc.assert(…, { seed, path })`.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalJson, isObject, type Json } from '../ground/json.ts';
import { LanguageError } from './language-error.ts';
import { parsePath, readPath } from './path.ts';
import { testEnv } from './testing.ts';

type Plain = string | number;
type Literal = string | number | boolean | null;
interface Comparison {
  /** Below `@`. */
  readonly of: readonly Plain[];
  readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>=';
  readonly with: Literal | { readonly root: readonly Plain[] };
}
interface Existence {
  readonly of: readonly Plain[];
  readonly negated: boolean;
}
type Test = Comparison | Existence | { readonly all: Test[] } | { readonly any: Test[] };
type Step =
  | { readonly key: Plain }
  | { readonly names: readonly string[] }
  | { readonly indexes: readonly number[] }
  | { readonly from: number | undefined; readonly to: number | undefined }
  | { readonly test: Test }
  | '*'
  | '..';

// What a path means.

const childrenOf = (node: Json): Json[] =>
  Array.isArray(node) ? node : isObject(node) ? Object.values(node) : [];

function child(node: Json | undefined, key: Plain): Json | undefined {
  if (typeof key === 'number') return Array.isArray(node) ? node.at(key) : undefined;
  return isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
}

const below = (node: Json, keys: readonly Plain[]): Json | undefined =>
  keys.reduce<Json | undefined>(child, node);

const containers = (node: Json): Json[] =>
  typeof node === 'object' && node !== null ? [node, ...childrenOf(node).flatMap(containers)] : [];

function holds(test: Test, item: Json, root: Json): boolean {
  if ('all' in test) return test.all.every((one) => holds(one, item, root));
  if ('any' in test) return test.any.some((one) => holds(one, item, root));
  const left = below(item, test.of);
  if ('negated' in test) return (left !== undefined) !== test.negated;
  const { with: right } = test;
  const other = isObject(right) && 'root' in right ? below(root, right.root as Plain[]) : right;
  return compares(test.operator, left, other as Json | undefined);
}

function compares(operator: string, left: Json | undefined, right: Json | undefined): boolean {
  if (operator === '==') return same(left, right);
  if (operator === '!=') return !same(left, right);
  if (typeof left !== typeof right) return false;
  if (typeof left !== 'number' && typeof left !== 'string') return false;
  const order = left < right! ? -1 : left > right! ? 1 : 0;
  if (order === 0) return operator.endsWith('=');
  return operator.startsWith('<') === order < 0;
}

/** A number equals its text. */
function same(left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (typeof left === 'string' && typeof right === 'number') return left === `${right}`;
  if (typeof left === 'number' && typeof right === 'string') return `${left}` === right;
  return equalJson(left, right);
}

function apply(steps: readonly Step[], at: number, node: Json, root: Json): Json[] {
  const step = steps[at];
  const on = (next: Json): Json[] => apply(steps, at + 1, next, root);
  if (step === undefined) return [node];
  if (step === '..') return descend(steps, at, node, root);
  if (step === '*') return childrenOf(node).flatMap(on);
  if ('key' in step) {
    const found = child(node, step.key);
    return found === undefined ? [] : on(found);
  }
  if ('names' in step) return union(step.names, at === steps.length - 1, node).flatMap(on);
  if ('indexes' in step) return step.indexes.flatMap((i) => pick(node, i)).flatMap(on);
  if ('test' in step) {
    const items = Array.isArray(node) ? node : isObject(node) ? [node] : [];
    return items.filter((item) => holds(step.test, item, root)).flatMap(on);
  }
  return slice(step.from, step.to, node).flatMap(on);
}

/** Behind `..` a filter is asked of every container itself, and names at the end want all. */
function descend(steps: readonly Step[], at: number, node: Json, root: Json): Json[] {
  const next = steps[at + 1]!;
  return containers(node).flatMap((one) => {
    if (typeof next !== 'string' && 'names' in next && at + 2 === steps.length) {
      if (!next.names.every((name) => isObject(one) && Object.hasOwn(one, name))) return [];
    }
    if (typeof next === 'string' || !('test' in next)) return apply(steps, at + 1, one, root);
    return holds(next.test, one, root) ? apply(steps, at + 2, one, root) : [];
  });
}

/** At the end, one object of what is there; before, the values. */
function union(names: readonly string[], last: boolean, node: Json): Json[] {
  if (!isObject(node)) return [];
  const present = names.filter((name) => Object.hasOwn(node, name));
  if (!last) return present.map((name) => node[name]!);
  return [Object.fromEntries(present.map((name) => [name, node[name]!]))];
}

const pick = (node: Json, index: number): Json[] => {
  const found = child(node, index);
  return found === undefined ? [] : [found];
};

/** With both bounds, each index is taken from its own side: `[1:-1]` is nothing. */
function slice(from: number | undefined, to: number | undefined, node: Json): Json[] {
  if (!Array.isArray(node)) return [];
  if (from === undefined || to === undefined) return node.slice(from, to);
  const indexes = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  return indexes.flatMap((i) => pick(node, i));
}

function meaning(steps: readonly Step[], root: Json): Json | undefined {
  const found = apply(steps, 0, root, root);
  const many = steps.some(
    (step, i) =>
      typeof step === 'string' || !('key' in step || ('names' in step && i === steps.length - 1)),
  );
  return many ? found : found[0];
}

// How a path is written.

const bracket = (key: Plain): string => (typeof key === 'number' ? `[${key}]` : `['${key}']`);
const operand = (keys: readonly Plain[]): string => `@${keys.map(bracket).join('')}`;

function printTest(test: Test): string {
  if ('all' in test) return test.all.map((one) => `(${printTest(one)})`).join(' && ');
  if ('any' in test) return test.any.map((one) => `(${printTest(one)})`).join('||');
  if ('negated' in test) return `${test.negated ? '!' : ''}${operand(test.of)}`;
  const { with: right } = test;
  const other = isObject(right)
    ? `$${(right.root as Plain[]).map(bracket).join('')}`
    : typeof right === 'string'
      ? `'${right}'`
      : `${right}`;
  return `${operand(test.of)} ${test.operator} ${other}`;
}

function printStep(step: Step, afterDescent: boolean): string {
  if (step === '..') return '..';
  if (step === '*') return afterDescent ? '*' : '[*]';
  if ('key' in step) {
    const { key } = step;
    return typeof key === 'string' && afterDescent ? key : bracket(key);
  }
  if ('names' in step) return `[${step.names.map((name) => `'${name}'`).join(',')}]`;
  if ('indexes' in step) return `[${step.indexes.join(', ')}]`;
  if ('test' in step) return `[?(${printTest(step.test)})]`;
  return `[${step.from ?? ''}:${step.to ?? ''}]`;
}

const print = (steps: readonly Step[]): string =>
  `$${steps.map((step, i) => printStep(step, steps[i - 1] === '..')).join('')}`;

// What is tried.

const name = fc.constantFrom('a', 'b', 'constructor', '__proto__');
const index = fc.integer({ min: -3, max: 3 });
const keys = fc.array(fc.oneof(name, fc.nat(2)), { maxLength: 2 });
const literal = fc.constantFrom<Literal>(0, 1, -2.5, '', 'x', '1', true, null);
const operators = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const simple: fc.Arbitrary<Test> = fc.oneof(
  fc.record({
    of: keys,
    operator: operators,
    with: fc.oneof(literal, fc.record({ root: keys })),
  }) as fc.Arbitrary<Test>,
  fc.record({ of: keys.filter((all) => all.length > 0), negated: fc.boolean() }),
);
const pair = fc.array(simple, { minLength: 2, maxLength: 3 });
const test: fc.Arbitrary<Test> = fc.oneof(
  { weight: 3, arbitrary: simple },
  { weight: 1, arbitrary: fc.record({ all: pair }) },
  { weight: 1, arbitrary: fc.record({ any: pair }) },
);
const bound = fc.option(index, { nil: undefined });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ key: fc.oneof(name, index) }) as fc.Arbitrary<Step> },
  fc.record({ names: fc.uniqueArray(name, { minLength: 2, maxLength: 3 }) }),
  fc.record({ indexes: fc.array(index, { minLength: 2, maxLength: 3 }) }),
  fc
    .record({ from: bound, to: bound })
    .filter(({ from, to }) => from !== undefined || to !== undefined),
  fc.record({ test }),
  fc.constant('*' as const),
);
const steps: fc.Arbitrary<Step[]> = fc
  .array(fc.tuple(fc.boolean(), fc.boolean(), step), { maxLength: 4 })
  .map((all) =>
    all.flatMap(([once, twice, one]) => (once && twice ? ['..', one] : [one]) as Step[]),
  );
const { data } = fc.letrec<{ data: Json }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.constantFrom<Json>(null, 0, 1, 2, '', 'x', '1', true),
    fc.array(tie('data'), { maxLength: 4 }) as fc.Arbitrary<Json>,
    fc.dictionary(name, tie('data'), { maxKeys: 3, noNullPrototype: true }) as fc.Arbitrary<Json>,
  ),
}));

describe('random paths', () => {
  it('find what a naive reading finds', () => {
    fc.assert(
      fc.property(steps, data, (all, json) => {
        const found = readPath(parsePath(print(all)), testEnv(json));
        const value = 'value' in found && !found.beyond ? found.value : undefined;
        expect(JSON.stringify(value), print(all)).toBe(JSON.stringify(meaning(all, json)));
      }),
      { numRuns: 4000 },
    );
  });

  it('never crash the parser, whatever the text', () => {
    const text = fc.string({ unit: fc.constantFrom(...'$.[]()\'"?@ab0*:,-=<>!&|/~ \\{}') });
    fc.assert(
      fc.property(
        fc.constantFrom('$', 'States.Format(', '$[?('),
        text,
        data,
        (head, tail, json) => {
          try {
            readPath(parsePath(`${head}${tail}`), testEnv(json));
          } catch (error) {
            if (error instanceof LanguageError) return;
            expect((error as Error).name).toBe('PathSyntaxError');
          }
        },
      ),
      { numRuns: 4000 },
    );
  });
});
