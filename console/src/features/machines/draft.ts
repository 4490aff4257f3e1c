/** A state machine as it is being written, and how it is stored. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call } from '../../api/call.ts';
import { machinePath } from '../../model/paths.ts';
import type { Place } from '../../model/place.ts';

export interface Draft {
  readonly name: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly definition: string;
  readonly roleArn: string;
  readonly tracing: boolean;
}

/** Changes the machine of this ARN, or makes a new one; then goes to its page. */
export function useSave(place: Place, draft: Draft, arn: string | undefined) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      const { name, type, definition, roleArn, tracing } = draft;
      const shared = { definition, roleArn, tracingConfiguration: { enabled: tracing } };
      if (arn) {
        await call(place, 'states', 'UpdateStateMachine', { stateMachineArn: arn, ...shared });
        return arn;
      }
      const input = { name: name.trim(), type, ...shared };
      return (await call(place, 'states', 'CreateStateMachine', input)).stateMachineArn;
    },
    onSuccess: async (saved) => {
      client.invalidateQueries({ queryKey: ['machines'] });
      client.invalidateQueries({ queryKey: ['machine', saved] });
      await navigate({ to: machinePath(saved) });
    },
  });
}
