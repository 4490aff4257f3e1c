/** A source file as the rules of the house see it: its text, its syntax, its imports. */
import { posix } from 'node:path';
import ts from 'typescript';

export interface Source {
  /** Path from the repository root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly detail: string;
}

export interface Import {
  /** Undefined where it is not written as one text. */
  readonly specifier: string | undefined;
  readonly line: number;
  readonly typeOnly: boolean;
}

/** The floor of each folder of src; imports go down. */
export const FLOORS: Readonly<Record<string, number>> = {
  ground: 0,
  asl: 1,
  execution: 1,
  function: 1,
  trace: 1,
  monitor: 1,
  wire: 1,
  store: 2,
  service: 3,
  edge: 4,
  main: 5,
};

/** Where the outside world begins. */
export const EDGE = 4;

/** Files that only tests use, beside what ends in `.test.ts` and the contract suites. */
const TEST_SUPPORT: ReadonlySet<string> = new Set([
  'src/asl/testing.ts',
  'src/execution/testing.ts',
  'src/service/engine/testing.ts',
  'src/service/items/testing.ts',
  'src/service/states/testing.ts',
  'src/service/states/test-state/testing.ts',
  'src/store/suite.ts',
]);

export const isTest = (path: string): boolean =>
  /\.test\.tsx?$/.test(path) ||
  /^src\/store\/\w+\/contract(-\w+)?\.ts$/.test(path) ||
  TEST_SUPPORT.has(path);

/** The folder of src that a path lies in. */
export const folderOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

/** Undefined outside of src and the console, which stands on the floor of the pure cores. */
export function floorOf(path: string): number | undefined {
  const folder = folderOf(path);
  if (folder !== undefined) return FLOORS[folder];
  return path.startsWith('console/src/') ? 1 : undefined;
}

/** The path that a relative import leads to. */
export const target = (path: string, specifier: string): string =>
  posix.join(posix.dirname(path), specifier);

const parsed = new WeakMap<Source, ts.SourceFile>();

export function syntax(source: Source): ts.SourceFile {
  let file = parsed.get(source);
  if (!file) {
    const kind = source.path.endsWith('.tsx')
      ? ts.ScriptKind.TSX
      : source.path.endsWith('.mjs')
        ? ts.ScriptKind.JS
        : ts.ScriptKind.TS;
    file = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true, kind);
    parsed.set(source, file);
  }
  return file;
}

export const lineOf = (file: ts.SourceFile, node: ts.Node): number =>
  file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

const imports = new WeakMap<Source, readonly Import[]>();

/** Every import, export from, `import()` and type of another module. */
export function importsOf(source: Source): readonly Import[] {
  const known = imports.get(source) ?? readImports(source);
  imports.set(source, known);
  return known;
}

function readImports(source: Source): Import[] {
  if (source.path.endsWith('.py') || !/\b(import|export)\b/.test(source.text)) return [];
  const file = syntax(source);
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean): void => {
    const text = specifier && ts.isStringLiteralLike(specifier) ? specifier.text : undefined;
    found.push({ specifier: text, line: lineOf(file, node), typeOnly });
  };
  walk(file, (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeOnly(node));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      add(node, node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node)) {
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false);
    }
  });
  return found;
}

function isTypeOnly({ importClause: clause }: ts.ImportDeclaration): boolean {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const names = clause.namedBindings;
  return (
    clause.name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.length > 0 &&
    names.elements.every((one) => one.isTypeOnly)
  );
}
