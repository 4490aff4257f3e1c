/** What only the pages of functions read. */
import { queryOptions } from '@tanstack/react-query';
import { call, type Output } from '../../api/call.ts';
import type { Place } from '../../model/place.ts';
import type { FunctionConfig } from '../../model/shapes.ts';

export interface FunctionDetail extends Output<'lambda', 'GetFunction'> {
  readonly Configuration: FunctionConfig;
}

export const functionQuery = (place: Place, FunctionName: string) =>
  queryOptions({
    queryKey: ['function', place, FunctionName],
    queryFn: async ({ signal }) =>
      (await call(place, 'lambda', 'GetFunction', { FunctionName }, signal)) as FunctionDetail,
  });

export function logGroupOf({ FunctionName, LoggingConfig }: FunctionConfig): string {
  return LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
}
