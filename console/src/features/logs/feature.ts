/** Logs: groups, and the streams and lines of one. */
import { logGroupPath } from '../../model/paths.ts';
import type { Feature, Target } from '../feature.ts';

const ARN = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)/;

export const logs: Feature = {
  id: 'logs',
  routes: [
    { path: '/logs', page: async () => (await import('./groups-page.tsx')).GroupsPage },
    { path: '/logs/$group', page: async () => (await import('./group-page.tsx')).GroupPage },
  ],
  rail: [{ to: '/logs', text: 'Logs', icon: 'log', group: 'Observe' }],
  jump: { form: groupOf },
  live: [{ topic: 'log', keys: ['logs'], everyMs: 1000 }],
};

/** By its ARN; or a name that begins with a slash, as nothing else does. */
function groupOf(text: string): Target | undefined {
  const name = ARN.exec(text)?.[1] ?? (/^\/./.test(text) ? text : undefined);
  return name === undefined ? undefined : { path: logGroupPath(name) };
}
