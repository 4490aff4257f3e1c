/** Traces: a filtered list, and one as a timeline. */
import { tracePath } from '../../model/paths.ts';
import type { Feature, Target } from '../feature.ts';

const ID = /\b1-[0-9a-f]{8}-[0-9a-f]{24}\b/i;

export const traces: Feature = {
  id: 'traces',
  routes: [
    { path: '/traces', page: async () => (await import('./traces-page.tsx')).TracesPage },
    { path: '/traces/$id', page: async () => (await import('./trace-page.tsx')).TracePage },
    { path: '/traces/$id/raw', to: '/traces/$id', search: { view: 'raw' } },
  ],
  rail: [{ to: '/traces', text: 'Traces', icon: 'trace', group: 'Observe' }],
  jump: { form: traceOf },
  live: [{ topic: 'trace', keys: ['traces', 'trace'], everyMs: 1500 }],
};

/** An id, alone or in a header (`Root=1-…;Sampled=1`), or as W3C and OpenTelemetry write it. */
function traceOf(text: string): Target | undefined {
  const id = ID.exec(text)?.[0];
  if (id) return { path: tracePath(id) };
  if (!/^[0-9a-f]{32}$/i.test(text)) return undefined;
  return { path: tracePath(`1-${text.slice(0, 8)}-${text.slice(8)}`) };
}
