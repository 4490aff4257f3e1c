/** What runs, what failed last, and how to connect. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { executionsQuery } from '../../api/executions.ts';
import { machinesQuery } from '../../api/machines.ts';
import { Page } from '../../parts/page/page.tsx';
import { usePlace } from '../../parts/page/place.ts';
import { Empty, ErrorNotice, Panel } from '../../parts/ui/basics.tsx';
import { Cards } from './cards.tsx';
import { ConnectTabs } from './connect.tsx';
import { MachineHealth } from './machine-health.tsx';
import { MapPreview } from './map-preview.tsx';
import { RECENT } from './recent.ts';
import { RecentList } from './recent-list.tsx';
import './overview.css';

export function OverviewPage(): ReactNode {
  const place = usePlace();
  const recent = useQuery(executionsQuery(place, { limit: RECENT }));
  const machines = useQuery(machinesQuery(place));
  const executions = recent.data?.executions;
  const isEmpty = machines.data?.items.length === 0 && executions?.length === 0;
  return (
    <Page title="Overview">
      {recent.error && <ErrorNotice error={recent.error} retry={() => recent.refetch()} />}
      <Cards executions={executions} />
      {isEmpty ? (
        <Welcome />
      ) : (
        <>
          <div className="grid-2">
            <RecentList executions={executions} />
            <MapPreview />
          </div>
          <MachineHealth executions={executions ?? []} />
          <Panel title="Connect">
            <ConnectTabs />
          </Panel>
        </>
      )}
    </Page>
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
