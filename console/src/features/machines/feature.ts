/** State machines: list, one machine, writing a definition. */
import { machinesQuery } from '../../api/machines.ts';
import { machinePath } from '../../model/paths.ts';
import type { Feature } from '../feature.ts';

export const machines: Feature = {
  id: 'machines',
  routes: [
    { path: '/machines', page: async () => (await import('./machines-page.tsx')).MachinesPage },
    { path: '/machines/create', page: async () => (await import('./create-page.tsx')).CreatePage },
    { path: '/machines/$arn', page: async () => (await import('./machine-page.tsx')).MachinePage },
    { path: '/machines/$arn/edit', page: async () => (await import('./edit-page.tsx')).EditPage },
  ],
  rail: [{ to: '/machines', text: 'State machines', icon: 'machine', group: 'Workflows' }],
  jump: {
    form: (text) =>
      /^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:/.test(text)
        ? { path: machinePath(text) }
        : undefined,
    names: async (client, place) =>
      (await client.fetchQuery(machinesQuery(place))).items.map(({ name, stateMachineArn }) => ({
        name,
        path: machinePath(stateMachineArn),
      })),
  },
  live: [{ topic: 'machine', keys: ['machines', 'machine'], everyMs: 500 }],
};
