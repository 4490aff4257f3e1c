/** One sentence on why an execution failed. */
import type { ReactNode } from 'react';
import { explainFailure } from '../../model/failure.ts';
import type { HistoryView } from '../../model/history.ts';
import type { Execution } from '../../model/shapes.ts';
import { usePatch } from '../../parts/page/address.ts';
import { Notice } from '../../parts/ui/basics.tsx';
import { Button } from '../../parts/ui/button.tsx';

/** Which state broke, with what, after how many attempts; and the way to it. */
export function FailureLine({
  execution,
  view,
}: {
  execution: Execution;
  view: HistoryView;
}): ReactNode {
  const patch = usePatch();
  if (execution.status === 'TIMED_OUT') {
    return (
      <Notice tone="timed-out" icon="clock">
        <b>The execution ran past its time limit.</b> {execution.cause}
      </Notice>
    );
  }
  const failure = explainFailure(view, execution);
  const { state } = failure;
  return (
    <Notice
      tone="failed"
      icon="cross"
      side={
        state && (
          <Button
            kind="inline"
            testId="show-failed-state"
            onClick={() => patch({ state: state.name, entry: String(state.id) })}
          >
            Show state
          </Button>
        )
      }
    >
      <span data-testid="failure-line">
        {state && (
          <>
            <b>{state.name}</b> failed
            {failure.attempts > 1 ? ` after ${failure.attempts} attempts` : ''} with{' '}
          </>
        )}
        <b>{failure.error}</b>
        {failure.message && `: ${failure.message}`}
        {failure.end && !/[.!?]$/.test(failure.message) && '.'}
        {failure.end && (
          <span className="dim">
            {' '}
            It was caught and led to <b>{failure.end.state.name}</b>, which ended the execution
            {failure.end.error && (
              <>
                {' '}
                with <b>{failure.end.error}</b>
              </>
            )}
            {failure.end.message && `: ${failure.end.message}`}
          </span>
        )}
      </span>
    </Notice>
  );
}
