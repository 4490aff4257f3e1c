/**
 * JSONata templates: which texts are expressions, and the computation that asks for their values.
 * Evaluating one expression is the work of evaluator.ts; here nothing is asynchronous.
 */
import { isObject, type Json, type JsonObject } from '../ground/json.ts';
import type { Evaluation, Variables } from './env.ts';

export type ExpressionNode =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'expression'; readonly source: string; readonly field: string }
  | { readonly kind: 'array'; readonly items: readonly ExpressionNode[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, ExpressionNode])[] };

/** What expressions can see. */
export interface ExpressionScope {
  /** Contents of `$states`. */
  readonly states: Readonly<Record<string, Json>>;
  readonly variables: Variables;
}

/** The source of an expression, trimmed, or undefined where the text is a literal. */
export function expressionSource(text: string): string | undefined {
  if (text.length < 4 || !text.startsWith('{%') || !text.endsWith('%}')) return undefined;
  return text.slice(2, -2).trim();
}

/** `field` is where the value stands, e.g. `Output`; parts are named `Output/a/b[0]`. */
export function compileExpressions(json: Json, field: string): ExpressionNode {
  if (typeof json === 'string') {
    const source = expressionSource(json);
    if (source === undefined) return { kind: 'constant', value: json };
    return { kind: 'expression', source, field };
  }
  if (Array.isArray(json)) {
    const items = json.map((item, i) => compileExpressions(item, `${field}[${i}]`));
    if (items.every(isConstant)) return { kind: 'constant', value: json };
    return { kind: 'array', items };
  }
  if (!isObject(json)) return { kind: 'constant', value: json };
  const members = Object.entries(json).map(
    ([key, value]) => [key, compileExpressions(value, `${field}/${key}`)] as const,
  );
  if (members.every(([, node]) => isConstant(node))) return { kind: 'constant', value: json };
  return { kind: 'object', members };
}

const isConstant = (node: ExpressionNode): boolean => node.kind === 'constant';

/** The value of the node, in the order of the definition; yields one request per expression. */
export function* fillExpressions(node: ExpressionNode, scope: ExpressionScope): Evaluation<Json> {
  if (node.kind === 'constant') return node.value;
  if (node.kind === 'expression') return yield { source: node.source, field: node.field, ...scope };
  if (node.kind === 'array') {
    const items: Json[] = [];
    for (const item of node.items) items.push(yield* fillExpressions(item, scope));
    return items;
  }
  const entries: [string, Json][] = [];
  for (const [key, member] of node.members) {
    entries.push([key, yield* fillExpressions(member, scope)]);
  }
  return Object.fromEntries(entries) as JsonObject;
}
