/** What only the pages of state machines read. */
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { placeOfArn } from '../../model/place.ts';

export const machineQuery = (stateMachineArn: string) =>
  queryOptions({
    queryKey: ['machine', stateMachineArn],
    queryFn: ({ signal }) =>
      call(
        placeOfArn(stateMachineArn),
        'states',
        'DescribeStateMachine',
        { stateMachineArn },
        signal,
      ),
  });

export const tagsQuery = (resourceArn: string) =>
  queryOptions({
    queryKey: ['machine', 'tags', resourceArn],
    queryFn: async ({ signal }) => {
      const place = placeOfArn(resourceArn);
      const answer = await call(place, 'states', 'ListTagsForResource', { resourceArn }, signal);
      return answer.tags ?? [];
    },
  });
