/** All log groups. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { LogGroup } from '../../api/types.ts';
import { bytes, stamp } from '../../model/format.ts';
import { Page } from '../../parts/page/page.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { Empty, ErrorNotice, Panel } from '../../parts/ui/basics.tsx';
import { logGroupsQuery } from './queries.ts';

export function GroupsPage(): ReactNode {
  const query = useQuery(logGroupsQuery);
  return (
    <Page title="Logs">
      {query.error && <ErrorNotice error={query.error} retry={() => query.refetch()} />}
      <Panel flush>
        <DataTable
          label="Log groups"
          columns={COLUMNS}
          rows={query.error ? [] : query.data}
          rowKey={(row) => row.logGroupName}
          rowTestId="log-group-row"
          initialSort="name"
          empty={
            <Empty icon="log" title="No log groups yet">
              <p>A function's first invocation makes its group, /aws/lambda/ and its name.</p>
            </Empty>
          }
        />
      </Panel>
    </Page>
  );
}

const COLUMNS: readonly Column<LogGroup>[] = [
  {
    id: 'name',
    title: 'Group',
    wide: true,
    cell: (row) => (
      <Link to={`/logs/${encodeURIComponent(row.logGroupName)}`}>{row.logGroupName}</Link>
    ),
    sort: (row) => row.logGroupName,
  },
  {
    id: 'retention',
    title: 'Kept for',
    align: 'right',
    cell: (row) => (row.retentionInDays ? `${row.retentionInDays} days` : 'ever'),
    sort: (row) => row.retentionInDays ?? Number.POSITIVE_INFINITY,
  },
  {
    id: 'size',
    title: 'Stored',
    align: 'right',
    cell: (row) => bytes(row.storedBytes),
    sort: (row) => row.storedBytes ?? 0,
  },
  {
    id: 'created',
    title: 'Created',
    cell: (row) => (
      <span className="num">{row.creationTime === undefined ? '–' : stamp(row.creationTime)}</span>
    ),
    sort: (row) => row.creationTime ?? 0,
  },
];
