/**
 * Payload templates: the JSON values of Parameters, ResultSelector, ItemSelector, Assign, Arguments
 * and Output, compiled once. In JSONPath states keys that end in `.$` are replaced by what their
 * path or intrinsic call gives; in JSONata states texts `{% … %}` are expressions (jsonata.ts).
 */
import { isObject, type Json, type JsonObject, printJson } from '../ground/json.ts';
import type { Env } from './env.ts';
import { hashOrder } from './hash-order.ts';
import { compileExpressions, type ExpressionNode } from './jsonata.ts';
import { LanguageError } from './language-error.ts';
import { rootValue } from './lookup.ts';
import { type Path, parsePath, readPath } from './path.ts';
import type { QueryLanguage } from './query-language.ts';

/** Values of paths that a template may have without a look at how large they are together. */
const PATHS_UNCOUNTED = 8;

export type Template =
  | {
      readonly language: 'JSONPath';
      /** The field it stands in, e.g. `Parameters`. */
      readonly field: string;
      readonly node: TemplateNode;
      /** How many `.$` keys there are. */
      readonly paths: number;
    }
  | { readonly language: 'JSONata'; readonly field: string; readonly node: ExpressionNode };

export type TemplateNode =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'array'; readonly items: readonly TemplateNode[] }
  | {
      readonly kind: 'object';
      /** In the order in which AWS builds the result, which is not that of the definition. */
      readonly members: readonly TemplateMember[];
    };

type TemplateMember =
  | { readonly key: string; readonly node: TemplateNode }
  | { readonly key: string; readonly path: Path };

/** Throws PathSyntaxError where a `.$` key has no path; validation reports that first. */
export function compileTemplate(json: Json, queryLanguage: QueryLanguage, field: string): Template {
  if (queryLanguage === 'JSONata') {
    return { language: 'JSONata', field, node: compileExpressions(json, field) };
  }
  const node = compileNode(json);
  return { language: 'JSONPath', field, node, paths: countPaths(node) };
}

/** Gives the value as it is, whatever its keys are called. */
export function literalTemplate(value: Json, field: string): Template {
  return { language: 'JSONPath', field, node: { kind: 'constant', value }, paths: 0 };
}

function countPaths(node: TemplateNode): number {
  if (node.kind === 'constant') return 0;
  if (node.kind === 'array') return node.items.reduce((sum, item) => sum + countPaths(item), 0);
  return node.members.reduce((sum, one) => sum + ('path' in one ? 1 : countPaths(one.node)), 0);
}

function compileNode(json: Json): TemplateNode {
  if (Array.isArray(json)) {
    const items = json.map(compileNode);
    if (items.every((item) => item.kind === 'constant')) return { kind: 'constant', value: json };
    return { kind: 'array', items };
  }
  return isObject(json) ? compileObject(json) : { kind: 'constant', value: json };
}

/** Recorded order: constants as defined, then all `.$` keys in hash order of their names. */
function compileObject(json: JsonObject): TemplateNode {
  const members: TemplateMember[] = [];
  const paths = new Map<string, Path>();
  for (const [key, value] of Object.entries(json)) {
    if (key.endsWith('.$')) paths.set(key.slice(0, -2), parsePath(value as string));
    else members.push({ key, node: compileNode(value) });
  }
  const constant = members.every((member) => 'node' in member && member.node.kind === 'constant');
  if (paths.size === 0 && constant) return { kind: 'constant', value: json };
  for (const key of hashOrder([...paths.keys()])) members.push({ key, path: paths.get(key)! });
  return { kind: 'object', members };
}

/**
 * The value of a JSONPath template. Throws `States.Runtime` where a path leads nowhere, and what
 * intrinsic calls throw. Constant parts are shared with the definition.
 */
export function fillTemplate(template: Template, env: Env): Json {
  if (template.language !== 'JSONPath') throw new TypeError('Not a JSONPath template');
  const filled = fill(template.node, env);
  // Many paths may give the same large value.
  if (template.paths > PATHS_UNCOUNTED) env.effort.spendOn(filled);
  return filled;
}

function fill(node: TemplateNode, env: Env): Json {
  if (node.kind === 'constant') return node.value;
  if (node.kind === 'array') return node.items.map((item) => fill(item, env));
  const filled: JsonObject = {};
  for (const member of node.members) {
    const value =
      'node' in member ? fill(member.node, env) : readMember(member.key, member.path, env);
    if (member.key === '__proto__') defineKey(filled, value);
    else filled[member.key] = value;
  }
  return filled;
}

function defineKey(object: JsonObject, value: Json): void {
  Object.defineProperty(object, '__proto__', {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function readMember(key: string, path: Path, env: Env): Json {
  const found = readPath(path, env);
  if ('value' in found) return found.value;
  throw notFound(path, `${key}.$`, env);
}

/** The error of a path that leads nowhere, as templates and ErrorPath/CausePath word it. */
export function notFound(path: Path, field: string, env: Env): LanguageError {
  const root = path.kind === 'query' ? rootValue(path.query, env) : env.input;
  return new LanguageError(
    'States.Runtime',
    `The JSONPath '${path.text}' specified for the field '${field}' could not be found in the ` +
      `input '${printJson(root ?? env.input)}'`,
  );
}
