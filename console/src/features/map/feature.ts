/** The service map. */
import type { Feature } from '../feature.ts';

export const map: Feature = {
  id: 'map',
  routes: [
    { path: '/map', page: async () => (await import('./map-page.tsx')).MapPage },
    // Where X-Ray's own deep links have it.
    { path: '/service-map', to: '/map' },
  ],
  rail: [{ to: '/map', text: 'Service map', icon: 'map', group: 'Observe' }],
  live: [{ topic: 'trace', keys: ['map'], everyMs: 1500 }],
};
