/**
 * CloudWatch Logs filter patterns: terms (`ERROR -debug ?warn "two words"`), regular expressions
 * (`%…%`), space-delimited fields (`[ip, user, status=4*]`) and JSON selectors
 * (`{ $.level = "error" && $.ms > 100 }`). Rule: CloudWatch Logs user guide, "Filter pattern syntax".
 */
import { isObject, type Json, tryParseJson } from '../ground/json.ts';
import { type Condition, compileCondition } from './pattern-condition.ts';
import { compileRegex } from './pattern-regex.ts';
import { type Problem, Scanner } from './pattern-scanner.ts';

/** True where the message of a log event matches. */
export type LogPattern = (message: string) => boolean;

/** Answers what is wrong where the text is no pattern. Never throws on user text. */
export function parseLogPattern(text: string): LogPattern | Problem {
  const trimmed = text.trim();
  if (trimmed === '') return () => true;
  try {
    if (trimmed.startsWith('{')) return jsonPattern(trimmed);
    if (trimmed.startsWith('[')) return fieldsPattern(trimmed);
    return termsPattern(trimmed);
  } catch (error) {
    if (error instanceof Scanner.Stop) return { problem: error.message };
    throw error;
  }
}

/** Terms: all plain ones and no excluded one; without plain ones, one of the optional. */
function termsPattern(text: string): LogPattern {
  const scanner = new Scanner(text);
  const all: LogPattern[] = [];
  const none: LogPattern[] = [];
  const any: LogPattern[] = [];
  while (!scanner.end()) {
    const list = scanner.take('-') ? none : scanner.take('?') ? any : all;
    list.push(termOf(scanner));
  }
  return (message) => {
    if (none.some((matches) => matches(message))) return false;
    if (all.length > 0) return all.every((matches) => matches(message));
    return any.length === 0 || any.some((matches) => matches(message));
  };
}

function termOf(scanner: Scanner): LogPattern {
  const regex = scanner.regex();
  if (regex !== undefined) return compileRegex(regex);
  const term = scanner.quoted() ?? scanner.until(/[\s"]/);
  if (term === '') throw scanner.stop('a term is missing');
  return (message) => message.includes(term);
}

type Test<T> = (value: T) => boolean;

function jsonPattern(text: string): LogPattern {
  const scanner = new Scanner(text);
  scanner.expect('{');
  const test = jsonOr(scanner);
  scanner.expect('}');
  if (!scanner.end()) throw scanner.stop('something follows the closing brace');
  return (message) => {
    const start = message.indexOf('{');
    if (start < 0) return false;
    const value = tryParseJson(message.slice(start));
    return isObject(value) && test(value);
  };
}

function jsonOr(scanner: Scanner): Test<Json> {
  const tests = [jsonAnd(scanner)];
  while (scanner.take('||')) tests.push(jsonAnd(scanner));
  return tests.length === 1 ? tests[0]! : (value) => tests.some((test) => test(value));
}

function jsonAnd(scanner: Scanner): Test<Json> {
  const tests = [jsonTest(scanner)];
  while (scanner.take('&&')) tests.push(jsonTest(scanner));
  return tests.length === 1 ? tests[0]! : (value) => tests.every((test) => test(value));
}

function jsonTest(scanner: Scanner): Test<Json> {
  if (scanner.take('(')) {
    const test = jsonOr(scanner);
    scanner.expect(')');
    return test;
  }
  const path = selectorOf(scanner);
  const condition = compileCondition(scanner);
  return (root) => condition(valuesAt(root, path, 0));
}

type Step = string | number | '*';

/** `$.a.b[0]['c'].*` */
function selectorOf(scanner: Scanner): Step[] {
  scanner.expect('$');
  const steps: Step[] = [];
  for (;;) {
    if (scanner.take('.')) {
      const name = scanner.until(/[\s.[\]=!<>(){}&|"]/);
      if (name === '') throw scanner.stop('a property name is missing');
      steps.push(name);
    } else if (scanner.takeClose('[')) {
      const name = scanner.quoted("'") ?? scanner.quoted();
      const index = name ?? scanner.until(/[\s\]]/);
      scanner.expect(']');
      if (name === undefined && index !== '*' && !/^\d+$/.test(index)) {
        throw scanner.stop(`'${index}' is no index`);
      }
      steps.push(name ?? (index === '*' ? '*' : Number(index)));
    } else {
      return steps;
    }
  }
}

/** All values that the steps lead to; a missing one is undefined. */
function valuesAt(
  value: Json | undefined,
  path: readonly Step[],
  at: number,
): (Json | undefined)[] {
  if (at === path.length) return [value];
  const step = path[at]!;
  if (step === '*') {
    const items = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    return items.flatMap((item) => valuesAt(item, path, at + 1));
  }
  if (typeof step === 'number') {
    return valuesAt(Array.isArray(value) ? value[step] : undefined, path, at + 1);
  }
  const own = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return valuesAt(own, path, at + 1);
}

/** One field per word; a name alone matches anything, `...` any number of fields. */
function fieldsPattern(text: string): LogPattern {
  const scanner = new Scanner(text);
  scanner.expect('[');
  const before: Condition[] = [];
  const after: Condition[] = [];
  let open = false;
  do {
    if (scanner.take('...')) {
      if (open) throw scanner.stop('`...` may stand once');
      open = true;
      continue;
    }
    (open ? after : before).push(fieldOf(scanner));
  } while (scanner.take(','));
  scanner.expect(']');
  if (!scanner.end()) throw scanner.stop('something follows the closing bracket');
  return (message) => {
    const words = wordsOf(message);
    const count = before.length + after.length;
    if (open ? words.length < count : words.length !== count) return false;
    const last = words.length - after.length;
    return (
      before.every((condition, i) => condition([words[i]])) &&
      after.every((condition, i) => condition([words[last + i]]))
    );
  };
}

/** `name`, or conditions on it: `status=4* || status=5*`. */
function fieldOf(scanner: Scanner): Condition {
  const alternatives = [fieldAll(scanner)];
  while (scanner.take('||')) alternatives.push(fieldAll(scanner));
  return (values) => alternatives.some((condition) => condition(values));
}

function fieldAll(scanner: Scanner): Condition {
  const conditions = [fieldOne(scanner)];
  while (scanner.take('&&')) conditions.push(fieldOne(scanner));
  return (values) => conditions.every((condition) => condition(values));
}

function fieldOne(scanner: Scanner): Condition {
  const name = scanner.until(/[\s,\]=!<>&|]/);
  if (name === '') throw scanner.stop('a field name is missing');
  return scanner.peek(/[=!<>]/) ? compileCondition(scanner) : () => true;
}

/** Words between blanks; what stands in brackets or quotes is one word. */
function wordsOf(message: string): string[] {
  const words = message.trim().match(/"[^"]*"|\[[^\]]*\]|\S+/g) ?? [];
  return words.map((word) => (/^["[]/.test(word) ? word.slice(1, -1) : word));
}
