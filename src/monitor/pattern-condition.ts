/** What a filter pattern says of one field: `= "x*"`, `!= 5`, `>= 0.5`, `IS NULL`, `NOT EXISTS`. */
import type { Json } from '../ground/json.ts';
import { compileRegex } from './pattern-regex.ts';
import type { Scanner } from './pattern-scanner.ts';

/** Of all values that the field has; none, or undefined alone, is a field that is not there. */
export type Condition = (values: readonly (Json | undefined)[]) => boolean;

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

export function compileCondition(scanner: Scanner): Condition {
  if (scanner.word('IS')) return stateOf(scanner);
  if (scanner.word('NOT')) {
    if (!scanner.word('EXISTS')) throw scanner.stop('EXISTS is missing');
    return (values) => values.every((value) => value === undefined);
  }
  for (const operator of ['!=', '<=', '>=', '=', '<', '>'] as const) {
    if (scanner.take(operator)) return comparison(scanner, operator);
  }
  throw scanner.stop('an operator is missing');
}

function stateOf(scanner: Scanner): Condition {
  const wanted: [string, Json][] = [
    ['NULL', null],
    ['TRUE', true],
    ['FALSE', false],
  ];
  for (const [word, value] of wanted) {
    if (scanner.word(word)) return (values) => values.includes(value);
  }
  throw scanner.stop('NULL, TRUE or FALSE is missing');
}

type Operator = '=' | '!=' | '<' | '>' | '<=' | '>=';

function comparison(scanner: Scanner, operator: Operator): Condition {
  const regex = scanner.regex();
  if (regex !== undefined) {
    const matches = compileRegex(regex);
    return equality(operator, scanner, (value) => matches(textOf(value)));
  }
  const quoted = scanner.quoted();
  const text = quoted ?? scanner.until(/[\s,()[\]{}&|]/);
  if (quoted === undefined && text === '') throw scanner.stop('a value is missing');
  if (quoted === undefined && NUMBER.test(text)) return numeric(operator, Number(text));
  const matches = wildcard(text);
  return equality(operator, scanner, (value) => matches(textOf(value)));
}

function equality(
  operator: Operator,
  scanner: Scanner,
  matches: (value: Json) => boolean,
): Condition {
  if (operator === '=') return (values) => values.some((v) => v !== undefined && matches(v));
  if (operator === '!=') return (values) => values.some((v) => v !== undefined && !matches(v));
  throw scanner.stop(`${operator} compares numbers alone`);
}

function numeric(operator: Operator, wanted: number): Condition {
  const compare: Record<Operator, (n: number) => boolean> = {
    '=': (n) => n === wanted,
    '!=': (n) => n !== wanted,
    '<': (n) => n < wanted,
    '>': (n) => n > wanted,
    '<=': (n) => n <= wanted,
    '>=': (n) => n >= wanted,
  };
  return (values) =>
    values.some((value) => {
      const n = numberOf(value);
      if (n === undefined) return operator === '!=' && value !== undefined;
      return compare[operator](n);
    });
}

/** Fields of plain text are numbers where they look like one. */
function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `*` stands for any text. Two pointers, so that no pattern takes long. */
function wildcard(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return (text) => text === pattern;
  const first = parts[0]!;
  const last = parts.at(-1)!;
  return (text) => {
    if (text.length < first.length + last.length) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    const end = text.length - last.length;
    for (const part of parts.slice(1, -1)) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}
