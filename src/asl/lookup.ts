/** Reading a parsed query from what an evaluation sees: its data, the context or a variable. */
import type { Json } from '../ground/json.ts';
import type { Env } from './env.ts';
import { type Found, readQuery } from './jsonpath/read.ts';
import type { Query } from './jsonpath/syntax.ts';

/** What the query finds from its own root. An unknown variable is a miss. */
export function readFrom(query: Query, env: Env): Found {
  const root = rootValue(query, env);
  if (root === undefined) return { miss: `No results for path: $['${variableOf(query)}']` };
  return readQuery(query, root, env.effort);
}

/** The document that the query starts in, or undefined for a variable that has no value. */
export function rootValue(query: Query, env: Env): Json | undefined {
  const { root } = query;
  if (root.kind === 'input') return env.input;
  if (root.kind === 'context') return env.context();
  return Object.hasOwn(env.variables, root.name) ? env.variables[root.name] : undefined;
}

const variableOf = (query: Query): string =>
  query.root.kind === 'variable' ? query.root.name : '';
