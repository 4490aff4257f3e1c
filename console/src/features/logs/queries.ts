/** What only the pages of logs read. */
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { all } from '../../api/pages.ts';
import type * as t from '../../api/types.ts';

export const logGroupsQuery = queryOptions({
  queryKey: ['logs', 'groups'],
  queryFn: ({ signal }) =>
    all(
      (nextToken) =>
        call<{ logGroups?: t.LogGroup[]; nextToken?: string }>(
          'logs',
          'DescribeLogGroups',
          { nextToken },
          signal,
        ),
      (page) => page.logGroups,
    ),
});

export const logStreamsQuery = (logGroupName: string) =>
  queryOptions({
    queryKey: ['logs', 'streams', logGroupName],
    queryFn: async ({ signal }) => {
      const input = { logGroupName, orderBy: 'LastEventTime', descending: true, limit: 50 };
      const page = await call<{ logStreams?: t.LogStream[] }>(
        'logs',
        'DescribeLogStreams',
        input,
        signal,
      );
      return page.logStreams ?? [];
    },
  });
