/** What the server says of itself. */
import { queryOptions } from '@tanstack/react-query';
import { read } from './call.ts';
import type * as t from './types.ts';

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => read<t.Health>('health', {}, signal),
  refetchInterval: 15_000,
});
