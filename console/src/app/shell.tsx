/** What stays while pages change: the rail, the bar with jump field, live badge and theme. */
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useSyncExternalStore } from 'react';
import { feedState, watchFeedState } from '../api/feed.ts';
import { healthQuery } from '../api/queries.ts';
import { IconButton } from '../parts/ui/icon-button.tsx';
import { Icon, type IconName, Logo } from '../parts/ui/icons.tsx';
import { Jump } from './jump.tsx';
import { Breadcrumbs, CrumbsProvider } from './page.tsx';
import { chooseTheme, type ThemeChoice, themeChoice, watchTheme } from './theme.ts';

interface Item {
  readonly to: string;
  readonly text: string;
  readonly icon: IconName;
}

const GROUPS: readonly { title?: string; items: readonly Item[] }[] = [
  { items: [{ to: '/', text: 'Overview', icon: 'home' }] },
  {
    title: 'Workflows',
    items: [
      { to: '/machines', text: 'State machines', icon: 'machine' },
      { to: '/executions', text: 'Executions', icon: 'run' },
      { to: '/functions', text: 'Functions', icon: 'function' },
    ],
  },
  {
    title: 'Observe',
    items: [
      { to: '/map', text: 'Service map', icon: 'map' },
      { to: '/traces', text: 'Traces', icon: 'trace' },
      { to: '/logs', text: 'Logs', icon: 'log' },
    ],
  },
];

export function Shell(): ReactNode {
  return (
    <CrumbsProvider>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <div className="shell">
        <Rail />
        <div className="main">
          <div className="topbar">
            <Breadcrumbs />
            <Jump />
            <LiveBadge />
            <ThemeButton />
          </div>
          <main className="content" id="content" tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
    </CrumbsProvider>
  );
}

function Rail(): ReactNode {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <nav className="rail" aria-label="Main">
      <Link to="/" className="brand" aria-label="Steplight, overview">
        <Logo />
        <span>Steplight</span>
      </Link>
      {GROUPS.map((group) => (
        <div key={group.title ?? 'top'}>
          {group.title && <div className="group">{group.title}</div>}
          {group.items.map((item) => {
            const isActive = item.to === '/' ? path === '/' : path.startsWith(item.to);
            return (
              <Link
                key={item.to}
                to={item.to}
                className={isActive ? 'item active' : 'item'}
                aria-current={isActive ? 'page' : undefined}
                aria-label={item.text}
                title={item.text}
              >
                <Icon name={item.icon} />
                <span>{item.text}</span>
              </Link>
            );
          })}
        </div>
      ))}
      <Place />
    </nav>
  );
}

function Place(): ReactNode {
  const { data } = useQuery(healthQuery);
  if (!data) return null;
  return (
    <div className="foot">
      <div>
        Region <b>{data.region ?? '–'}</b>
      </div>
      <div>
        Account <b>{data.account ?? '–'}</b>
      </div>
      {data.version && <div>Version {data.version}</div>}
    </div>
  );
}

const LIVE_TEXT = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' } as const;

function LiveBadge(): ReactNode {
  const state = useSyncExternalStore(watchFeedState, feedState);
  return (
    <output
      className="live"
      data-state={state}
      data-testid="live-badge"
      title={state === 'live' ? 'Changes appear by themselves' : 'Waiting for the server'}
    >
      {LIVE_TEXT[state]}
    </output>
  );
}

const NEXT_THEME: Readonly<Record<ThemeChoice, ThemeChoice>> = {
  system: 'dark',
  dark: 'light',
  light: 'system',
};
const THEME_ICON = { system: 'screen', dark: 'moon', light: 'sun' } as const;

function ThemeButton(): ReactNode {
  const choice = useSyncExternalStore(watchTheme, themeChoice);
  const text = `Theme: ${choice}. Switch to ${NEXT_THEME[choice]}.`;
  return (
    <IconButton
      icon={THEME_ICON[choice]}
      label={text}
      onClick={() => chooseTheme(NEXT_THEME[choice])}
      testId="theme-button"
    />
  );
}
