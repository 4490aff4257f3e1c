/** Lets a failed execution go on where it stopped. */
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { placeOfArn } from '../../model/place.ts';
import { ConfirmButton } from '../../parts/ui/confirm.tsx';

export function RedriveButton({ arn }: { arn: string }): ReactNode {
  const client = useQueryClient();
  const redrive = async (): Promise<void> => {
    await call(placeOfArn(arn), 'states', 'RedriveExecution', { executionArn: arn });
    client.invalidateQueries();
  };
  return (
    <ConfirmButton
      text="Redrive"
      question="Redrive this execution?"
      detail="It goes on where it failed, with the definition and the input that it began with."
      action={redrive}
      testId="redrive-execution"
    />
  );
}
