/** Executions of one machine or of all, filtered by what stands in the address. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type ExecutionFilter, readExecutions } from '../../api/executions.ts';
import { elapsed, lastChange } from '../../model/execution.ts';
import { clock, duration } from '../../model/format.ts';
import { executionPath, machinePath, tracePath } from '../../model/paths.ts';
import type { Place } from '../../model/place.ts';
import type { ExecutionItem } from '../../model/shapes.ts';
import { useAddress, usePatch } from '../page/address.ts';
import type { Column } from '../table/column.ts';
import { usePagedRows } from '../table/paged-rows.ts';
import { ResourceTable } from '../table/resource-table.tsx';
import type { Rows } from '../table/rows.ts';
import { Empty, useNow } from '../ui/basics.tsx';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { RangePicker, useRange } from '../ui/range-picker.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { EXECUTION_LOOKS, ExecutionStatusChip } from '../ui/status.tsx';
import { BulkStop } from './bulk-stop.tsx';

const PAGE = 100;
const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
const STATUS_OPTIONS = [
  { value: '', label: 'Any status' },
  ...STATUSES.map((value) => ({ value, label: EXECUTION_LOOKS[value].label })),
];
const WEEK_MINUTES = 10_080;

interface Props {
  readonly place: Place;
  /** Its ARN; undefined lists all machines. */
  readonly machine?: string;
  readonly empty: ReactNode;
}

export function ExecutionsTable({ place, machine, empty }: Props): ReactNode {
  const { status, name, timeRange } = useAddress();
  const source = useExecutions(place, machine);
  const isRunning = source.rows?.some((row) => row.status === 'RUNNING') ?? false;
  const now = useNow(isRunning ? 1000 : 10_000);
  return (
    <ResourceTable
      id="executions"
      label="Executions"
      title="Executions"
      noun={['execution', 'executions']}
      source={source}
      rowKey={(row) => row.executionArn}
      columns={columnsFor(now, machine === undefined)}
      initialSort="-change"
      filters={<Filters />}
      pathOf={(row) => executionPath(row.executionArn)}
      rowTestId={() => 'execution-row'}
      bulk={(rows, clear) => <BulkStop rows={rows} onDone={clear} />}
      empty={status || name || timeRange ? <NothingFits /> : empty}
    />
  );
}

function useExecutions(place: Place, machine: string | undefined): Rows<ExecutionItem> {
  const { status, name } = useAddress();
  const range = useRange(WEEK_MINUTES);
  const filter: ExecutionFilter = { machine, status, name, limit: PAGE };
  return usePagedRows({
    queryKey: ['executions', place, filter, range.text],
    question: () => {
      const { from, to } = range.window();
      // What starts while we look belongs to "the last hour".
      const until = range.range.kind === 'absolute' ? { to: to / 1000 } : {};
      return { ...filter, from: from / 1000, ...until };
    },
    read: async (question, token, signal) => {
      const { executions, nextToken } = await readExecutions(place, question, token, signal);
      return { rows: executions, nextToken };
    },
    rowKey: (row) => row.executionArn,
    everyMs: 10_000,
  });
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
  const { status = '', name = '' } = useAddress();
  const patch = usePatch();
  const range = useRange(WEEK_MINUTES);
  return (
    <div className="filters">
      <SearchField value={name} label="Name contains" onChange={(next) => patch({ name: next })} />
      <Choice
        options={STATUS_OPTIONS}
        value={STATUS_OPTIONS.some((option) => option.value === status) ? status : ''}
        label="Status"
        testId="status-filter"
        onChange={(next) => patch({ status: next })}
      />
      <RangePicker range={range.range} minutesMax={525_600} />
    </div>
  );
}

function columnsFor(now: number, withMachine: boolean): Column<ExecutionItem>[] {
  const time = (ms: number): ReactNode => <span className="num">{clock(ms, now)}</span>;
  const machine: Column<ExecutionItem> = {
    id: 'machine',
    title: 'State machine',
    width: 150,
    narrow: 124,
    cell: (row) => (
      <Link to={machinePath(row.stateMachineArn)} title={row.stateMachineName}>
        {row.stateMachineName}
      </Link>
    ),
    sort: (row) => row.stateMachineName,
  };
  return [
    {
      id: 'name',
      title: 'Name',
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
      width: 116,
      cell: (row) => <ExecutionStatusChip status={row.status} />,
      sort: (row) => row.status,
    },
    {
      id: 'error',
      title: 'Error',
      width: 130,
      narrow: 104,
      cell: (row) => row.error && <span title={row.error}>{row.error}</span>,
      sort: (row) => row.error ?? '',
    },
    {
      id: 'start',
      title: 'Started',
      width: 146,
      narrow: 96,
      cell: (row) => time(row.startDate * 1000),
      sort: (row) => row.startDate,
    },
    {
      id: 'change',
      title: 'Last change',
      help: 'When it ended; of one that runs, when it was started or redriven',
      width: 146,
      isExtra: true,
      cell: (row) => time(lastChange(row) * 1000),
      sort: lastChange,
    },
    {
      id: 'duration',
      title: 'Duration',
      width: 104,
      narrow: 92,
      align: 'right',
      cell: (row) => duration(elapsed(row, now)),
      sort: (row) => elapsed(row, now),
    },
    {
      id: 'trace',
      title: 'Trace',
      width: 64,
      narrow: 58,
      cell: (row) => row.traceId && <Link to={tracePath(row.traceId)}>Trace</Link>,
    },
  ];
}
