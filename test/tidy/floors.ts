/** Imports that go up, across the floor of the pure cores, or into tests. */
import {
  FLOORS,
  floorOf,
  folderOf,
  importsOf,
  isTest,
  type Source,
  target,
  type Violation,
} from './source.ts';

/** Folders of floor 1 that may use each other; every other pair on floor 1 is separate. */
const SAME_FLOOR: Readonly<Record<string, readonly string[]>> = {
  execution: ['asl', 'trace'],
  function: ['trace'],
};

export function checkFloors(source: Source): Violation[] {
  const { path } = source;
  const folder = folderOf(path);
  if ((folder === undefined && !path.startsWith('console/src/')) || isTest(path)) return [];
  const floor = floorOf(path);
  if (floor === undefined) {
    return [{ path, line: 1, rule: 'floors', detail: `no floor for src/${folder}` }];
  }
  return importsOf(source).flatMap(({ specifier, line }) => {
    const detail = specifier?.startsWith('.')
      ? badImport(folder, floor, target(path, specifier))
      : undefined;
    return detail ? [{ path, line, rule: 'floors', detail }] : [];
  });
}

function badImport(from: string | undefined, floor: number, to: string): string | undefined {
  if (/^(sim|test)\//.test(to)) return `${to} is for tests`;
  if (from !== undefined && isTest(to)) return `${to} is for tests`;
  const folder = folderOf(to);
  if (folder === undefined) return undefined;
  const other = FLOORS[folder] ?? 99;
  if (other > floor) return `floor ${floor} must not import ${to} (floor ${other})`;
  if (floor !== 1 || other !== 1 || !from || from === folder) return undefined;
  return SAME_FLOOR[from]?.includes(folder)
    ? undefined
    : `src/${from} must not import src/${folder}`;
}
