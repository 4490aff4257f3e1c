/** Executions: all of them, and one as graph, states, events and data. */
import { executionPath } from '../../model/paths.ts';
import type { Feature } from '../feature.ts';

export const executions: Feature = {
  id: 'executions',
  routes: [
    {
      path: '/executions',
      page: async () => (await import('./executions-page.tsx')).ExecutionsPage,
    },
    {
      path: '/executions/$arn',
      page: async () => (await import('./execution-page.tsx')).ExecutionPage,
    },
  ],
  rail: [{ to: '/executions', text: 'Executions', icon: 'run', group: 'Workflows' }],
  jump: {
    form: (text) =>
      /^arn:[^:]+:states:[^:]*:[^:]*:(execution|express):/.test(text)
        ? { path: executionPath(text) }
        : undefined,
    // Executions are too many to know their names: the list is asked for them.
    search: (text) => ({ path: '/executions', search: { name: text } }),
  },
  live: [
    { topic: 'execution', keys: ['executions', 'execution'], everyMs: 700 },
    // Only what the open page follows is told of as history: it is to look alive.
    { topic: 'history', keys: ['history', 'execution'], everyMs: 150 },
  ],
};
