/** What the server says of itself. */
import { queryOptions } from '@tanstack/react-query';
import type { Health } from '../model/shapes.ts';
import { read } from './call.ts';

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => read<Health>('health', {}, signal),
  refetchInterval: 15_000,
});
