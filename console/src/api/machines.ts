/** The state machines. */
import { queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { all } from './pages.ts';
import type * as t from './types.ts';

export const machinesQuery = queryOptions({
  queryKey: ['machines'],
  queryFn: ({ signal }) =>
    all(
      (nextToken) =>
        call<{ stateMachines: t.StateMachineItem[]; nextToken?: string }>(
          'states',
          'ListStateMachines',
          { maxResults: 1000, nextToken },
          signal,
        ),
      (page) => page.stateMachines,
    ),
  refetchInterval: 15_000,
});
