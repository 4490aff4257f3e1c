/** Reference paths: where ResultPath writes. Rule: Amazon States Language, "Reference Paths". */
import { isObject, type Json, printJson } from '../../ground/json.ts';
import { LanguageError } from '../language-error.ts';
import { parseQuery } from './parse.ts';
import { type Key, PathSyntaxError } from './syntax.ts';

export interface ReferencePath {
  /** As written. */
  readonly text: string;
  /** Names and indexes from `$` down; empty for `$` itself. */
  readonly keys: readonly Key[];
}

/** Throws PathSyntaxError where the text is no path from `$` to exactly one node. */
export function parseReferencePath(text: string): ReferencePath {
  const query = parseQuery(text.trimEnd());
  if (query.root.kind !== 'input' || !query.keys) {
    throw new PathSyntaxError(`Path '${text}' does not identify a single node below '$'`);
  }
  return { text, keys: query.keys };
}

/**
 * A copy of `into` that has `value` at the path; objects on the way are made where they are
 * missing.
 * Throws `States.ResultPathMatchFailure` where the path leads through a value that is no object, or
 * to an array element that does not exist.
 */
export function writeReference(path: ReferencePath, into: Json, value: Json): Json {
  return write(path, 0, into, value);
}

function write(path: ReferencePath, at: number, node: Json | undefined, value: Json): Json {
  const key = path.keys[at];
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const index = Array.isArray(node) && key < 0 ? node.length + key : key;
    if (!Array.isArray(node) || node[index] === undefined) return fail(key, node);
    return node.with(index, write(path, at + 1, node[index], value));
  }
  if (node !== undefined && !isObject(node)) return fail(key, node);
  const child = node && Object.hasOwn(node, key) ? node[key] : undefined;
  const written = write(path, at + 1, child, value);
  return { ...node, [key]: written };
}

function fail(key: Key, node: Json | undefined): never {
  throw new LanguageError(
    'States.ResultPathMatchFailure',
    `Unable to apply step "${key}" to input ${printJson(node ?? null)}`,
  );
}
