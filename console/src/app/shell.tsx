/** What stays while pages change: the rail, the bar with jump field, live badge and theme. */
import { Outlet } from '@tanstack/react-router';
import { type ReactNode, useSyncExternalStore } from 'react';
import { feedState, watchFeedState } from '../api/feed.ts';
import { Breadcrumbs, CrumbsProvider } from '../parts/page/page.tsx';
import { IconButton } from '../parts/ui/icon-button.tsx';
import { chooseTheme, type ThemeChoice, themeChoice, watchTheme } from '../parts/ui/theme.ts';
import { JumpField } from './jump-field.tsx';
import { Rail } from './rail.tsx';

export function Shell(): ReactNode {
  return (
    <CrumbsProvider>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <div className="shell">
        <Rail />
        <div className="main">
          <header className="topbar">
            <Breadcrumbs />
            <JumpField />
            <LiveBadge />
            <ThemeButton />
          </header>
          <main className="content" id="content" tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
    </CrumbsProvider>
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
