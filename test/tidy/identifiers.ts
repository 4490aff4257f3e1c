/** Clocks, chance, timers, the network and the process itself below the edge: they are arguments. */
import ts from 'typescript';
import {
  EDGE,
  floorOf,
  isTest,
  lineOf,
  type Source,
  syntax,
  type Violation,
  walk,
} from './source.ts';

const GLOBALS: ReadonlySet<string> = new Set([
  'console',
  'crypto',
  'fetch',
  'global',
  'globalThis',
  'performance',
  'process',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'WebSocket',
]);
const MEMBERS: ReadonlySet<string> = new Set(['Date.now', 'Math.random']);

/** Files that may name one of them, with the reason. */
const EXEMPT: Readonly<Record<string, string>> = {
  'src/wire/bytes.ts': 'takes the quick way where there is one, and works without',
};

/** Where none of the words stands there is nothing to look for. */
const WORDS = new RegExp(`\\b(${[...GLOBALS, 'Date', 'Math'].join('|')})\\b`);

export function checkIdentifiers(source: Source): Violation[] {
  const { path } = source;
  const floor = path.startsWith('src/') ? (floorOf(path) ?? 0) : EDGE;
  if (floor >= EDGE || isTest(path) || path in EXEMPT) return [];
  if (!WORDS.test(source.text)) return [];
  const file = syntax(source);
  const own = declared(file);
  const found: Violation[] = [];
  walk(file, (node) => {
    const detail = forbidden(node, own);
    if (detail) found.push({ path, line: lineOf(file, node), rule: 'identifiers', detail });
  });
  return found;
}

function forbidden(node: ts.Node, own: ReadonlySet<string>): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const name = `${node.expression.text}.${node.name.text}`;
    return MEMBERS.has(name) ? name : undefined;
  }
  if (ts.isNewExpression(node) && isNamed(node.expression, 'Date') && !node.arguments?.length) {
    return 'new Date()';
  }
  if (ts.isCallExpression(node) && isNamed(node.expression, 'Date')) return 'Date()';
  if (!ts.isIdentifier(node) || !GLOBALS.has(node.text) || own.has(node.text)) return undefined;
  return isName(node) ? undefined : node.text;
}

const isNamed = (node: ts.Node, name: string): boolean =>
  ts.isIdentifier(node) && node.text === name;

/** The word names a member or a type and refers to nothing. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return true;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  return 'name' in parent && parent.name === node;
}

/** Names that the file itself gives to something. */
function declared(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  walk(file, (node) => {
    const { name } = node as { name?: ts.Node };
    const declares =
      ts.isParameter(node) ||
      ts.isVariableDeclaration(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isImportSpecifier(node);
    if (declares && name && ts.isIdentifier(name)) names.add(name.text);
  });
  return names;
}
