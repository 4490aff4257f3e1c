/** What only the pages of state machines read. */
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type * as t from '../../api/types.ts';

export const machineQuery = (stateMachineArn: string) =>
  queryOptions({
    queryKey: ['machine', stateMachineArn],
    queryFn: ({ signal }) =>
      call<t.StateMachine>('states', 'DescribeStateMachine', { stateMachineArn }, signal),
  });

export const tagsQuery = (resourceArn: string) =>
  queryOptions({
    queryKey: ['machine', 'tags', resourceArn],
    queryFn: async ({ signal }) =>
      (await call<{ tags?: t.Tag[] }>('states', 'ListTagsForResource', { resourceArn }, signal))
        .tags ?? [],
  });
