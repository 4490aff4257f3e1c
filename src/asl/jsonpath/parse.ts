/** Text to Query. Errors carry the wording of the parser that AWS uses (Jayway). */
import { PATH_STEPS_MAX } from '../limits.ts';
import { Cursor } from './cursor.ts';
import { parseFilter } from './filter.ts';
import {
  type Argument,
  type Key,
  PathSyntaxError,
  type Query,
  type Root,
  type Step,
} from './syntax.ts';

const NAME_START = /[\p{ID_Start}_]/u;
const VARIABLE = /^[\p{ID_Start}_][\p{ID_Continue}]*/u;
/** Characters that end a dotted name; inside a filter operators do so too. */
const NAME_END = '.[( ';
const NAME_END_IN_FILTER = '.[( <>=!&|),~/';

/** Reads `$…`, `$$…` or `$name…`; the whole text must be used. */
export function parseQuery(text: string): Query {
  const cursor = new Cursor(text);
  const root = parseRoot(cursor);
  const steps = parseSteps(cursor, false);
  if (text.endsWith('.')) throw new PathSyntaxError("Path must not end with a '.' or '..'");
  return makeQuery(root, steps);
}

function parseRoot(cursor: Cursor): Root {
  if (!cursor.take('$')) cursor.fail("Path must start with '$' or '@'");
  if (cursor.take('$')) return { kind: 'context' };
  if (!NAME_START.test(cursor.char)) return { kind: 'input' };
  const name = VARIABLE.exec(cursor.text.slice(cursor.at))![0];
  cursor.at += name.length;
  return { kind: 'variable', name };
}

function makeQuery(root: Root, steps: readonly Step[]): Query {
  const keys: Key[] = [];
  for (const step of steps) {
    if (step.kind === 'name') keys.push(step.name);
    else if (step.kind === 'index') keys.push(step.index);
  }
  const plain = keys.length === steps.length;
  return { root, steps, definite: plain || isDefinite(steps), keys: plain ? keys : undefined };
}

function isDefinite(steps: readonly Step[]): boolean {
  return steps.every((step, i) => {
    if (step.kind === 'names') return i === steps.length - 1;
    return step.kind === 'name' || step.kind === 'index' || step.kind === 'function';
  });
}

/** Reads steps until the end, or inside a filter until what cannot belong to a path. */
function parseSteps(cursor: Cursor, inFilter: boolean): Step[] {
  const steps: Step[] = [];
  if (!inFilter && !cursor.done && cursor.char !== '.' && cursor.char !== '[') {
    cursor.fail(`Illegal character at position ${cursor.at} expected '.' or '['`);
  }
  while (!cursor.done) {
    if (cursor.char === '[') steps.push(parseBracket(cursor));
    else if (cursor.char === '.') parseDot(cursor, steps, inFilter);
    else if (inFilter) break;
    else steps.push(parseName(cursor, inFilter));
    if (steps.length > PATH_STEPS_MAX) cursor.fail(`Path has more than ${PATH_STEPS_MAX} steps`);
  }
  return steps;
}

function parseDot(cursor: Cursor, steps: Step[], inFilter: boolean): void {
  if (cursor.take('..')) {
    if (cursor.done) cursor.fail("Path must not end with a '.' or '..'");
    if (cursor.char === '.') {
      cursor.fail(`Character '.' on position ${cursor.at} is not valid.`);
    }
    steps.push({ kind: 'descend' });
    if (cursor.char === '[') return;
  } else {
    cursor.at++;
    if (cursor.done) cursor.fail("Path must not end with a '.' or '..'");
    if (cursor.char === '[') return;
  }
  steps.push(parseName(cursor, inFilter));
}

function parseName(cursor: Cursor, inFilter: boolean): Step {
  if (cursor.take('*')) return { kind: 'wildcard' };
  const ends = inFilter ? NAME_END_IN_FILTER : NAME_END;
  const start = cursor.at;
  while (!cursor.done && !ends.includes(cursor.char)) cursor.at++;
  const name = cursor.text.slice(start, cursor.at);
  if (name === '') cursor.fail(`Could not parse token starting at position ${start}`);
  if (cursor.char === ' ' && !inFilter) {
    cursor.fail(
      `Use bracket notion ['my prop'] if your property contains blank characters. ` +
        `position: ${cursor.at}`,
    );
  }
  if (cursor.char === '(') return parseFunction(cursor, name);
  return { kind: 'name', name };
}

function parseFunction(cursor: Cursor, name: string): Step {
  cursor.at++;
  const args: Argument[] = [];
  cursor.skipBlanks();
  while (!cursor.take(')')) {
    args.push(parseArgument(cursor));
    cursor.skipBlanks();
    if (cursor.take(',')) cursor.skipBlanks();
    else if (cursor.char !== ')')
      cursor.fail(`Arguments to function: '${name}' are not closed properly.`);
  }
  return { kind: 'function', name, args };
}

function parseArgument(cursor: Cursor): Argument {
  if (cursor.take('$')) {
    return { kind: 'query', query: parseFilterPath(cursor) };
  }
  if (cursor.char === "'" || cursor.char === '"') {
    return { kind: 'literal', value: parseQuoted(cursor) };
  }
  const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?/.exec(cursor.text.slice(cursor.at));
  if (!number) cursor.fail(`Could not parse token starting at position ${cursor.at}`);
  cursor.at += number[0].length;
  return { kind: 'literal', value: Number(number[0]) };
}

function parseFilterPath(cursor: Cursor): Query {
  return makeQuery({ kind: 'input' }, parseSteps(cursor, true));
}

/** A quoted name; any other backslash is a character of the name (recorded). */
function parseQuoted(cursor: Cursor): string {
  return cursor.quoted(`Property has not been closed - missing closing ${cursor.char}`, true);
}

function parseBracket(cursor: Cursor): Step {
  const start = cursor.at++;
  cursor.skipBlanks();
  const step = parseInBrackets(cursor);
  cursor.skipBlanks();
  if (!step || !cursor.take(']')) {
    cursor.fail(`Could not parse token starting at position ${start}. Expected ?, ', 0-9, * `);
  }
  return step;
}

function parseInBrackets(cursor: Cursor): Step | undefined {
  if (cursor.char === "'" || cursor.char === '"') return parseNames(cursor);
  if (cursor.take('*')) return { kind: 'wildcard' };
  if (cursor.take('?')) {
    cursor.skipBlanks();
    if (cursor.char !== '(') return undefined;
    return { kind: 'filter', filter: parseFilter(cursor, parseFilterPath) };
  }
  return parseNumbers(cursor);
}

function parseNames(cursor: Cursor): Step {
  const names: string[] = [];
  do {
    cursor.skipBlanks();
    if (cursor.char !== "'" && cursor.char !== '"') {
      cursor.fail(`Unexpected character at position ${cursor.at}`);
    }
    names.push(parseQuoted(cursor));
    cursor.skipBlanks();
  } while (cursor.take(','));
  return names.length === 1 ? { kind: 'name', name: names[0]! } : { kind: 'names', names };
}

function parseNumbers(cursor: Cursor): Step | undefined {
  const match = /^[-\d,: ]+(?=\])/.exec(cursor.text.slice(cursor.at));
  if (!match) return undefined;
  const body = match[0].trim();
  if (/^-?\d+$/.test(body)) {
    cursor.at += match[0].length;
    return { kind: 'index', index: position(body, cursor) };
  }
  if (/^-?\d+( *, *-?\d+)+$/.test(body)) {
    cursor.at += match[0].length;
    return { kind: 'indexes', indexes: body.split(',').map((text) => position(text, cursor)) };
  }
  // A step after a second colon is read and ignored, as Jayway does.
  const slice = /^(-?\d+)? *: *(-?\d+)?( *:.*)?$/.exec(body);
  if (!slice) return undefined;
  cursor.at += match[0].length;
  const from = slice[1] === undefined ? undefined : position(slice[1], cursor);
  const to = slice[2] === undefined ? undefined : position(slice[2], cursor);
  if (from === undefined && to === undefined) return undefined;
  return { kind: 'slice', from, to };
}

/** An index; Jayway's are Java's int. */
function position(text: string, cursor: Cursor): number {
  const number = Number(text);
  if (number !== (number | 0)) {
    cursor.fail(`java.lang.NumberFormatException: For input string: "${text.trim()}"`);
  }
  return number;
}
