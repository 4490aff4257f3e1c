/**
 * Paths of JSONPath states: `$…` into the data, `$$…` into the context object, `$name…` into
 * a variable and, where a field allows it, a call of an intrinsic function.
 */
import type { Json } from '../ground/json.ts';
import type { Env } from './env.ts';
import { type Call, evaluateCall, parseCall } from './intrinsic.ts';
import { parseQuery } from './jsonpath/parse.ts';
import { PathSyntaxError, type Query } from './jsonpath/syntax.ts';
import { readFrom } from './lookup.ts';

export { parseReferencePath, type ReferencePath, writeReference } from './jsonpath/reference.ts';
export { PathSyntaxError } from './jsonpath/syntax.ts';

export type Path =
  | { readonly kind: 'query' /** As written. */; readonly text: string; readonly query: Query }
  | { readonly kind: 'call' /** As written. */; readonly text: string; readonly call: Call };

/**
 * Throws PathSyntaxError where the text is neither a path nor a known intrinsic call. Blanks behind
 * it do not matter; in front of it they do.
 */
export function parsePath(text: string): Path {
  const bare = text.trimEnd();
  if (bare.startsWith('$')) return { kind: 'query', text, query: parseQuery(bare) };
  if (bare.startsWith('States.')) return { kind: 'call', text, call: parseCall(bare) };
  throw new PathSyntaxError("Path must start with '$' or '@'");
}

/**
 * The value the path leads to, or why it leads nowhere (the text behind `Invalid path '…' : `).
 * `beyond` marks a null that stands for an index past the end of an array. Throws LanguageError
 * where an intrinsic call fails.
 */
export function readPath(
  path: Path,
  env: Env,
): { readonly value: Json; readonly beyond?: true } | { readonly miss: string } {
  if (path.kind === 'query') return readFrom(path.query, env);
  return { value: evaluateCall(path.call, env) };
}
