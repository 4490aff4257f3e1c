/** Lets a failed execution go on where it stopped. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { ConfirmButton } from '../../parts/ui/confirm.tsx';

export function RedriveButton({ arn }: { arn: string }): ReactNode {
  const client = useQueryClient();
  const redrive = useMutation({
    mutationFn: () => call('states', 'RedriveExecution', { executionArn: arn }),
    onSuccess: () => client.invalidateQueries(),
  });
  return (
    <ConfirmButton
      text="Redrive"
      question="Redrive this execution?"
      detail="It goes on where it failed, with the definition and the input that it began with."
      pending={redrive.isPending}
      error={redrive.error}
      onConfirm={() => redrive.mutate()}
      testId="redrive-execution"
    />
  );
}
