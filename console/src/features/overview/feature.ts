/** Overview: what runs, what failed last, how to connect. */
import type { Feature } from '../feature.ts';

export const overview: Feature = {
  id: 'overview',
  routes: [{ path: '/', page: async () => (await import('./overview-page.tsx')).OverviewPage }],
  rail: [{ to: '/', text: 'Overview', icon: 'home' }],
  // Counts and uptime of the server, which the shell shows too.
  live: [{ topic: 'execution', keys: ['health'], everyMs: 700 }],
};
