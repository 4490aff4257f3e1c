/**
 * A definition as the console draws it: states, transitions and what contains what. Works on any
 * JSON that looks like one, so that a draft with mistakes is still drawn.
 */
import { isObject, type Json, type JsonObject, tryParseJson } from '../../../src/ground/json.ts';

export interface Transition {
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'default' | 'catch';
  /** What leads there: a rule in short, or the error names of a catcher. */
  readonly label?: string;
}

export interface StateNode {
  readonly name: string;
  readonly type: string;
  readonly ends: boolean;
  readonly next: readonly Transition[];
  /** Branches of a Parallel, the one processor of a Map, else empty. */
  readonly flows: readonly Flow[];
  readonly raw: JsonObject;
}

export interface Flow {
  readonly startAt: string;
  readonly states: readonly StateNode[];
}

/** Where a state stands: its node and the names of the Parallel and Map states around it. */
export interface Place {
  readonly node: StateNode;
  readonly containers: readonly string[];
}

/** The flow, or undefined where the text is no JSON object with States. */
export function readDefinition(text: string | undefined): Flow | undefined {
  const value = text === undefined ? undefined : tryParseJson(text);
  return value === undefined ? undefined : readFlow(value);
}

function readFlow(value: Json): Flow | undefined {
  if (!isObject(value) || !isObject(value.States ?? null)) return undefined;
  const states = Object.entries(value.States as JsonObject)
    .filter((pair): pair is [string, JsonObject] => isObject(pair[1]))
    .map(([name, raw]) => readState(name, raw));
  return { startAt: text(value.StartAt) ?? '', states };
}

function readState(name: string, raw: JsonObject): StateNode {
  const type = text(raw.Type) ?? 'Unknown';
  return {
    name,
    type,
    ends: raw.End === true || type === 'Succeed' || type === 'Fail',
    next: readTransitions(raw),
    flows: readFlows(raw),
    raw,
  };
}

function readFlows(raw: JsonObject): Flow[] {
  const inner = Array.isArray(raw.Branches)
    ? raw.Branches
    : [raw.ItemProcessor ?? raw.Iterator ?? null];
  return inner.map(readFlow).filter((flow): flow is Flow => flow !== undefined);
}

function readTransitions(raw: JsonObject): Transition[] {
  const transitions: Transition[] = [];
  const add = (to: Json | undefined, kind: Transition['kind'], label?: string): void => {
    if (typeof to === 'string') transitions.push({ to, kind, ...(label ? { label } : {}) });
  };
  add(raw.Next, 'next');
  for (const rule of list(raw.Choices)) add(rule.Next, 'choice', describeRule(rule));
  add(raw.Default, 'default', 'Default');
  for (const catcher of list(raw.Catch)) {
    const errors = Array.isArray(catcher.ErrorEquals) ? catcher.ErrorEquals.join(', ') : '';
    add(catcher.Next, 'catch', errors);
  }
  return transitions;
}

const OPERATORS: readonly [RegExp, string][] = [
  [/GreaterThanEquals(Path)?$/, '≥'],
  [/LessThanEquals(Path)?$/, '≤'],
  [/GreaterThan(Path)?$/, '>'],
  [/LessThan(Path)?$/, '<'],
  [/Equals(Path)?$/, '='],
  [/Matches$/, '~'],
];

/** A Choice rule in a few characters: `$.n > 3`, `not ($.a = 1)`, `$.x is present`. */
export function describeRule(rule: JsonObject): string {
  if (typeof rule.Condition === 'string') return rule.Condition.replace(/^\{%\s*|\s*%\}$/g, '');
  if (isObject(rule.Not ?? null)) return `not (${describeRule(rule.Not as JsonObject)})`;
  for (const key of ['And', 'Or']) {
    const parts = list(rule[key]);
    if (parts.length > 0) return parts.map(describeRule).join(key === 'And' ? ' and ' : ' or ');
  }
  const variable = text(rule.Variable) ?? '?';
  for (const [key, value] of Object.entries(rule)) {
    const operator = OPERATORS.find(([pattern]) => pattern.test(key));
    if (operator) return `${variable} ${operator[1]} ${JSON.stringify(value)}`;
    if (key.startsWith('Is')) {
      return `${variable} ${value === false ? 'is not' : 'is'} ${key.slice(2).toLowerCase()}`;
    }
  }
  return variable;
}

/** Every state by name; names are unique within a machine. */
export function placesOf(flow: Flow | undefined): Map<string, Place> {
  const places = new Map<string, Place>();
  const visit = (part: Flow, containers: readonly string[]): void => {
    for (const node of part.states) {
      places.set(node.name, { node, containers });
      for (const inner of node.flows) visit(inner, [...containers, node.name]);
    }
  };
  if (flow) visit(flow, []);
  return places;
}

/** What a Task calls, in few words: `Lambda: checkout`, `DynamoDB putItem`, `Activity: sign`. */
export function describeResource(raw: JsonObject): string | undefined {
  const resource = text(raw.Resource);
  if (!resource) return undefined;
  const direct = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(resource);
  if (direct) return `Lambda: ${direct[1]}`;
  const activity = /:activity:(.+)$/.exec(resource);
  if (activity) return `Activity: ${activity[1]}`;
  const optimised = /^arn:[^:]+:states:[^:]*:[^:]*:(?:aws-sdk:)?([^:]+):([^.:]+)(\.[\w:]+)?$/.exec(
    resource,
  );
  if (!optimised) return resource;
  const [, service, action, pattern = ''] = optimised;
  const target = service === 'lambda' ? functionName(raw) : undefined;
  return target ? `Lambda: ${target}${pattern}` : `${service} ${action}${pattern}`;
}

function functionName(raw: JsonObject): string | undefined {
  const parameters = raw.Parameters ?? raw.Arguments;
  const name = isObject(parameters ?? null)
    ? text((parameters as JsonObject).FunctionName)
    : undefined;
  return name && /([^:]+?)(?::\$LATEST|:\d+)?$/.exec(name.replace(/^arn:.*:function:/, ''))?.[1];
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
