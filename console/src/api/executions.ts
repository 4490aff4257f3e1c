/** Lists of executions. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Place } from '../model/place.ts';
import type { ExecutionItem } from '../model/shapes.ts';
import { read } from './call.ts';

export interface ExecutionFilter {
  /** Its ARN; absent: those of all machines. */
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
  readonly executions: readonly ExecutionItem[];
  readonly nextToken?: string;
}

export function readExecutions(
  place: Place,
  filter: ExecutionFilter,
  token: string | undefined,
  signal?: AbortSignal,
): Promise<ExecutionPage> {
  return read<ExecutionPage>('api/executions', { ...place, ...filter, token }, signal);
}

/** The most recent ones, at most `limit`. */
export const executionsQuery = (place: Place, filter: ExecutionFilter) =>
  queryOptions({
    queryKey: ['executions', place, filter],
    queryFn: ({ signal }) => readExecutions(place, filter, undefined, signal),
    placeholderData: keepPreviousData,
  });
