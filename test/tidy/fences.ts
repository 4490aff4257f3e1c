/**
 * What a service may import of another one, and of the stores: nothing but what is declared here. It
 * asks another service through `calls` or a port.
 */
import { importsOf, isTest, type Source, target, type Violation } from './source.ts';

/** Folders of src/service that are shared and no services: any service may use them. */
const SHARED: ReadonlySet<string> = new Set(['ports', 'events', 'limits']);

/** Folder → folders, with the reason. */
const EXCEPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  engine: { items: 'distributed Maps read their items' },
  integrations: { engine: 'what no integration runs is told in the words of the engine' },
  lambda: { integrations: 'brings the integrations of its own tasks' },
  states: {
    engine: 'executions are what the service is about',
    integrations: 'brings those of nested executions, of mocks and of the SDK',
  },
};

/** The stores that are a service's own. */
const STORES: Readonly<Record<string, readonly string[]>> = {
  engine: ['executions', 'mapruns'],
  events: ['executions'],
  lambda: ['functions'],
  limits: ['executions'],
  logs: ['logs'],
  ports: ['executions'],
  states: ['executions', 'machines', 'mapruns'],
  xray: ['traces'],
};

/** Anyone may use what is not a domain's. */
const COMMON_STORES: ReadonlySet<string> = new Set(['database.ts', 'migrate.ts', 'resources']);

export function checkFences(source: Source): Violation[] {
  const { path } = source;
  return crossings(source).flatMap(({ from, to, file, line }) => {
    if (isDeclared(from, to)) return [];
    return [{ path, line, rule: 'fences', detail: `service/${from} must not import ${file}` }];
  });
}

/** Declared, and needed by none of the sources any more: `states → service/engine`. */
export function needlessExceptions(sources: readonly Source[]): string[] {
  const needed = new Set(
    sources.flatMap((source) => crossings(source).map(({ from, to }) => `${from} → ${to}`)),
  );
  const declared = [
    ...Object.entries(EXCEPTIONS).flatMap(([from, all]) =>
      Object.keys(all).map((to) => `${from} → service/${to}`),
    ),
    ...Object.entries(STORES).flatMap(([from, all]) => all.map((to) => `${from} → store/${to}`)),
  ];
  return declared.filter((one) => !needed.has(one));
}

interface Crossing {
  /** A folder of src/service. */
  readonly from: string;
  /** A folder of src, as `store/logs`. */
  readonly to: string;
  readonly file: string;
  readonly line: number;
}

/** Every import over a fence. */
function crossings(source: Source): Crossing[] {
  const from = /^src\/service\/([^/]+)\//.exec(source.path)?.[1];
  if (from === undefined || isTest(source.path)) return [];
  return importsOf(source).flatMap(({ specifier, line }) => {
    const file = specifier?.startsWith('.') ? target(source.path, specifier) : '';
    const to = fencedFolder(from, file);
    return to === undefined ? [] : [{ from, to, file, line }];
  });
}

function fencedFolder(from: string, file: string): string | undefined {
  const service = /^src\/service\/([^/]+)\//.exec(file)?.[1];
  if (service !== undefined && service !== from && !SHARED.has(service))
    return `service/${service}`;
  const store = /^src\/store\/([^/]+)/.exec(file)?.[1];
  return store === undefined || COMMON_STORES.has(store) ? undefined : `store/${store}`;
}

function isDeclared(from: string, to: string): boolean {
  const [floor, folder] = to.split('/') as [string, string];
  if (floor === 'service') return EXCEPTIONS[from]?.[folder] !== undefined;
  return STORES[from]?.includes(folder) ?? false;
}
