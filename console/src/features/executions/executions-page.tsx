/** Executions of all state machines. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ExecutionsTable } from '../../parts/executions/executions-table.tsx';
import { Page } from '../../parts/page/page.tsx';
import { usePlace } from '../../parts/page/place.ts';
import { Empty } from '../../parts/ui/basics.tsx';

export function ExecutionsPage(): ReactNode {
  return (
    <Page full title="Executions">
      <ExecutionsTable
        place={usePlace()}
        empty={
          <Empty icon="run" title="Nothing has run yet">
            <p>
              Start an execution from a <Link to="/machines">state machine</Link>, or with
              StartExecution from an SDK or the CLI. It appears here at once.
            </p>
          </Empty>
        }
      />
    </Page>
  );
}
