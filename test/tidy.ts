/**
 * The rules of the house that a machine can check, as pure functions over source texts, so that a
 * test can plant a violation and see it found. Rules: docs/STYLE.md.
 */
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

const FLOORS: Readonly<Record<string, number>> = {
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

/** Folders of floor 1 that may use each other; every other pair on floor 1 is separate. */
const SAME_FLOOR: Readonly<Record<string, readonly string[]>> = {
  execution: ['asl', 'trace'],
  function: ['trace'],
};

const LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
/** A component is mostly markup, one attribute a line. */
const COMPONENT_LINES_MAX = 120;
const COLUMNS_MAX = 100;
const COMPOSE_LINES_MAX = 200;
const BANNED =
  /\b(Date\.now|Math\.random|crypto\.randomUUID|randomUUID|setTimeout|setInterval|setImmediate|console\.\w+|process\.(env|exit|argv))\b|new Date\(\)/;

/** Tests, and what only tests use. */
const isTest = (path: string): boolean =>
  /(\.test|\/testing)\.tsx?$/.test(path) ||
  /^src\/store\/(suite|\w+\/contract[\w-]*)\.ts$/.test(path);

function folderOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

export function importsOf(text: string): { specifier: string; line: number; typeOnly: boolean }[] {
  const found: { specifier: string; line: number; typeOnly: boolean }[] = [];
  const pattern =
    /^\s*(import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|\bimport\('([^']+)'\)|^import\s+'([^']+)'/gm;
  for (const match of text.matchAll(pattern)) {
    const before = text.slice(0, match.index).split('\n');
    const line = before.length;
    const inType = /(typeof\s*|^\s*\*.*|\/\/.*)$/.test(before.at(-1)!);
    const specifier = (match[3] ?? match[4] ?? match[5])!;
    found.push({ specifier, line, typeOnly: Boolean(match[2]) || inType });
  }
  return found;
}

function resolveFrom(path: string, specifier: string): string {
  const parts = path.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Imports that go up, across floor 1, out to Node below the edge, or into tests. */
export function checkFloors(source: Source): Violation[] {
  const from = folderOf(source.path);
  const inConsole = source.path.startsWith('console/src/');
  if (!from && !inConsole) return [];
  if (isTest(source.path)) return [];
  const floor = from === undefined ? 1 : FLOORS[from];
  if (floor === undefined) {
    return [{ path: source.path, line: 1, rule: 'floors', detail: `no floor for src/${from}` }];
  }
  return importsOf(source.text).flatMap(({ specifier, line, typeOnly }) => {
    const detail = badImport(source.path, from, floor, specifier, typeOnly);
    return detail ? [{ path: source.path, line, rule: 'floors', detail }] : [];
  });
}

function badImport(
  path: string,
  from: string | undefined,
  floor: number,
  specifier: string,
  typeOnly: boolean,
): string | undefined {
  if (specifier.startsWith('node:')) {
    const driver = path.startsWith('src/store/');
    return floor < 4 && !driver ? `${specifier} below the edge` : undefined;
  }
  if (!specifier.startsWith('.')) {
    const sdk = specifier.startsWith('@aws-sdk/') && !typeOnly && from !== undefined;
    return sdk ? `${specifier} may be imported for its types only` : undefined;
  }
  const target = resolveFrom(path, specifier);
  if (/^(sim|test)\//.test(target)) return `${target} is for tests`;
  const to = folderOf(target);
  if (to === undefined) return undefined;
  const toFloor = FLOORS[to] ?? 99;
  if (toFloor > floor) return `floor ${floor} must not import ${target} (floor ${toFloor})`;
  if (floor === 1 && toFloor === 1 && from && from !== to && !SAME_FLOOR[from]?.includes(to)) {
    return `src/${from} must not import src/${to}`;
  }
  return undefined;
}

/** Clocks, chance and consoles below the edge. */
export function checkBanned(source: Source): Violation[] {
  const folder = folderOf(source.path);
  if (!folder || (FLOORS[folder] ?? 0) >= 4 || isTest(source.path)) return [];
  return source.text.split('\n').flatMap((text, index) => {
    const code = text.replace(/\/\/.*$/, '').replace(/^\s*\*.*$/, '');
    const match = BANNED.exec(code);
    // The writer and reader threads of the drivers are processes of their own kind.
    if (!match || source.path.startsWith('src/store/sqlite/')) return [];
    return [{ path: source.path, line: index + 1, rule: 'banned', detail: match[0] }];
  });
}

/** Files and lines within their limits. */
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
  if (!isTest(source.path)) violations.push(...longFunctions(source, lines));
  return violations;
}

/** Functions found by their indentation: biome formats every file, so the end brace lines up. */
function longFunctions(source: Source, lines: readonly string[]): Violation[] {
  const start =
    /^(\s*)(export\s+)?(default\s+)?(async\s+)?(function\b|(static\s+|private\s+|override\s+|\*|async\s+)*[#\w]+\([^;]*\)?[^;=]*\{$|(const|let)\s+\w+\s*=.*(=>|function).*\{$)/;
  return lines.flatMap((line, index) => {
    const match = start.exec(line);
    if (!match || /^\s*(if|for|while|switch|return|else|catch|describe|it)\b/.test(line)) return [];
    if (/^\s*(describe|it|test)\(/.test(line)) return [];
    const indent = match[1]!;
    const end = lines.findIndex((other, at) => at > index && other.startsWith(`${indent}}`));
    const length = end - index + 1;
    const max = source.path.endsWith('.tsx') ? COMPONENT_LINES_MAX : FUNCTION_LINES_MAX;
    if (length <= max) return [];
    const detail = `function of ${length} lines, at most ${max}`;
    return [{ path: source.path, line: index + 1, rule: 'size', detail }];
  });
}

/** Every file starts by saying what it promises. */
export function checkHead(source: Source): Violation[] {
  if (isTest(source.path) || /^\s*(\/\*\*|\/\/|#|"""|<)/.test(source.text)) return [];
  const detail = 'no comment at the head that says what the file promises';
  return [{ path: source.path, line: 1, rule: 'head', detail }];
}
