/** The button that stops an execution. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { ConfirmButton } from '../../parts/ui/confirm.tsx';

export function StopButton({ arn }: { arn: string }): ReactNode {
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: () =>
      call('states', 'StopExecution', { executionArn: arn, cause: 'Stopped in the console' }),
    onSuccess: () => client.invalidateQueries(),
  });
  return (
    <ConfirmButton
      text="Stop"
      question="Stop this execution?"
      detail="It ends as aborted. What its tasks have already done is not undone."
      pending={stop.isPending}
      error={stop.error}
      onConfirm={() => stop.mutate()}
      testId="stop-execution"
    />
  );
}
