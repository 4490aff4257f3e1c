/** What only the pages of functions read. */
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type * as t from '../../api/types.ts';

export interface FunctionDetail {
  Configuration: t.FunctionConfig;
  Tags?: Record<string, string>;
  Concurrency?: { ReservedConcurrentExecutions?: number };
}

export const functionQuery = (FunctionName: string) =>
  queryOptions({
    queryKey: ['function', FunctionName],
    queryFn: ({ signal }) =>
      call<FunctionDetail>('lambda', 'GetFunction', { FunctionName }, signal),
  });
