/** A parsed JSONPath. Dialect: Java Jayway's, which is what AWS evaluates; meaning: read.ts. */
import type { Json } from '../../ground/json.ts';
import type { Effort } from '../effort.ts';

/** Where `$` of a query starts: the state's data, the context object, or a workflow variable. */
export type Root =
  | { readonly kind: 'input' }
  | { readonly kind: 'context' }
  | { readonly kind: 'variable'; readonly name: string };

export type Key = string | number;

/** A predicate over one candidate; `root` is the document that the query started from. */
export type Filter = (item: Json, root: Json, effort: Effort) => boolean;

export type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  /** `..`: the next step is tried on every node below. */
  | { readonly kind: 'descend' }
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'function'; readonly name: string; readonly args: readonly Argument[] };

export type Argument =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'query'; readonly query: Query };

export interface Query {
  readonly root: Root;
  readonly steps: readonly Step[];
  /** True where at most one node can be meant; the result is then that node and not a list. */
  readonly definite: boolean;
  /** The steps as plain keys where they are nothing but single names and indexes. */
  readonly keys: readonly Key[] | undefined;
}

/** The text is no path. The message is worded as AWS's path parser words it. */
export class PathSyntaxError extends Error {
  override name = 'PathSyntaxError';
}
