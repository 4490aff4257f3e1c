/**
 * When a choice rule of a JSONPath state holds. A comparison between types that do not fit is false
 * and no error (recorded for all operators); a variable that is not there is an error, but for
 * IsPresent.
 */
import { comparable, isNumeric, type Json } from '../ground/json.ts';
import { parseTimestampNanos } from '../ground/time.ts';
import type { Env } from './env.ts';
import { LanguageError } from './language-error.ts';
import type { Condition } from './machine.ts';
import { type Path, readPath } from './path.ts';

/** Throws `States.Runtime` where a path leads nowhere. */
export function holds(condition: Condition, env: Env): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.all.every((one) => holds(one, env));
    case 'or':
      return condition.all.some((one) => holds(one, env));
    case 'not':
      return !holds(condition.one, env);
    case 'constant':
      return condition.value;
    case 'jsonata':
      throw new TypeError('A JSONata condition is not evaluated here');
    case 'compare':
      return compare(condition, env);
  }
}

type Compare = Extract<Condition, { kind: 'compare' }>;

function compare({ variable, test }: Compare, env: Env): boolean {
  if (test.operator === 'IsPresent') {
    const expected = test.right.kind === 'literal' ? test.right.value : value(test.right.path, env);
    return isPresent(variable, env) === expected;
  }
  const left = value(variable, env);
  const right = test.right.kind === 'literal' ? test.right.value : value(test.right.path, env);
  return OPERATORS[test.operator]!(left, right);
}

function isPresent(path: Path, env: Env): boolean {
  const found = readPath(path, env);
  return 'value' in found && !found.beyond;
}

function value(path: Path, env: Env): Json {
  const found = readPath(path, env);
  if ('value' in found && !found.beyond) return found.value;
  throw new LanguageError(
    'States.Runtime',
    `Invalid path '${path.text}': The choice state's condition path references an invalid value.`,
  );
}

type Operator = (left: Json, right: Json) => boolean;

function ofNumbers(test: (left: number | bigint, right: number | bigint) => boolean): Operator {
  return (left, right) =>
    isNumeric(left) && isNumeric(right) && test(comparable(left), comparable(right));
}

function ofTexts(test: (left: string, right: string) => boolean): Operator {
  return (left, right) =>
    typeof left === 'string' && typeof right === 'string' && test(left, right);
}

function ofTimestamps(test: (left: bigint, right: bigint) => boolean): Operator {
  return ofTexts((left, right) => {
    const first = parseTimestampNanos(left);
    const second = parseTimestampNanos(right);
    return first !== undefined && second !== undefined && test(first, second);
  });
}

function is(test: (value: Json) => boolean): Operator {
  return (left, right) => test(left) === right;
}

/** The language's operators without `Path`; a `…Path` operator differs only in its right side. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: ofTexts((left, right) => left === right),
  StringLessThan: ofTexts((left, right) => left < right),
  StringGreaterThan: ofTexts((left, right) => left > right),
  StringLessThanEquals: ofTexts((left, right) => left <= right),
  StringGreaterThanEquals: ofTexts((left, right) => left >= right),
  StringMatches: ofTexts(matchesGlob),
  NumericEquals: ofNumbers((left, right) => left <= right && left >= right),
  NumericLessThan: ofNumbers((left, right) => left < right),
  NumericGreaterThan: ofNumbers((left, right) => left > right),
  NumericLessThanEquals: ofNumbers((left, right) => left <= right),
  NumericGreaterThanEquals: ofNumbers((left, right) => left >= right),
  BooleanEquals: (left, right) => typeof left === 'boolean' && left === right,
  TimestampEquals: ofTimestamps((left, right) => left === right),
  TimestampLessThan: ofTimestamps((left, right) => left < right),
  TimestampGreaterThan: ofTimestamps((left, right) => left > right),
  TimestampLessThanEquals: ofTimestamps((left, right) => left <= right),
  TimestampGreaterThanEquals: ofTimestamps((left, right) => left >= right),
  IsNull: is((value) => value === null),
  IsPresent: is(() => true),
  IsNumeric: is(isNumeric),
  IsString: is((value) => typeof value === 'string'),
  IsBoolean: is((value) => typeof value === 'boolean'),
  IsTimestamp: is((value) => typeof value === 'string' && parseTimestampNanos(value) !== undefined),
};

/** `*` stands for any run of characters; `\*` and `\\` for the characters themselves. */
function matchesGlob(text: string, pattern: string): boolean {
  const pieces = globPieces(pattern);
  const first = pieces[0]!;
  if (pieces.length === 1) return text === first;
  const last = pieces[pieces.length - 1]!;
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

function globPieces(pattern: string): string[] {
  const pieces = [''];
  for (let i = 0; i < pattern.length; i++) {
    let char = pattern[i]!;
    const next = pattern[i + 1];
    if (char === '*') {
      pieces.push('');
      continue;
    }
    if (char === '\\' && (next === '*' || next === '\\')) {
      char = next;
      i++;
    }
    pieces[pieces.length - 1] += char;
  }
  return pieces;
}
