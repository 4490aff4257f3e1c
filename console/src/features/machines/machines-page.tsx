/** All state machines with how their last runs went. */
import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { groupBy } from '../../../../src/ground/group.ts';
import { executionsQuery } from '../../api/executions.ts';
import { machinesQuery } from '../../api/machines.ts';
import type { ExecutionItem, StateMachineItem } from '../../api/types.ts';
import { ago, stamp } from '../../model/format.ts';
import { machinePath } from '../../model/paths.ts';
import { RunTicks } from '../../parts/executions/run-ticks.tsx';
import { Page } from '../../parts/page/page.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { Empty, ErrorNotice, Panel, useNow } from '../../parts/ui/basics.tsx';

const RECENT = 500;

export function MachinesPage(): ReactNode {
  const navigate = useNavigate();
  const machines = useQuery(machinesQuery);
  const recent = useQuery(executionsQuery({ limit: RECENT }));
  const now = useNow(10_000);
  const create = (
    <Button
      variant="primary"
      onClick={() => navigate({ to: '/machines/create' })}
      data-testid="create-machine"
    >
      Create state machine
    </Button>
  );
  return (
    <Page title="State machines" actions={create}>
      {machines.error && <ErrorNotice error={machines.error} retry={() => machines.refetch()} />}
      <Panel flush>
        <DataTable
          label="State machines"
          columns={columnsFor(recent.data?.executions ?? [], now)}
          rows={machines.error ? [] : machines.data}
          rowKey={(row) => row.stateMachineArn}
          rowTestId="machine-row"
          initialSort="name"
          empty={
            <Empty icon="machine" title="No state machines yet">
              <p>
                A state machine is a workflow in the Amazon States Language. Write one here, or
                create it with an SDK, the CLI or your infrastructure tool.
              </p>
              {create}
            </Empty>
          }
        />
      </Panel>
    </Page>
  );
}

function columnsFor(recent: readonly ExecutionItem[], now: number): Column<StateMachineItem>[] {
  const byMachine = groupBy(recent, (execution) => execution.stateMachineArn);
  const of = (row: StateMachineItem): readonly ExecutionItem[] =>
    byMachine.get(row.stateMachineArn) ?? [];
  return [
    {
      id: 'name',
      title: 'Name',
      wide: true,
      cell: (row) => <Link to={machinePath(row.stateMachineArn)}>{row.name}</Link>,
      sort: (row) => row.name.toLowerCase(),
    },
    {
      id: 'type',
      title: 'Type',
      cell: (row) => (row.type === 'EXPRESS' ? 'Express' : 'Standard'),
      sort: (row) => row.type,
    },
    {
      id: 'recent',
      title: 'Last runs',
      cell: (row) => <RunTicks executions={of(row).slice(0, 24)} />,
    },
    {
      id: 'last',
      title: 'Last run',
      cell: (row) => {
        const last = of(row)[0];
        return last ? ago(last.startDate * 1000, now) : <span className="faint">–</span>;
      },
      sort: (row) => of(row)[0]?.startDate ?? 0,
    },
    {
      id: 'created',
      title: 'Created',
      cell: (row) => <span className="num">{stamp(row.creationDate * 1000)}</span>,
      sort: (row) => row.creationDate,
    },
  ];
}
