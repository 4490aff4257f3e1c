/** How the machines that ran last are doing. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { groupBy } from '../../../../src/ground/group.ts';
import { percent } from '../../model/format.ts';
import { machinePath } from '../../model/paths.ts';
import type { ExecutionItem } from '../../model/shapes.ts';
import { RunTicks } from '../../parts/executions/run-ticks.tsx';
import { Panel } from '../../parts/ui/basics.tsx';

const MACHINES_SHOWN = 12;
const RUNS_SHOWN = 40;

export function MachineHealth(props: { executions: readonly ExecutionItem[] }): ReactNode {
  const byMachine = [...groupBy(props.executions, (one) => one.stateMachineArn)];
  if (byMachine.length === 0) return null;
  return (
    <Panel flush title="State machines">
      <ul className="recent">
        {byMachine.slice(0, MACHINES_SHOWN).map(([arn, runs]) => {
          const ended = runs.filter((run) => run.status !== 'RUNNING');
          const ok = ended.filter((run) => run.status === 'SUCCEEDED').length;
          return (
            <li key={arn}>
              <span className="grow cut">
                <Link to={machinePath(arn)}>{runs[0]!.stateMachineName}</Link>
              </span>
              <RunTicks executions={runs.slice(0, RUNS_SHOWN)} />
              <span className="dim num share">
                {ended.length === 0 ? 'running' : `${percent(ok / ended.length)} ok`}
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
