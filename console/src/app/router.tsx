/** The routes of all features, each page loaded when it is first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { PageRoute, RedirectRoute } from '../features/feature.ts';
import { FEATURES } from '../features/list.ts';
import type { Search } from '../parts/page/address.ts';
import { Page } from '../parts/page/page.tsx';
import { PLACE_PARAMS } from '../parts/page/place.ts';
import { Empty, ErrorNotice, Skeleton } from '../parts/ui/basics.tsx';
import { Shell } from './shell.tsx';

function validateSearch(raw: Record<string, unknown>): Search {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (value !== undefined && value !== null) texts[key] = String(value);
  }
  return texts;
}

const root = createRootRoute({
  component: Shell,
  validateSearch,
  search: { middlewares: [retainSearchParams([...PLACE_PARAMS])] },
});

const routes = FEATURES.flatMap((feature) => feature.routes).map(toRoute);

function toRoute(route: PageRoute | RedirectRoute) {
  const { path } = route;
  if ('page' in route) {
    const component = lazyRouteComponent(async () => ({ default: await route.page() }));
    return createRoute({ getParentRoute: () => root, path, component });
  }
  return createRoute({
    getParentRoute: () => root,
    path,
    beforeLoad: ({ search, params }) => {
      const { to, search: more } = route;
      throw redirect({ to, params, search: { ...search, ...more } } as never);
    },
  });
}

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
