/** The counts at the top, each leading to what it counts. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { executionsQuery } from '../../api/executions.ts';
import { functionsQuery } from '../../api/functions.ts';
import { healthQuery } from '../../api/health.ts';
import { machinesQuery } from '../../api/machines.ts';
import { count, duration, percent } from '../../model/format.ts';
import type { ExecutionItem } from '../../model/shapes.ts';
import { usePlace } from '../../parts/page/place.ts';
import { useNow } from '../../parts/ui/basics.tsx';
import { HOUR_MS, RECENT } from './recent.ts';

interface Props {
  readonly executions: readonly ExecutionItem[] | undefined;
}

export function Cards({ executions }: Props): ReactNode {
  const place = usePlace();
  const machines = useQuery(machinesQuery(place));
  const functions = useQuery(functionsQuery(place));
  const running = useQuery(executionsQuery(place, { status: 'RUNNING', limit: RECENT }));
  const { data: health } = useQuery(healthQuery);
  return (
    <div className="cards">
      <Card to="/machines" label="State machines" value={machines.data?.items.length} />
      <Card to="/functions" label="Functions" value={functions.data?.items.length} />
      <Card
        to="/executions"
        search={{ status: 'RUNNING' }}
        label="Running now"
        value={running.data?.executions.length}
        isMore={running.data?.nextToken !== undefined}
      />
      <LastHour executions={executions} />
      {health?.uptimeSeconds !== undefined && (
        <div className="card">
          <div className="label">Server up for</div>
          <div className="value">{duration(health.uptimeSeconds * 1000)}</div>
        </div>
      )}
    </div>
  );
}

function LastHour({ executions }: Props): ReactNode {
  const now = useNow(10_000);
  const lastHour = (executions ?? []).filter((one) => one.startDate * 1000 > now - HOUR_MS);
  const ended = lastHour.filter((one) => one.status !== 'RUNNING');
  const failed = ended.filter((one) => !['SUCCEEDED', 'ABORTED'].includes(one.status)).length;
  return (
    <>
      <Card
        to="/executions"
        search={{ timeRange: 'PT1H' }}
        label="Started in the last hour"
        value={executions ? lastHour.length : undefined}
        isMore={lastHour.length === RECENT}
      />
      <Card
        to="/executions"
        search={{ status: 'FAILED', timeRange: 'PT1H' }}
        label="Failed in the last hour"
        value={executions ? failed : undefined}
        detail={ended.length > 0 ? percent(failed / ended.length) : undefined}
      />
    </>
  );
}

function Card(props: {
  to: string;
  search?: Record<string, string>;
  label: string;
  value: number | undefined;
  /** There are more than were counted. */
  isMore?: boolean;
  detail?: string | undefined;
}): ReactNode {
  const { to, search, label, value, isMore, detail } = props;
  return (
    <Link className="card" to={to} {...(search ? { search } : {})}>
      <div className="label">{label}</div>
      <div className="value">
        {value === undefined ? '–' : `${count(value)}${isMore ? '+' : ''}`}{' '}
        {detail && <span className="more-text">{detail}</span>}
      </div>
    </Link>
  );
}
