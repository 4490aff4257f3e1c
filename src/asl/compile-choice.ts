/** Choice rules: definition JSON to conditions. */
import { isObject, type Json, type JsonObject } from '../ground/json.ts';
import { present, type Source, template } from './compile-fields.ts';
import { expressionSource } from './jsonata.ts';
import type { ChoiceRule, Comparison, Condition } from './machine.ts';
import { parsePath } from './path.ts';

const NO_OPERATORS: readonly string[] = ['Variable', 'Next', 'Comment', 'Assign', 'Output'];

export function compileRule(state: Source, json: JsonObject, index: number): ChoiceRule {
  const source: Source = { ...state, json, prefix: `${state.prefix}Choices[${index}]/` };
  return present({
    condition: compileCondition(source, json),
    next: json.Next as string,
    assign: template(source, 'Assign'),
    output: template(source, 'Output'),
  });
}

function compileCondition(source: Source, json: JsonObject): Condition {
  if (source.queryLanguage === 'JSONata') return compileExpression(source, json.Condition!);
  const nested = (value: Json): Condition => compileCondition(source, value as JsonObject);
  if (Array.isArray(json.And)) return { kind: 'and', all: json.And.map(nested) };
  if (Array.isArray(json.Or)) return { kind: 'or', all: json.Or.map(nested) };
  if (isObject(json.Not)) return { kind: 'not', one: nested(json.Not) };
  const operator = Object.keys(json).find((key) => !NO_OPERATORS.includes(key))!;
  return {
    kind: 'compare',
    variable: parsePath(json.Variable as string),
    test: compileComparison(operator, json[operator]!),
  };
}

function compileExpression(source: Source, condition: Json): Condition {
  if (typeof condition === 'boolean') return { kind: 'constant', value: condition };
  const field = `${source.prefix}Condition`;
  return { kind: 'jsonata', field, source: expressionSource(condition as string) ?? '' };
}

function compileComparison(operator: string, value: Json): Comparison {
  if (operator.endsWith('Path')) {
    return {
      operator: operator.slice(0, -'Path'.length),
      right: { kind: 'path', path: parsePath(value as string) },
    };
  }
  return { operator, right: { kind: 'literal', value } };
}
