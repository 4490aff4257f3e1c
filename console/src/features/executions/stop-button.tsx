/** The button that stops an execution. */
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { placeOfArn } from '../../model/place.ts';
import { ConfirmButton } from '../../parts/ui/confirm.tsx';

export function StopButton({ arn }: { arn: string }): ReactNode {
  const client = useQueryClient();
  const stop = async (): Promise<void> => {
    const input = { executionArn: arn, cause: 'Stopped in the console' };
    await call(placeOfArn(arn), 'states', 'StopExecution', input);
    client.invalidateQueries();
  };
  return (
    <ConfirmButton
      text="Stop"
      question="Stop this execution?"
      detail="It ends as aborted. What its tasks have already done is not undone."
      action={stop}
      testId="stop-execution"
    />
  );
}
