/** What can be done with several executions at once. */
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { plural } from '../../model/format.ts';
import { placeOfArn } from '../../model/place.ts';
import type { ExecutionItem } from '../../model/shapes.ts';
import { ConfirmButton } from '../ui/confirm.tsx';

interface Props {
  readonly rows: readonly ExecutionItem[];
  readonly onDone: () => void;
}

/** Stops those that run; Express executions cannot be stopped. */
export function BulkStop({ rows, onDone }: Props): ReactNode {
  const client = useQueryClient();
  const running = rows.filter((row) => row.status === 'RUNNING' && row.type === 'STANDARD');
  if (running.length === 0) return <span className="faint">none of them runs</span>;
  const stopAll = async (): Promise<void> => {
    const results = await Promise.allSettled(
      running.map(({ executionArn }) => {
        const input = { executionArn, cause: 'Stopped in the console' };
        return call(placeOfArn(executionArn), 'states', 'StopExecution', input);
      }),
    );
    client.invalidateQueries({ queryKey: ['executions'] });
    // One may have ended by itself meanwhile; the first of all failures tells why.
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    onDone();
  };
  return (
    <ConfirmButton
      text={`Stop ${plural(running.length, 'execution')}`}
      question={`Stop ${plural(running.length, 'execution')}?`}
      detail="They end as aborted. What their tasks have already done is not undone."
      action={stopAll}
      testId="bulk-stop"
    />
  );
}
