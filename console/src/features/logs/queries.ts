/** What only the pages of logs read. */
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { readAll } from '../../api/pages.ts';
import type { Place } from '../../model/place.ts';
import type { LogGroup, LogStream } from '../../model/shapes.ts';
import type { Slice } from '../../parts/table/paged-rows.ts';

export const logGroupsQuery = (place: Place) =>
  queryOptions({
    queryKey: ['logs', 'groups', place],
    queryFn: ({ signal }) =>
      readAll(
        (nextToken) => call(place, 'logs', 'DescribeLogGroups', { nextToken }, signal),
        (page) => page.logGroups as LogGroup[] | undefined,
      ),
  });

/** A page of streams, for a table that reads on. */
export async function readStreams(
  { place, group }: { place: Place; group: string },
  nextToken: string | undefined,
  signal: AbortSignal,
): Promise<Slice<LogStream>> {
  const input = {
    logGroupName: group,
    orderBy: 'LastEventTime' as const,
    descending: true,
    limit: 50,
    nextToken,
  };
  const page = await call(place, 'logs', 'DescribeLogStreams', input, signal);
  return { rows: (page.logStreams ?? []) as LogStream[], nextToken: page.nextToken };
}
