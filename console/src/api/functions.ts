/** The functions. */
import { queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { all } from './pages.ts';
import type * as t from './types.ts';

export const functionsQuery = queryOptions({
  queryKey: ['functions'],
  queryFn: ({ signal }) =>
    all(
      async (Marker) => {
        const page = await call<{ Functions: t.FunctionConfig[]; NextMarker?: string }>(
          'lambda',
          'ListFunctions',
          { Marker },
          signal,
        );
        return {
          Functions: page.Functions,
          ...(page.NextMarker ? { NextToken: page.NextMarker } : {}),
        };
      },
      (page) => page.Functions,
    ),
  refetchInterval: 15_000,
});
