/**
 * What a query finds. Meaning: Java Jayway's, with AWS's two measured differences: an indefinite
 * query never fails (nothing found is `[]`), and an index beyond the end of an array gives null.
 */
import {
  isObject,
  type Json,
  type JsonObject,
  printJson,
  WrittenNumber,
} from '../../ground/json.ts';
import type { Effort } from '../effort.ts';
import { callFunction } from './function.ts';
import type { Key, Query, Step } from './syntax.ts';

export type Found =
  | {
      readonly value: Json;
      /** The value is null only because an index lies beyond the end. */
      readonly beyond?: true;
    }
  | { readonly miss: string };

const BEYOND: Found = { value: null, beyond: true };

/**
 * Reads the query from `root`, the document that its `$` means. Throws `States.Runtime` where that
 * is too much work.
 */
export function readQuery(query: Query, root: Json, effort: Effort): Found {
  if (query.keys) return readKeys(query.keys, root);
  return readSteps(query, root, effort);
}

/** The same for filters, which need not know why a path leads nowhere. */
export function findIn(query: Query, root: Json, effort: Effort): Json | undefined {
  if (!query.keys) {
    const found = readSteps(query, root, effort);
    return 'value' in found && !found.beyond ? found.value : undefined;
  }
  let node: Json | undefined = root;
  for (const key of query.keys) {
    effort.spend(1);
    if (typeof key === 'number') {
      node = Array.isArray(node) ? node[key < 0 ? node.length + key : key] : undefined;
    } else {
      node = isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
    }
    if (node === undefined) return undefined;
  }
  return node;
}

function readKeys(keys: readonly Key[], root: Json): Found {
  let node = root;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (typeof key === 'string') {
      if (!isObject(node)) {
        return { miss: noObject(keys, i, node) };
      }
      if (!Object.hasOwn(node, key)) return { miss: noProperty(keys, i) };
      node = node[key]!;
    } else {
      if (!Array.isArray(node)) return { miss: noArray(keys, i, node) };
      const item = node[key < 0 ? node.length + key : key];
      if (item === undefined) return i === keys.length - 1 ? BEYOND : { miss: noResult(keys) };
      node = item;
    }
  }
  return { value: node };
}

/** The canonical text of a path, as error messages show it: `$['a'][0]`. */
function printKeys(keys: readonly Key[]): string {
  return `$${keys.map((key) => (typeof key === 'string' ? `['${key}']` : `[${key}]`)).join('')}`;
}

const noResult = (keys: readonly Key[]): string => `No results for path: ${printKeys(keys)}`;

function noProperty(keys: readonly Key[], at: number): string {
  if (at === keys.length - 1) return noResult(keys);
  return `Missing property in path ${printKeys(keys.slice(0, at + 1))}`;
}

function noObject(keys: readonly Key[], at: number, node: Json): string {
  return (
    `Expected to find an object with property ['${keys[at]}'] in path ` +
    `${printKeys(keys.slice(0, at))} but found '${javaClass(node)}'. This is not a json object ` +
    `according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonProvider'.`
  );
}

function noArray(keys: readonly Key[], at: number, node: Json): string {
  if (node === null) return `The path ${printKeys(keys.slice(0, at))} is null`;
  return (
    `Filter: [${keys[at]}]${at < keys.length - 1 ? '...' : ''} can only be applied to arrays. ` +
    `Current context is: ${printJson(node)}`
  );
}

/** AWS prints the classes of its own (Java) runtime. */
function javaClass(node: Json): string {
  if (node === null) return 'null';
  if (typeof node === 'string') return 'java.lang.String';
  if (typeof node === 'boolean') return 'java.lang.Boolean';
  if (Array.isArray(node)) return 'java.util.ArrayList';
  if (isObject(node)) return 'java.util.LinkedHashMap';
  if (node instanceof WrittenNumber) return 'java.lang.Double';
  if (typeof node === 'bigint') {
    return node === BigInt.asIntN(64, node) ? 'java.lang.Long' : 'java.math.BigInteger';
  }
  if (!Number.isInteger(node)) return 'java.lang.Double';
  return Math.abs(node) < 2 ** 31 ? 'java.lang.Integer' : 'java.lang.Long';
}

function readSteps(query: Query, root: Json, effort: Effort): Found {
  const tail = query.steps.findIndex((step) => step.kind === 'function');
  const steps = tail < 0 ? query.steps : query.steps.slice(0, tail);
  const walk = new Walk(steps, root, effort);
  walk.from(0, root);
  const many = steps.some((step, i) => isMany(step, i === steps.length - 1));
  if (!many && walk.found.length === 0)
    return { miss: `No results for path: ${printSteps(steps)}` };
  // One node may be found many times, below others and by itself.
  if (many && tail < 0) effort.spendOn(walk.found);
  let value: Json = many ? walk.found : walk.found[0]!;
  for (const step of tail < 0 ? [] : query.steps.slice(tail)) {
    if (step.kind !== 'function') return { miss: 'A function must end the path' };
    const args = step.args.map((arg) =>
      arg.kind === 'literal' ? arg.value : (findIn(arg.query, root, effort) ?? null),
    );
    const result = callFunction(step.name, value, args, effort);
    if (result === undefined) return { miss: `Function ${step.name} cannot be applied` };
    value = result;
  }
  return { value };
}

function isMany(step: Step, last: boolean): boolean {
  if (step.kind === 'names') return !last;
  return step.kind !== 'name' && step.kind !== 'index';
}

function printSteps(steps: readonly Step[]): string {
  const parts = steps.map((step) => {
    if (step.kind === 'name') return `['${step.name}']`;
    if (step.kind === 'names') return `[${step.names.map((name) => `'${name}'`).join(',')}]`;
    return step.kind === 'index' ? `[${step.index}]` : '[*]';
  });
  return `$${parts.join('')}`;
}

/** Collects every node that the steps select, in document order. */
class Walk {
  readonly found: Json[] = [];
  readonly #steps: readonly Step[];
  readonly #root: Json;
  readonly #effort: Effort;

  constructor(steps: readonly Step[], root: Json, effort: Effort) {
    this.#steps = steps;
    this.#root = root;
    this.#effort = effort;
  }

  /** Applies the steps from number `at` on to the node. */
  from(at: number, node: Json): void {
    this.#effort.spend(1);
    const step = this.#steps[at];
    if (step === undefined) this.found.push(node);
    else if (step.kind === 'descend') this.#descend(at + 1, node);
    else if (Array.isArray(node)) this.#inArray(step, at, node);
    else if (isObject(node)) this.#inObject(step, at, node);
  }

  #inObject(step: Step, at: number, node: JsonObject): void {
    if (step.kind === 'name') {
      if (Object.hasOwn(node, step.name)) this.from(at + 1, node[step.name]!);
    } else if (step.kind === 'names') {
      this.#names(step.names, at, node);
    } else if (step.kind === 'wildcard') {
      for (const value of Object.values(node)) this.from(at + 1, value);
    } else if (step.kind === 'filter') {
      if (step.filter(node, this.#root, this.#effort)) this.from(at + 1, node);
    }
  }

  /** At the end of a path several names select one object that has just them. */
  #names(names: readonly string[], at: number, node: JsonObject): void {
    const present = names.filter((name) => Object.hasOwn(node, name));
    if (at < this.#steps.length - 1) {
      for (const name of present) this.from(at + 1, node[name]!);
    } else {
      this.from(at + 1, Object.fromEntries(present.map((name) => [name, node[name]!])));
    }
  }

  #inArray(step: Step, at: number, node: Json[]): void {
    if (step.kind === 'index') this.#item(step.index, at, node);
    else if (step.kind === 'indexes') for (const index of step.indexes) this.#item(index, at, node);
    else if (step.kind === 'slice') this.#slice(step.from, step.to, at, node);
    else if (step.kind === 'wildcard') for (const item of node) this.from(at + 1, item);
    else if (step.kind === 'filter') {
      for (const item of node)
        if (step.filter(item, this.#root, this.#effort)) this.from(at + 1, item);
    }
  }

  #item(index: number, at: number, node: Json[]): void {
    const item = node[index < 0 ? node.length + index : index];
    if (item !== undefined) this.from(at + 1, item);
  }

  /** `[a:b]` counts each index from its own side, as Jayway does: `[1:-1]` is empty. */
  #slice(from: number | undefined, to: number | undefined, at: number, node: Json[]): void {
    const { length } = node;
    if (from !== undefined && to !== undefined) {
      for (let i = Math.max(from, -length); i < Math.min(length, to); i++) this.#item(i, at, node);
      return;
    }
    const first = from === undefined ? 0 : Math.max(0, from < 0 ? length + from : from);
    const end = to === undefined ? length : Math.min(length, to < 0 ? length + to : to);
    for (let i = first; i < end; i++) this.#item(i, at, node);
  }

  /** Every object and array below, parents first; without recursion, because data may be deep. */
  #descend(at: number, start: Json): void {
    const step = this.#steps[at];
    const last = at === this.#steps.length - 1;
    const stack: Json[] = [start];
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (!isObject(node) && !Array.isArray(node)) continue;
      if (step?.kind === 'filter') {
        if (step.filter(node, this.#root, this.#effort)) this.from(at + 1, node);
      } else if (step?.kind === 'names' && last) {
        // Below `..` names at the end select only objects that have all of them.
        if (step.names.every((name) => Object.hasOwn(node, name))) this.from(at, node);
      } else this.from(at, node);
      const children = Array.isArray(node) ? node : Object.values(node);
      this.#effort.spend(1 + children.length);
      for (let i = children.length - 1; i >= 0; i--) stack.push(children[i]!);
    }
  }
}
