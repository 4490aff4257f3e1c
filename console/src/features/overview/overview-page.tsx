/** What runs, what failed last, and how to connect. */
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { groupBy } from '../../../../src/ground/group.ts';
import { executionsQuery } from '../../api/executions.ts';
import { functionsQuery } from '../../api/functions.ts';
import { healthQuery } from '../../api/health.ts';
import { machinesQuery } from '../../api/machines.ts';
import { mapQuery } from '../../api/map.ts';
import { usePlace } from '../../api/place.ts';
import type { ExecutionItem } from '../../api/types.ts';
import { CONNECTIONS } from '../../model/connect.ts';
import { elapsed } from '../../model/execution.ts';
import { ago, count, duration, percent } from '../../model/format.ts';
import { executionPath, machinePath } from '../../model/paths.ts';
import { RunTicks } from '../../parts/executions/run-ticks.tsx';
import { ServiceGraph } from '../../parts/map/service-graph.tsx';
import { usePatch } from '../../parts/page/address.ts';
import { Page } from '../../parts/page/page.tsx';
import { Empty, ErrorNotice, Panel, Skeleton, Snippet, useNow } from '../../parts/ui/basics.tsx';
import { ExecutionStatusChip } from '../../parts/ui/status.tsx';

const RECENT = 500;
const HOUR_MS = 3_600_000;

export function OverviewPage(): ReactNode {
  const recent = useQuery(executionsQuery({ limit: RECENT }));
  const machines = useQuery(machinesQuery);
  const isEmpty = machines.data?.length === 0 && recent.data?.executions.length === 0;
  return (
    <Page title="Overview">
      {recent.error && <ErrorNotice error={recent.error} retry={() => recent.refetch()} />}
      <Cards executions={recent.data?.executions} />
      {isEmpty ? (
        <Welcome />
      ) : (
        <>
          <div className="grid-2">
            <RecentList executions={recent.data?.executions} />
            <MapPreview />
          </div>
          <MachineHealth executions={recent.data?.executions ?? []} />
          <Connect />
        </>
      )}
    </Page>
  );
}

function Cards({ executions }: { executions: readonly ExecutionItem[] | undefined }): ReactNode {
  const machines = useQuery(machinesQuery);
  const functions = useQuery(functionsQuery);
  const running = useQuery(executionsQuery({ status: 'RUNNING', limit: RECENT }));
  const { data: health } = useQuery(healthQuery);
  const now = useNow(10_000);
  const lastHour = (executions ?? []).filter((one) => one.startDate * 1000 > now - HOUR_MS);
  const ended = lastHour.filter((one) => one.status !== 'RUNNING');
  const failed = ended.filter((one) => !['SUCCEEDED', 'ABORTED'].includes(one.status)).length;
  const open = running.data?.executions.length;
  return (
    <div className="cards">
      <Card to="/machines" label="State machines" value={machines.data?.length} />
      <Card to="/functions" label="Functions" value={functions.data?.length} />
      <Card
        to="/executions"
        search={{ status: 'RUNNING' }}
        label="Running now"
        value={open}
        isMore={running.data?.nextToken !== undefined}
      />
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
      {health?.uptimeSeconds !== undefined && (
        <div className="card">
          <div className="label">Server up for</div>
          <div className="value">{duration(health.uptimeSeconds * 1000)}</div>
        </div>
      )}
    </div>
  );
}

function Card(props: {
  to: string;
  search?: Record<string, string>;
  label: string;
  value: number | undefined;
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

function RecentList({
  executions,
}: {
  executions: readonly ExecutionItem[] | undefined;
}): ReactNode {
  const [kind, setKind] = useState<'failures' | 'all'>('failures');
  const now = useNow(2000);
  const failures = executions?.filter((one) => !['RUNNING', 'SUCCEEDED'].includes(one.status));
  const rows = (kind === 'failures' ? failures : executions)?.slice(0, 8);
  return (
    <Panel
      flush
      title="Recent executions"
      side={
        <SegmentedControl
          label="Which executions"
          selectedId={kind}
          options={[
            { id: 'failures', text: 'Failures' },
            { id: 'all', text: 'All' },
          ]}
          onChange={({ detail }) => setKind(detail.selectedId as typeof kind)}
        />
      }
    >
      {!rows ? (
        <div style={{ padding: 14 }}>
          <Skeleton lines={6} />
        </div>
      ) : rows.length === 0 ? (
        <Empty
          icon="check"
          title={kind === 'failures' ? 'Nothing has failed' : 'Nothing has run yet'}
        />
      ) : (
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
      )}
    </Panel>
  );
}

function MapPreview(): ReactNode {
  const query = useQuery(
    mapQuery('overview', () => ({ from: Date.now() - HOUR_MS, to: Date.now() })),
  );
  const patch = usePatch();
  const services = query.data?.services ?? [];
  return (
    <Panel
      flush
      className="fill"
      title="Service map, last hour"
      side={<Link to="/map">Open map</Link>}
    >
      <div className="drawing" style={{ minHeight: 330 }}>
        {services.length > 0 ? (
          <ServiceGraph
            services={services}
            minutes={60}
            selected={undefined}
            onSelect={() => patch({})}
            fitKey={services.map((service) => service.Name).join()}
          />
        ) : (
          <Empty icon="map" title="No traces in the last hour">
            <p>Runs with tracing on appear here.</p>
          </Empty>
        )}
      </div>
    </Panel>
  );
}

function MachineHealth({ executions }: { executions: readonly ExecutionItem[] }): ReactNode {
  const byMachine = [...groupBy(executions, (one) => one.stateMachineArn)].slice(0, 12);
  if (byMachine.length === 0) return null;
  return (
    <Panel flush title="State machines">
      <ul className="recent">
        {byMachine.map(([arn, runs]) => {
          const ended = runs.filter((run) => run.status !== 'RUNNING');
          const ok = ended.filter((run) => run.status === 'SUCCEEDED').length;
          return (
            <li key={arn}>
              <span className="grow cut">
                <Link to={machinePath(arn)}>{runs[0]!.stateMachineName}</Link>
              </span>
              <RunTicks executions={runs.slice(0, 40)} />
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

function Welcome(): ReactNode {
  return (
    <Panel>
      <Empty icon="run" title="Steplight is running and waits for your first workflow">
        <p>
          Point your AWS SDK, the CLI or your infrastructure tool at <code>{location.origin}</code>,
          or <Link to="/machines/create">write a state machine here</Link>. To see a whole example
          with functions, failures and traces, run <code>npm run demo</code>.
        </p>
      </Empty>
      <ConnectTabs />
    </Panel>
  );
}

function Connect(): ReactNode {
  return (
    <Panel title="Connect">
      <ConnectTabs />
    </Panel>
  );
}

function ConnectTabs(): ReactNode {
  const [id, setId] = useState(CONNECTIONS[0]!.id);
  const place = usePlace();
  const chosen = CONNECTIONS.find((one) => one.id === id) ?? CONNECTIONS[0]!;
  return (
    <div className="stack">
      <SegmentedControl
        label="Client"
        selectedId={id}
        options={CONNECTIONS.map((one) => ({ id: one.id, text: one.title }))}
        onChange={({ detail }) => setId(detail.selectedId)}
      />
      <Snippet text={chosen.text(place)} />
    </div>
  );
}
