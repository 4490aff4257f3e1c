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
  'Atomics',
  'EventSource',
  'SharedArrayBuffer',
  'WebSocket',
  'Worker',
  'XMLHttpRequest',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'eval',
  'fetch',
  'global',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'self',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);
/** What Node has and a browser has not, on the floors that run in one. */
const NODE_ONLY: ReadonlySet<string> = new Set(['Buffer', '__dirname', '__filename']);
/** The members of Date that read no clock. */
const PURE_OF_DATE: ReadonlySet<string> = new Set(['UTC', 'parse']);

/** Files that may name one of them. */
const EXEMPT: Readonly<Record<string, readonly string[]>> = {
  // Takes the quick way where there is one, and works without.
  'src/wire/bytes.ts': ['globalThis'],
  // The drivers of a database in this process and in its threads.
  'src/store/sqlite/in-process.ts': ['queueMicrotask'],
  'src/store/sqlite/sqlite.ts': ['queueMicrotask'],
  'src/store/sqlite/thread.ts': ['Worker'],
};

/** Where none of the words stands there is nothing to look for. */
const WORDS = new RegExp(`\\b(${[...GLOBALS, ...NODE_ONLY, 'Date', 'Math'].join('|')})\\b`);

export function checkIdentifiers(source: Source): Violation[] {
  const { path } = source;
  const floor = path.startsWith('src/') ? (floorOf(path) ?? 0) : EDGE;
  if (floor >= EDGE || isTest(path) || !WORDS.test(source.text)) return [];
  const file = syntax(source);
  const found: Violation[] = [];
  walk(file, (node) => {
    if (!ts.isIdentifier(node) || isName(node) || EXEMPT[path]?.includes(node.text)) return;
    const detail = forbidden(node, floor);
    if (detail) found.push({ path, line: lineOf(file, node), rule: 'identifiers', detail });
  });
  return found;
}

/** Not even a variable has the name of a global. */
function forbidden(node: ts.Identifier, floor: number): string | undefined {
  const { text, parent } = node;
  if (GLOBALS.has(text)) return text;
  if (NODE_ONLY.has(text) && floor < 2) return `${text}, which browsers have not`;
  if (text === 'Math') return isPure(memberOf(node), 'random') ? undefined : 'Math.random';
  if (text !== 'Date') return undefined;
  if (ts.isNewExpression(parent)) return parent.arguments?.length ? undefined : 'new Date()';
  if (ts.isBinaryExpression(parent) && parent.right === node) return undefined;
  const member = memberOf(node);
  return member !== undefined && PURE_OF_DATE.has(member) ? undefined : `Date.${member ?? 'now'}`;
}

const isPure = (member: string | undefined, impure: string): boolean =>
  member !== undefined && member !== impure;

/** `now` in `Date.now` and in `Date['now']`. */
function memberOf({ parent }: ts.Identifier): string | undefined {
  if (ts.isPropertyAccessExpression(parent)) return parent.name.text;
  if (!ts.isElementAccessExpression(parent)) return undefined;
  const { argumentExpression } = parent;
  return ts.isStringLiteralLike(argumentExpression) ? argumentExpression.text : undefined;
}

/** The word names a member or a type and refers to nothing. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  if (ts.isPropertyAssignment(parent)) return parent.name === node;
  if (ts.isParameter(parent)) return !('body' in parent.parent && parent.parent.body);
  if (ts.isExpressionWithTypeArguments(parent)) {
    return !ts.isHeritageClause(parent.parent) || parent.parent.token !== EXTENDS;
  }
  return (
    ts.isTypeNode(parent) ||
    ts.isQualifiedName(parent) ||
    ts.isClassElement(parent) ||
    ts.isTypeElement(parent) ||
    ts.isTypeParameterDeclaration(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isInterfaceDeclaration(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isMetaProperty(parent)
  );
}

const EXTENDS = ts.SyntaxKind.ExtendsKeyword;
