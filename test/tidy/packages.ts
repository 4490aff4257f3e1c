/**
 * Which packages and which modules of Node a folder may import. What is not listed is refused, so
 * that a new dependency is a decision.
 */
import { EDGE, floorOf, importsOf, isTest, type Source, type Violation } from './source.ts';

/** By the beginning of the path. A name that ends in a slash is that of a whole scope. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'src/asl/': ['jsonata', 're2js', 'lru-cache'],
  'src/monitor/': ['re2js'],
  'src/wire/cbor/': ['cborg'],
  'src/store/sqlite/': ['libsql'],
  'src/store/traces/sql/': ['lru-cache'],
  'src/service/': ['lru-cache'],
  'src/service/items/': ['hyparquet', 'hyparquet-compressors'],
  'src/edge/': ['fflate', 'lru-cache'],
  'src/edge/host/': ['yauzl'],
  'src/main/': ['yaml'],
  'console/src/': [
    'react',
    'react-dom',
    'uplot',
    'virtual:theme.css',
    '@cloudscape-design/',
    '@codemirror/',
    '@dagrejs/dagre',
    '@tanstack/',
  ],
};

/** Below the edge: files whose work is such a module's. */
const NODE_MODULES: Readonly<Record<string, readonly string[]>> = {
  'src/store/executions/journal.ts': ['node:buffer', 'node:zlib'],
  'src/store/executions/sql-rows.ts': ['node:crypto'],
  'src/store/sqlite/batch.ts': ['node:buffer'],
  'src/store/sqlite/lock.ts': ['node:path'],
  'src/store/sqlite/reader-thread.ts': ['node:worker_threads'],
  'src/store/sqlite/thread.ts': ['node:events', 'node:worker_threads'],
  'src/store/sqlite/writer-thread.ts': ['node:worker_threads'],
  'src/store/traces/sql/pack.ts': ['node:util', 'node:zlib'],
};

export function checkPackages(source: Source): Violation[] {
  const { path } = source;
  if (!/^(src|console\/src)\//.test(path) || isTest(path)) return [];
  const belowEdge = (floorOf(path) ?? 0) < EDGE;
  return importsOf(source).flatMap(({ specifier, line, typeOnly }) => {
    const detail =
      specifier === undefined
        ? belowEdge
          ? 'an import whose module is not written as one text'
          : undefined
        : badPackage(path, belowEdge, specifier, typeOnly);
    return detail ? [{ path, line, rule: 'packages', detail }] : [];
  });
}

function badPackage(
  path: string,
  belowEdge: boolean,
  specifier: string,
  typeOnly: boolean,
): string | undefined {
  if (specifier.startsWith('.')) return undefined;
  if (specifier.startsWith('node:')) {
    if (!belowEdge || NODE_MODULES[path]?.includes(specifier)) return undefined;
    return `${specifier} below the edge`;
  }
  if (specifier.startsWith('@aws-sdk/') && /^(src\/service|console\/src)\//.test(path)) {
    return typeOnly ? undefined : `${specifier} may be imported for its types only`;
  }
  const isAllowed = allowed(path).some(
    (name) => name === specifier || specifier.startsWith(name.endsWith('/') ? name : `${name}/`),
  );
  return isAllowed ? undefined : `${specifier} is not for ${path}`;
}

function allowed(path: string): readonly string[] {
  const folders = Object.keys(PACKAGES).filter((folder) => path.startsWith(folder));
  return folders.flatMap((folder) => PACKAGES[folder]!);
}

/** Pages take their parts from the console's own; one folder knows the component library. */
export function checkComponents(source: Source): Violation[] {
  const { path } = source;
  if (!path.startsWith('console/src/') || path.startsWith('console/src/parts/ui/')) return [];
  return importsOf(source).flatMap(({ specifier, line }) =>
    specifier?.startsWith('@cloudscape-design/components')
      ? [{ path, line, rule: 'packages', detail: `${specifier} outside of parts/ui` }]
      : [],
  );
}
