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
  engine: ['executions', 'mapruns', 'nodes'],
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
  const own = /^src\/service\/([^/]+)\//.exec(path)?.[1];
  if (own === undefined || isTest(path)) return [];
  return importsOf(source).flatMap(({ specifier, line }) => {
    const to = specifier?.startsWith('.') ? target(path, specifier) : '';
    const detail = beyondFence(own, to);
    return detail ? [{ path, line, rule: 'fences', detail }] : [];
  });
}

function beyondFence(own: string, to: string): string | undefined {
  const service = /^src\/service\/([^/]+)\//.exec(to)?.[1];
  if (service !== undefined && service !== own && !SHARED.has(service)) {
    return EXCEPTIONS[own]?.[service] ? undefined : `service/${own} must not import ${to}`;
  }
  const store = /^src\/store\/([^/]+)/.exec(to)?.[1];
  if (store === undefined || COMMON_STORES.has(store) || STORES[own]?.includes(store)) {
    return undefined;
  }
  return `service/${own} must not import ${to}`;
}
