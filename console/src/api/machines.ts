/** The state machines of a place. */
import { queryOptions } from '@tanstack/react-query';
import type { Place } from '../model/place.ts';
import { call } from './call.ts';
import { readAll } from './pages.ts';

export const machinesQuery = (place: Place) =>
  queryOptions({
    queryKey: ['machines', place],
    queryFn: ({ signal }) =>
      readAll(
        (nextToken) =>
          call(place, 'states', 'ListStateMachines', { maxResults: 1000, nextToken }, signal),
        (page) => page.stateMachines,
      ),
    refetchInterval: 15_000,
  });
