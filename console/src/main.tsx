/** Starts the console: theme, live feed, router. */
import './app/language.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startFeed } from './api/feed.ts';
import { keepFresh, queryClient } from './app/query-client.ts';
import { preloadPages, router } from './app/router.tsx';
import { FEATURES } from './features/list.ts';
import { startTheme } from './parts/ui/theme.ts';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import './style/pages.css';

const PRELOAD_AFTER_MS = 3000;

startTheme();
startFeed();
keepFresh(FEATURES.flatMap(({ live }) => live ?? []));
window.addEventListener('load', () => setTimeout(preloadPages, PRELOAD_AFTER_MS));
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
