/** Lists of executions. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { read } from './call.ts';
import type * as t from './types.ts';

export interface ExecutionFilter {
  readonly machine?: string | undefined;
  readonly status?: string | undefined;
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  /** Epoch seconds. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit?: number;
}

export interface ExecutionPage {
  executions: t.ExecutionItem[];
  nextToken?: string;
}

export function fetchExecutions(
  filter: ExecutionFilter,
  token: string | undefined,
  signal?: AbortSignal,
): Promise<ExecutionPage> {
  return read<ExecutionPage>('api/executions', { ...filter, token }, signal);
}

export const executionsQuery = (filter: ExecutionFilter) =>
  queryOptions({
    queryKey: ['executions', filter],
    queryFn: ({ signal }) => fetchExecutions(filter, undefined, signal),
    placeholderData: keepPreviousData,
  });
