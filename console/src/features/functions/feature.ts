/** Functions: list, and one to try, with its logs and settings. */
import { functionsQuery } from '../../api/functions.ts';
import { functionPath } from '../../model/paths.ts';
import type { Feature } from '../feature.ts';

const ARN = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)/;

export const functions: Feature = {
  id: 'functions',
  routes: [
    { path: '/functions', page: async () => (await import('./functions-page.tsx')).FunctionsPage },
    {
      path: '/functions/$name',
      page: async () => (await import('./function-page.tsx')).FunctionPage,
    },
  ],
  rail: [{ to: '/functions', text: 'Functions', icon: 'function', group: 'Workflows' }],
  jump: {
    form: (text) => {
      const name = ARN.exec(text)?.[1];
      return name === undefined ? undefined : { path: functionPath(name) };
    },
    names: async (client, place) =>
      (await client.fetchQuery(functionsQuery(place))).items.map(({ FunctionName: name }) => ({
        name,
        path: functionPath(name),
      })),
  },
  live: [{ topic: 'function', keys: ['functions', 'function'], everyMs: 500 }],
};
