/** Files, functions and lines within their limits, and a promise at the head of every file. */
import ts from 'typescript';
import { isTest, lineOf, type Source, syntax, type Violation, walk } from './source.ts';

const LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
/** A component is mostly markup, one attribute a line. */
const COMPONENT_LINES_MAX = 120;
const COLUMNS_MAX = 100;
const COMPOSE_LINES_MAX = 200;

export function checkSizes(source: Source): Violation[] {
  const lines = source.text.split('\n');
  const violations: Violation[] = [];
  const add = (line: number, detail: string): void => {
    violations.push({ path: source.path, line, rule: 'size', detail });
  };
  const max = source.path === 'src/main/compose.ts' ? COMPOSE_LINES_MAX : LINES_MAX;
  if (lines.length > max + 1 && !isTest(source.path))
    add(1, `${lines.length} lines, at most ${max}`);
  lines.forEach((line, index) => {
    if (line.length > COLUMNS_MAX && !/https?:\/\/|`|'|"|\//.test(line)) {
      add(index + 1, `${line.length} columns, at most ${COLUMNS_MAX}`);
    }
  });
  if (!isTest(source.path)) violations.push(...longFunctions(source));
  return violations;
}

function longFunctions(source: Source): Violation[] {
  if (source.path.endsWith('.py')) return [];
  if (source.text.split('\n').length <= FUNCTION_LINES_MAX) return [];
  const file = syntax(source);
  const max = source.path.endsWith('.tsx') ? COMPONENT_LINES_MAX : FUNCTION_LINES_MAX;
  const found: Violation[] = [];
  walk(file, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return;
    const first = lineOf(file, node);
    const last = file.getLineAndCharacterOfPosition(node.end).line + 1;
    const length = last - first + 1;
    if (length <= max) return;
    const detail = `function of ${length} lines, at most ${max}`;
    found.push({ path: source.path, line: first, rule: 'size', detail });
  });
  return found;
}

/** Every file starts by saying what it promises. */
export function checkHead(source: Source): Violation[] {
  if (isTest(source.path) || /^\s*(\/\*\*|\/\/|#|"""|<)/.test(source.text)) return [];
  const detail = 'no comment at the head that says what the file promises';
  return [{ path: source.path, line: 1, rule: 'head', detail }];
}
