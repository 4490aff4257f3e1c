/**
 * Filter predicates `?( … )` of a JSONPath, compiled to closures. Meaning: Java Jayway's, e.g. `==`
 * between a number and a string compares texts, what is missing equals nothing, and an ordering
 * holds only between two numbers or two strings.
 */
import {
  comparable,
  equalJson,
  isNumeric,
  isObject,
  type Json,
  readNumber,
} from '../../ground/json.ts';
import type { Effort } from '../effort.ts';
import type { Cursor } from './cursor.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { findIn } from './read.ts';
import type { Filter, Query } from './syntax.ts';

/** A side of a comparison; undefined where its path leads nowhere. */
type Operand =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'path'; readonly query: Query; readonly fromRoot: boolean }
  | { readonly kind: 'pattern'; readonly matches: Pattern };

type Test = (left: Json | undefined, right: Json | undefined, effort: Effort) => boolean;

const DEPTH_MAX = 100;

/** Reads `( … )` at the cursor. `parsePath` reads the steps behind `@` or `$`. */
export function parseFilter(cursor: Cursor, parsePath: (cursor: Cursor) => Query): Filter {
  return new FilterParser(cursor, parsePath).parseGroup();
}

class FilterParser {
  readonly #cursor: Cursor;
  readonly #parsePath: (cursor: Cursor) => Query;
  #depth = 0;

  constructor(cursor: Cursor, parsePath: (cursor: Cursor) => Query) {
    this.#cursor = cursor;
    this.#parsePath = parsePath;
  }

  parseGroup(): Filter {
    const cursor = this.#cursor;
    if (++this.#depth > DEPTH_MAX) cursor.fail('Filter is nested too deeply');
    if (!cursor.take('(')) cursor.fail(`Expected character: ( at position ${cursor.at}`);
    const filter = this.#parseOr();
    cursor.skipBlanks();
    if (!cursor.take(')')) cursor.fail(`Expected character: ) at position ${cursor.at}`);
    this.#depth--;
    return filter;
  }

  #parseOr(): Filter {
    const parts = [this.#parseAnd()];
    for (;;) {
      this.#cursor.skipBlanks();
      if (!this.#cursor.take('||')) break;
      parts.push(this.#parseAnd());
    }
    if (parts.length === 1) return parts[0]!;
    return (item, root, effort) => parts.some((one) => one(item, root, effort));
  }

  #parseAnd(): Filter {
    const parts = [this.#parseNot()];
    for (;;) {
      this.#cursor.skipBlanks();
      if (!this.#cursor.take('&&')) break;
      parts.push(this.#parseNot());
    }
    if (parts.length === 1) return parts[0]!;
    return (item, root, effort) => parts.every((one) => one(item, root, effort));
  }

  #parseNot(): Filter {
    this.#cursor.skipBlanks();
    let negated = false;
    while (this.#cursor.char === '!') {
      this.#cursor.at++;
      this.#cursor.skipBlanks();
      negated = !negated;
    }
    const filter = this.#cursor.char === '(' ? this.parseGroup() : this.#parseComparison();
    return negated ? (item, root, effort) => !filter(item, root, effort) : filter;
  }

  #parseComparison(): Filter {
    const left = this.#parseOperand();
    this.#cursor.skipBlanks();
    const operator = this.#parseOperator();
    if (operator === undefined) return existence(left, this.#cursor);
    this.#cursor.skipBlanks();
    return comparison(left, operator, this.#parseOperand(), this.#cursor);
  }

  #parseOperator(): string | undefined {
    const { text, at } = this.#cursor;
    const match = /^(?:===|!==|==|!=|<=|>=|=~|<|>|[a-zA-Z]+)/.exec(text.slice(at));
    if (!match) return undefined;
    const operator = match[0].toLowerCase();
    if (!OPERATORS.has(operator) && operator !== '=~') {
      this.#cursor.fail(`Filter operator ${match[0]} is not supported!`);
    }
    this.#cursor.at += match[0].length;
    return operator;
  }

  #parseOperand(): Operand {
    const cursor = this.#cursor;
    const first = cursor.char;
    if (first === '@' || first === '$') {
      cursor.at++;
      return { kind: 'path', query: this.#parsePath(cursor), fromRoot: first === '$' };
    }
    return first === '/' ? this.#parsePattern() : { kind: 'literal', value: this.#parseLiteral() };
  }

  #parseLiteral(): Json {
    const first = this.#cursor.char;
    if (first === "'" || first === '"') {
      return this.#cursor.quoted('String literal does not have matching quotes');
    }
    return first === '[' || first === '{' ? this.#parseJson() : this.#parseWord();
  }

  #parsePattern(): Operand {
    const cursor = this.#cursor;
    const start = ++cursor.at;
    while (cursor.char !== '/') {
      if (cursor.done) cursor.fail('Pattern not closed. Expected / ');
      cursor.at += cursor.char === '\\' ? 2 : 1;
    }
    const source = cursor.text.slice(start, cursor.at++);
    const flags = /^[a-zA-Z]*/.exec(cursor.text.slice(cursor.at))![0];
    cursor.at += flags.length;
    return { kind: 'pattern', matches: compilePattern(source, flags) };
  }

  /** An array or object literal, with single or double quotes. */
  #parseJson(): Json {
    const cursor = this.#cursor;
    const isArray = cursor.char === '[';
    const close = isArray ? ']' : '}';
    const items: Json[] = [];
    const members: [string, Json][] = [];
    if (++this.#depth > DEPTH_MAX) cursor.fail('Filter is nested too deeply');
    cursor.at++;
    cursor.skipBlanks();
    while (!cursor.take(close)) {
      const literal = this.#parseLiteral();
      if (isArray) items.push(literal);
      else {
        cursor.skipBlanks();
        if (!cursor.take(':')) cursor.fail(`Expected character: : at position ${cursor.at}`);
        cursor.skipBlanks();
        members.push([String(literal), this.#parseLiteral()]);
      }
      cursor.skipBlanks();
      if (cursor.take(',')) cursor.skipBlanks();
      else if (cursor.char !== close)
        cursor.fail(`Expected character: ${close} at position ${cursor.at}`);
    }
    this.#depth--;
    return isArray ? items : Object.fromEntries(members);
  }

  #parseWord(): Json {
    const cursor = this.#cursor;
    const word = /^[-+.\w]+/.exec(cursor.text.slice(cursor.at))?.[0] ?? '';
    cursor.at += word.length;
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(word)) return readNumber(word);
    // A bare word is a text; AWS accepts `[?(@.code == fr)]`.
    if (/^[A-Za-z_][\w-]*$/.test(word)) return word;
    return cursor.fail(`Failed to parse filter at position ${cursor.at}`);
  }
}

function existence(operand: Operand, cursor: Cursor): Filter {
  if (operand.kind === 'path') {
    return (item, root, effort) => resolve(operand, item, root, effort) !== undefined;
  }
  return cursor.fail(`Expected a path or a comparison before position ${cursor.at}`);
}

function resolve(operand: Operand, item: Json, root: Json, effort: Effort): Json | undefined {
  effort.spend(1);
  if (operand.kind === 'literal') return operand.value;
  if (operand.kind === 'pattern') return undefined;
  return findIn(operand.query, operand.fromRoot ? root : item, effort);
}

function comparison(left: Operand, operator: string, right: Operand, cursor: Cursor): Filter {
  if (operator === '=~') {
    const [pattern, other] = left.kind === 'pattern' ? [left, right] : [right, left];
    if (pattern.kind !== 'pattern' || other.kind === 'pattern') {
      cursor.fail('Operator =~ needs a pattern on one side');
    }
    return (item, root, effort) =>
      pattern.matches(patternInput(resolve(other, item, root, effort)), effort);
  }
  if (left.kind === 'pattern' || right.kind === 'pattern') {
    cursor.fail(`Operator ${operator} takes no pattern`);
  }
  const test = OPERATORS.get(operator)!;
  return (item, root, effort) =>
    test(resolve(left, item, root, effort), resolve(right, item, root, effort), effort);
}

function patternInput(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return isNumeric(value) || typeof value === 'boolean' ? String(value) : '';
}

const equals: Test = (left, right, effort) => {
  if (left === undefined || right === undefined) return false;
  if (typeof left === 'string' && typeof right === 'string') return sameText(left, right, effort);
  if (typeof left === 'string' && isNumeric(right)) return left === String(right);
  if (isNumeric(left) && typeof right === 'string') {
    return right.trim() !== '' && Number(left) === Number(right);
  }
  return equalJson(left, right, () => effort.spend(1));
};

function sameText(left: string, right: string, effort: Effort): boolean {
  if (left.length !== right.length) return false;
  effort.spendOnText(left);
  return left === right;
}

const sameType: Test = (left, right, effort) =>
  typeOf(left) === typeOf(right) && equals(left, right, effort);

function ordered(holds: (order: number) => boolean): Test {
  return (left, right, effort) => {
    if (isNumeric(left) && isNumeric(right)) {
      const [first, second] = [comparable(left), comparable(right)];
      return holds(first < second ? -1 : first > second ? 1 : 0);
    }
    if (typeof left !== 'string' || typeof right !== 'string') return false;
    effort.spendOnText(left);
    return holds(left < right ? -1 : left > right ? 1 : 0);
  };
}

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const has = (items: Json[], value: Json | undefined, effort: Effort): boolean =>
  items.some((item) => {
    effort.spend(1);
    return equals(value, item, effort);
  });

function sizeOf(value: Json | undefined, effort: Effort): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (!isObject(value)) return undefined;
  const { length } = Object.keys(value);
  effort.spend(length);
  return length;
}

function typeOf(value: Json | undefined): string {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  if (isNumeric(value)) return 'number';
  return Array.isArray(value) ? 'array' : typeof value;
}

const OPERATORS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['==', equals],
  ['!=', (left, right, effort) => !equals(left, right, effort)],
  ['===', sameType],
  ['!==', (left, right, effort) => !sameType(left, right, effort)],
  ['<', ordered((order) => order < 0)],
  ['<=', ordered((order) => order <= 0)],
  ['>', ordered((order) => order > 0)],
  ['>=', ordered((order) => order >= 0)],
  ['in', (left, right, effort) => has(list(right), left, effort)],
  ['nin', (left, right, effort) => !has(list(right), left, effort)],
  [
    'subsetof',
    (left, right, effort) =>
      Array.isArray(left) && left.every((one) => has(list(right), one, effort)),
  ],
  ['anyof', (left, right, effort) => list(left).some((one) => has(list(right), one, effort))],
  [
    'noneof',
    (left, right, effort) =>
      Array.isArray(left) && !left.some((one) => has(list(right), one, effort)),
  ],
  [
    'all',
    (left, right, effort) =>
      Array.isArray(left) && list(right).every((one) => has(left, one, effort)),
  ],
  [
    'contains',
    (left, right, effort) => {
      if (typeof left !== 'string' || typeof right !== 'string') {
        return has(list(left), right, effort);
      }
      effort.spendOnText(left);
      return left.includes(right);
    },
  ],
  [
    'size',
    (left, right, effort) => {
      const size = sizeOf(left, effort);
      return size !== undefined && size === right;
    },
  ],
  [
    'empty',
    (left, right, effort) => {
      const size = sizeOf(left, effort);
      return size !== undefined && (size === 0) === right;
    },
  ],
  ['type', (left, right) => typeOf(left) === right],
]);
