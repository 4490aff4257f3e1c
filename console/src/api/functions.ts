/** The functions of a place. */
import { queryOptions } from '@tanstack/react-query';
import type { Place } from '../model/place.ts';
import type { FunctionConfig } from '../model/shapes.ts';
import { call } from './call.ts';
import { readAll } from './pages.ts';

export const functionsQuery = (place: Place) =>
  queryOptions({
    queryKey: ['functions', place],
    queryFn: ({ signal }) =>
      readAll(
        (Marker) => call(place, 'lambda', 'ListFunctions', { Marker }, signal),
        (page) => page.Functions as FunctionConfig[],
      ),
    refetchInterval: 15_000,
  });
