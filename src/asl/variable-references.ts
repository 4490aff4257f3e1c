/**
 * Which variables each state reads, as DescribeStateMachine lists them: by state name, sorted,
 * nested states under their own names, states that read none left out. Assigning is not reading.
 */
import { isObject, type Json, type JsonObject } from '../ground/json.ts';
import { analyze, isBuiltIn } from './expression-analysis.ts';
import type { Call } from './intrinsic.ts';
import { expressionSource } from './jsonata.ts';
import type { Query } from './jsonpath/syntax.ts';
import { parsePath } from './path.ts';

export type VariableReferences = Record<string, string[]>;

/** `definition` is a valid one. Undefined where no state reads a variable. */
export function variableReferences(definition: JsonObject): VariableReferences | undefined {
  const found: VariableReferences = {};
  readFlow(definition, definition.QueryLanguage ?? 'JSONPath', found);
  return Object.keys(found).length > 0 ? found : undefined;
}

function readFlow(flow: JsonObject, language: Json, found: VariableReferences): void {
  for (const [name, state] of Object.entries(flow.States as JsonObject)) {
    readState(name, state as JsonObject, language, found);
  }
}

const FLOWS = ['Branches', 'ItemProcessor', 'Iterator'];

function readState(
  name: string,
  state: JsonObject,
  machineLanguage: Json,
  found: VariableReferences,
): void {
  const names = new Set<string>();
  const own = (state.QueryLanguage ?? machineLanguage) === 'JSONata' ? inExpressions : inPaths;
  for (const [field, value] of Object.entries(state)) {
    if (!FLOWS.includes(field)) own(field, value, names);
    else for (const flow of [value].flat()) readFlow(flow as JsonObject, machineLanguage, found);
  }
  if (names.size > 0) found[name] = [...names].sort();
}

/** Every text that is an expression. */
function inExpressions(_field: string, value: Json, names: Set<string>): void {
  if (typeof value === 'string') {
    const source = expressionSource(value);
    const analysis = source === undefined ? undefined : analyze(source);
    if (!analysis || 'syntaxError' in analysis) return;
    for (const name of analysis.variables) {
      if (name !== 'states' && !isBuiltIn(name)) names.add(name);
    }
  } else if (isObject(value) || Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) inExpressions(key, inner, names);
  }
}

/** Fields whose members are the user's own: there only a key that ends in `.$` has a path. */
const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector', 'Assign', 'BatchInput'];

/** Paths stand in fields whose name says so; everything in a Pass state's Result is literal. */
function inPaths(field: string, value: Json, names: Set<string>, template = false): void {
  if (field === 'Result' && !template) return;
  if (typeof value === 'string') {
    const named = field.endsWith('Path') || field === 'Variable';
    if (field.endsWith('.$') || (named && !template)) read(value, names);
  } else if (isObject(value) || Array.isArray(value)) {
    const inside = template || TEMPLATES.includes(field);
    for (const [key, inner] of Object.entries(value)) inPaths(key, inner, names, inside);
  }
}

function read(text: string, names: Set<string>): void {
  const path = parsePath(text);
  if (path.kind === 'query') ofQuery(path.query, names);
  else ofCall(path.call, names);
}

function ofQuery(query: Query, names: Set<string>): void {
  if (query.root.kind === 'variable') names.add(query.root.name);
  for (const step of query.steps) {
    if (step.kind !== 'function') continue;
    for (const argument of step.args) if (argument.kind === 'query') ofQuery(argument.query, names);
  }
}

function ofCall(call: Call, names: Set<string>): void {
  for (const argument of call.args) {
    if (argument.kind === 'query') ofQuery(argument.query, names);
    if (argument.kind === 'call') ofCall(argument.call, names);
  }
}
