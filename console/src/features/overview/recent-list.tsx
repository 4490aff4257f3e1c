/** The newest executions, those that failed first of all. */
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { elapsed } from '../../model/execution.ts';
import { ago, duration } from '../../model/format.ts';
import { executionPath } from '../../model/paths.ts';
import type { ExecutionItem } from '../../model/shapes.ts';
import { Empty, Panel, Skeleton, useNow } from '../../parts/ui/basics.tsx';
import { Segments } from '../../parts/ui/segments.tsx';
import { ExecutionStatusChip } from '../../parts/ui/status.tsx';

const SHOWN = 8;
const KINDS = [
  { id: 'failures', text: 'Failures' },
  { id: 'all', text: 'All' },
] as const;
type Kind = (typeof KINDS)[number]['id'];

interface Props {
  readonly executions: readonly ExecutionItem[] | undefined;
}

export function RecentList({ executions }: Props): ReactNode {
  const [kind, setKind] = useState<Kind>('failures');
  const failures = executions?.filter((one) => !['RUNNING', 'SUCCEEDED'].includes(one.status));
  const rows = (kind === 'failures' ? failures : executions)?.slice(0, SHOWN);
  return (
    <Panel
      flush
      title="Recent executions"
      side={<Segments label="Which executions" value={kind} options={KINDS} onChange={setKind} />}
    >
      {!rows ? (
        <div className="body">
          <Skeleton lines={6} />
        </div>
      ) : rows.length === 0 ? (
        <Empty
          icon="check"
          title={kind === 'failures' ? 'Nothing has failed' : 'Nothing has run yet'}
        />
      ) : (
        <List rows={rows} />
      )}
    </Panel>
  );
}

function List({ rows }: { rows: readonly ExecutionItem[] }): ReactNode {
  const now = useNow(2000);
  return (
    <ul className="recent">
      {rows.map((row) => (
        <li key={row.executionArn}>
          <ExecutionStatusChip status={row.status} />
          <span className="grow cut">
            <Link to={executionPath(row.executionArn)} title={row.name}>
              {row.stateMachineName}
            </Link>{' '}
            <span className="faint mono">{row.name}</span>
            <div className="dim cut">{row.error ?? ''}</div>
          </span>
          <span className="dim num">{duration(elapsed(row, now))}</span>
          <span className="dim when">{ago(row.startDate * 1000, now)}</span>
        </li>
      ))}
    </ul>
  );
}
