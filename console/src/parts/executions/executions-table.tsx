/** Executions of one machine or of all, filtered by what stands in the address. */
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { type ExecutionFilter, fetchExecutions } from '../../api/executions.ts';
import type { ExecutionItem } from '../../api/types.ts';
import { elapsed } from '../../model/execution.ts';
import { clock, duration } from '../../model/format.ts';
import { executionPath, machinePath, tracePath } from '../../model/paths.ts';
import { useAddress, usePatch } from '../page/address.ts';
import { type Column, DataTable } from '../table/data-table.tsx';
import { Empty, ErrorNotice, Panel, useNow } from '../ui/basics.tsx';
import { RangePicker, useRange } from '../ui/range-picker.tsx';
import { EXECUTION_LOOKS, ExecutionStatusChip } from '../ui/status.tsx';

const PAGE = 50;
const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
const ANY = { value: '', label: 'Any status' };
const WEEK_MINUTES = 10_080;

/** `machine`: its ARN; undefined lists all machines. */
export function ExecutionsTable(props: { machine?: string; empty: ReactNode }): ReactNode {
  const address = useAddress();
  const range = useRange(WEEK_MINUTES);
  const filter: ExecutionFilter = {
    machine: props.machine,
    status: address.status,
    name: address.name,
    limit: PAGE,
  };
  const query = useInfiniteQuery({
    queryKey: ['executions', filter, range.text],
    queryFn: ({ pageParam, signal }) => {
      const { from, to } = range.window();
      const until = range.range.kind === 'absolute' ? { to: to / 1000 } : {};
      return fetchExecutions({ ...filter, from: from / 1000, ...until }, pageParam, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextToken,
    placeholderData: (old) => old,
    refetchInterval: 10_000,
  });
  const rows = query.data?.pages.flatMap((page) => page.executions);
  const isRunning = rows?.some((row) => row.status === 'RUNNING') ?? false;
  const now = useNow(isRunning ? 1000 : 10_000);
  const isFiltered = Boolean(address.status || address.name || address.timeRange);
  return (
    <Panel flush title="Executions" side={<Filters />}>
      {query.error && <ErrorNotice error={query.error} retry={() => query.refetch()} />}
      <DataTable
        label="Executions"
        columns={columnsFor(now, props.machine === undefined)}
        rows={query.error && !rows ? [] : rows}
        rowKey={(row) => row.executionArn}
        rowTestId="execution-row"
        initialSort="-start"
        empty={isFiltered ? <NothingFits /> : props.empty}
      />
      {query.hasNextPage && (
        <div className="more">
          <Button loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </Panel>
  );
}

function NothingFits(): ReactNode {
  const patch = usePatch();
  return (
    <Empty icon="search" title="No execution fits these filters">
      <Button onClick={() => patch({ status: '', name: '', timeRange: '' })}>Clear filters</Button>
    </Empty>
  );
}

function Filters(): ReactNode {
  const address = useAddress();
  const patch = usePatch();
  const range = useRange(WEEK_MINUTES);
  const [name, setName] = useState(address.name ?? '');
  useEffect(() => setName(address.name ?? ''), [address.name]);
  useEffect(() => {
    if (name === (address.name ?? '')) return;
    const timer = setTimeout(() => patch({ name }), 250);
    return () => clearTimeout(timer);
  }, [name, address.name, patch]);
  const options = [
    ANY,
    ...STATUSES.map((value) => ({ value, label: EXECUTION_LOOKS[value].label })),
  ];
  const chosen = options.find((option) => option.value === (address.status ?? '')) ?? ANY;
  return (
    <div className="filters">
      <Input
        type="search"
        value={name}
        placeholder="Name contains"
        ariaLabel="Name contains"
        clearAriaLabel="Clear"
        onChange={({ detail }) => setName(detail.value)}
      />
      <Select
        selectedOption={chosen}
        options={options}
        ariaLabel="Status"
        data-testid="status-filter"
        onChange={({ detail }) => patch({ status: detail.selectedOption.value ?? '' })}
      />
      <RangePicker range={range.range} minutesMax={525_600} />
    </div>
  );
}

function columnsFor(now: number, withMachine: boolean): Column<ExecutionItem>[] {
  const machine: Column<ExecutionItem> = {
    id: 'machine',
    title: 'State machine',
    cell: (row) => <Link to={machinePath(row.stateMachineArn)}>{row.stateMachineName}</Link>,
    sort: (row) => row.stateMachineName,
  };
  return [
    {
      id: 'name',
      title: 'Name',
      wide: true,
      cell: (row) => (
        <Link to={executionPath(row.executionArn)} title={row.name} className="mono">
          {row.name}
        </Link>
      ),
      sort: (row) => row.name,
    },
    ...(withMachine ? [machine] : []),
    {
      id: 'status',
      title: 'Status',
      cell: (row) => <ExecutionStatusChip status={row.status} />,
      sort: (row) => row.status,
    },
    {
      id: 'error',
      title: 'Error',
      cell: (row) => (row.error ? <span className="dim">{row.error}</span> : null),
      sort: (row) => row.error ?? '',
    },
    {
      id: 'start',
      title: 'Started',
      cell: (row) => (
        <span className="num" style={{ whiteSpace: 'nowrap' }}>
          {clock(row.startDate * 1000, now)}
        </span>
      ),
      sort: (row) => row.startDate,
    },
    {
      id: 'duration',
      title: 'Duration',
      align: 'right',
      cell: (row) => duration(elapsed(row, now)),
      sort: (row) => elapsed(row, now),
    },
    {
      id: 'trace',
      title: 'Trace',
      cell: (row) => (row.traceId ? <Link to={tracePath(row.traceId)}>Trace</Link> : null),
    },
  ];
}
