/** How the last runs of a machine went, at a glance. */
import type { ReactNode } from 'react';
import type { ExecutionItem } from '../../model/shapes.ts';
import { EXECUTION_LOOKS, toneColor } from '../ui/status.tsx';
import './run-ticks.css';

/** One small bar for each run, the newest on the right; they come newest first. */
export function RunTicks({ executions }: { executions: readonly ExecutionItem[] }): ReactNode {
  if (executions.length === 0) return <span className="faint">none</span>;
  return (
    <span className="runs" role="img" aria-label={describe(executions)}>
      {executions.toReversed().map((execution) => (
        <i
          key={execution.executionArn}
          title={`${execution.name}: ${EXECUTION_LOOKS[execution.status].label}`}
          style={{ background: toneColor(EXECUTION_LOOKS[execution.status].tone) }}
        />
      ))}
    </span>
  );
}

function describe(executions: readonly ExecutionItem[]): string {
  const ok = executions.filter((execution) => execution.status === 'SUCCEEDED').length;
  return `${ok} of the last ${executions.length} runs succeeded`;
}
