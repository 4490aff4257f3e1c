/** Files that import each other, directly or around corners; imports of types count as well. */
import { importsOf, type Source, target, type Violation } from './source.ts';

/** One violation for each circle, which names its files. */
export function checkCircles(sources: readonly Source[]): Violation[] {
  const known = new Set(sources.map(({ path }) => path));
  const edges = new Map(
    sources.map((source) => {
      const to = importsOf(source).flatMap(({ specifier }) => {
        const path = specifier?.startsWith('.') ? target(source.path, specifier) : undefined;
        return path !== undefined && known.has(path) ? [path] : [];
      });
      return [source.path, to] as const;
    }),
  );
  return circlesOf(edges).map((files) => ({
    path: files[0]!,
    line: 1,
    rule: 'circles',
    detail: files.join(', '),
  }));
}

/** Strongly connected components of more than one file (Tarjan), each and all in order. */
function circlesOf(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (path: string): void => {
    index.set(path, index.size);
    low.set(path, index.get(path)!);
    stack.push(path);
    for (const next of edges.get(path) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(path, Math.min(low.get(path)!, low.get(next)!));
    }
    if (low.get(path) !== index.get(path)) return;
    const circle = stack.splice(stack.indexOf(path));
    const itself = edges.get(path)?.includes(path);
    if (circle.length > 1 || itself) circles.push(circle.sort());
  };
  for (const path of edges.keys()) if (!index.has(path)) visit(path);
  return circles.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}
