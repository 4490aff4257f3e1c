/** Every route of the console, each page loaded when it is first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Empty, ErrorNotice, Skeleton } from '../parts/ui/basics.tsx';
import { Page } from './page.tsx';
import { Shell } from './shell.tsx';

/** Search parameters as texts; pages read the ones they know. */
export type Search = Record<string, string | undefined>;

function validateSearch(raw: Record<string, unknown>): Search {
  const texts: Search = {};
  for (const [key, value] of Object.entries(raw)) {
    if (value !== undefined && value !== null) texts[key] = String(value);
  }
  return texts;
}

const root = createRootRoute({ component: Shell, validateSearch });

const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('../pages/overview.tsx'), 'OverviewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/machines',
    component: lazyRouteComponent(() => import('../pages/machines.tsx'), 'MachinesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/machines/create',
    component: lazyRouteComponent(() => import('../pages/machine-edit.tsx'), 'MachineCreatePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/machines/$arn',
    component: lazyRouteComponent(() => import('../pages/machine.tsx'), 'MachinePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/machines/$arn/edit',
    component: lazyRouteComponent(() => import('../pages/machine-edit.tsx'), 'MachineEditPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/executions',
    component: lazyRouteComponent(() => import('../pages/executions.tsx'), 'ExecutionsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/executions/$arn',
    component: lazyRouteComponent(() => import('../pages/execution.tsx'), 'ExecutionPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/map',
    component: lazyRouteComponent(() => import('../pages/map.tsx'), 'MapPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/service-map',
    beforeLoad: ({ search }) => {
      throw redirect({ to: '/map', search });
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/traces',
    component: lazyRouteComponent(() => import('../pages/traces.tsx'), 'TracesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/traces/$id',
    component: lazyRouteComponent(() => import('../pages/trace.tsx'), 'TracePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/traces/$id/raw',
    beforeLoad: ({ params }) => {
      throw redirect({ to: '/traces/$id', params, search: { view: 'raw' } });
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/functions',
    component: lazyRouteComponent(() => import('../pages/functions.tsx'), 'FunctionsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/functions/$name',
    component: lazyRouteComponent(() => import('../pages/function.tsx'), 'FunctionPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/logs',
    component: lazyRouteComponent(() => import('../pages/logs.tsx'), 'LogGroupsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/logs/$group',
    component: lazyRouteComponent(() => import('../pages/logs.tsx'), 'LogGroupPage'),
  }),
];

function Pending(): ReactNode {
  return (
    <div className="page">
      <Skeleton lines={8} height={18} />
    </div>
  );
}

function Broken({ error, reset }: { error: unknown; reset: () => void }): ReactNode {
  return (
    <Page title="Something broke on this page">
      <ErrorNotice error={error} retry={reset} />
    </Page>
  );
}

function NotFound(): ReactNode {
  return (
    <Page title="Page not found">
      <Empty icon="search" title="There is no such page">
        <Link to="/">Go to the overview</Link>
      </Empty>
    </Page>
  );
}

/** Loads the other pages while nothing else happens, so that opening one needs no server. */
export function preloadPages(): void {
  for (const route of routes) {
    const page = route.options.component as { preload?: () => Promise<unknown> } | undefined;
    page?.preload?.().catch(() => undefined);
  }
}

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/console',
  defaultPreload: 'intent',
  defaultPendingComponent: Pending,
  defaultPendingMs: 150,
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const params = new URLSearchParams();
    for (const [key, value] of Object.entries(search)) {
      if (value !== undefined && value !== null && value !== '') params.set(key, String(value));
    }
    const text = params.toString();
    return text && `?${text}`;
  },
});
