/** Fields that are a literal, a path or an expression, with the error texts AWS has for each. */
import { invalidPath } from '../asl/dataflow.ts';
import type { Evaluation } from '../asl/env.ts';
import { type ExpectedType, expectType } from '../asl/evaluator.ts';
import { LanguageError } from '../asl/language-error.ts';
import type { Dynamic } from '../asl/machine.ts';
import { readPath } from '../asl/path.ts';
import { type Doc, isNumeric, type Json, printJson } from '../ground/json.ts';
import type { Step } from './step.ts';

export const runtimeError = (cause: string): LanguageError =>
  new LanguageError('States.Runtime', cause);

/** Value of an expression that must be of the type. */
export function* askFor(
  step: Step,
  expression: { readonly source: string; readonly field: string },
  expected: ExpectedType,
): Evaluation<Json> {
  const value = yield* step.ask(expression.source, expression.field);
  expectType(value, [expected], expression);
  return value;
}

/** A fraction is refused where a whole number is due (measured). */
export function* askForInteger(
  step: Step,
  expression: { readonly source: string; readonly field: string },
): Evaluation<number> {
  const value = yield* askFor(step, expression, 'number');
  expectType(value, ['integer'], expression);
  return value as number;
}

/** Whole number within bounds. `input` is what a path reads from. */
export function* wholeNumber(
  step: Step,
  dynamic: Dynamic<number>,
  input: Doc,
  check: (value: number) => string | undefined,
): Evaluation<number> {
  const value = yield* number(step, dynamic, input, 'integer');
  const complaint = check(value);
  if (complaint === undefined) return value;
  throw outOfBounds(dynamic, complaint);
}

/** As wholeNumber, with fractions. */
export function* anyNumber(
  step: Step,
  dynamic: Dynamic<number>,
  input: Doc,
  check: (value: number) => string | undefined,
): Evaluation<number> {
  const value = yield* number(step, dynamic, input, 'float');
  const complaint = check(value);
  if (complaint === undefined) return value;
  throw outOfBounds(dynamic, complaint);
}

function outOfBounds(dynamic: Dynamic<number>, complaint: string): LanguageError {
  if (dynamic.kind !== 'jsonata') return runtimeError(complaint);
  return new LanguageError('States.QueryEvaluationError', complaint, dynamic.field);
}

function* number(
  step: Step,
  dynamic: Dynamic<number>,
  input: Doc,
  type: 'integer' | 'float',
): Evaluation<number> {
  if (dynamic.kind === 'literal') return dynamic.value;
  if (dynamic.kind === 'jsonata') {
    if (type === 'integer') return yield* askForInteger(step, dynamic);
    return (yield* askFor(step, dynamic, 'number')) as number;
  }
  const found = readPath(dynamic.path, step.env(input.value));
  if ('miss' in found) throw invalidPath(dynamic.path, found.miss);
  const value = numberIn(found.value);
  if (value !== undefined && (type === 'float' || Number.isInteger(value))) return value;
  throw runtimeError(
    `The ${dynamic.field} field refers to value "${plain(found.value)}" which is not a valid ` +
      `${type}: ${dynamic.path.text}`,
  );
}

/** Texts of digits count as numbers (recorded for Maps, measured for SecondsPath). */
export function numberIn(value: Json): number | undefined {
  if (isNumeric(value)) return Number(value);
  if (typeof value !== 'string' || !/^[+-]?\d+(\.\d+)?$/.test(value)) return undefined;
  return Number(value);
}

/** As error texts print a value: texts without quotes. */
export function plain(value: Json): string {
  return typeof value === 'string' ? value : printJson(value);
}
