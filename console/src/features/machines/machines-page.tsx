/** All state machines with how their last runs went. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { groupBy } from '../../../../src/ground/group.ts';
import { executionsQuery } from '../../api/executions.ts';
import { machinesQuery } from '../../api/machines.ts';
import { ago, stamp } from '../../model/format.ts';
import { machinePath } from '../../model/paths.ts';
import type { ExecutionItem, StateMachineItem } from '../../model/shapes.ts';
import { RunTicks } from '../../parts/executions/run-ticks.tsx';
import { Page } from '../../parts/page/page.tsx';
import { usePlace } from '../../parts/page/place.ts';
import type { Column } from '../../parts/table/column.ts';
import { NameFilter, NothingFits, useNameFilter } from '../../parts/table/name-filter.tsx';
import { ResourceTable } from '../../parts/table/resource-table.tsx';
import { listedRows } from '../../parts/table/rows.ts';
import { Empty, useNow } from '../../parts/ui/basics.tsx';
import { Button } from '../../parts/ui/button.tsx';

const RECENT = 500;

export function MachinesPage(): ReactNode {
  const navigate = useNavigate();
  const place = usePlace();
  const source = listedRows('machines', useQuery(machinesQuery(place)));
  const recent = useQuery(executionsQuery(place, { limit: RECENT }));
  const now = useNow(10_000);
  const { filtered, isFiltered } = useNameFilter(source, ({ name }) => name);
  const create = (
    <Button
      kind="primary"
      onClick={() => navigate({ to: '/machines/create' })}
      testId="create-machine"
    >
      Create state machine
    </Button>
  );
  return (
    <Page full title="State machines" actions={create}>
      <ResourceTable
        id="machines"
        label="State machines"
        noun={['state machine', 'state machines']}
        source={filtered}
        rowKey={(row) => row.stateMachineArn}
        columns={columnsFor(recent.data?.executions ?? [], now)}
        initialSort="name"
        filters={<NameFilter />}
        pathOf={(row) => machinePath(row.stateMachineArn)}
        rowTestId={() => 'machine-row'}
        empty={isFiltered ? <NothingFits /> : <NoMachines>{create}</NoMachines>}
      />
    </Page>
  );
}

function NoMachines({ children }: { children: ReactNode }): ReactNode {
  return (
    <Empty icon="machine" title="No state machines yet">
      <p>
        A state machine is a workflow in the Amazon States Language. Write one here, or create it
        with an SDK, the CLI or your infrastructure tool.
      </p>
      {children}
    </Empty>
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
      cell: (row) => <Link to={machinePath(row.stateMachineArn)}>{row.name}</Link>,
      sort: (row) => row.name.toLowerCase(),
    },
    {
      id: 'type',
      title: 'Type',
      width: 100,
      cell: (row) => (row.type === 'EXPRESS' ? 'Express' : 'Standard'),
      sort: (row) => row.type,
    },
    {
      id: 'recent',
      title: 'Last runs',
      width: 200,
      cell: (row) => <RunTicks executions={of(row).slice(0, 24)} />,
    },
    {
      id: 'last',
      title: 'Last run',
      width: 110,
      cell: (row) => {
        const last = of(row)[0];
        return last ? ago(last.startDate * 1000, now) : <span className="faint">–</span>;
      },
      sort: (row) => of(row)[0]?.startDate ?? 0,
    },
    {
      id: 'created',
      title: 'Created',
      width: 170,
      cell: (row) => <span className="num">{stamp(row.creationDate * 1000)}</span>,
      sort: (row) => row.creationDate,
    },
  ];
}
