/** All log groups. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { bytes, stamp } from '../../model/format.ts';
import { logGroupPath } from '../../model/paths.ts';
import type { LogGroup } from '../../model/shapes.ts';
import { Page } from '../../parts/page/page.tsx';
import { usePlace } from '../../parts/page/place.ts';
import type { Column } from '../../parts/table/column.ts';
import { NameFilter, NothingFits, useNameFilter } from '../../parts/table/name-filter.tsx';
import { ResourceTable } from '../../parts/table/resource-table.tsx';
import { listedRows } from '../../parts/table/rows.ts';
import { Empty } from '../../parts/ui/basics.tsx';
import { logGroupsQuery } from './queries.ts';

export function GroupsPage(): ReactNode {
  const source = listedRows('log groups', useQuery(logGroupsQuery(usePlace())));
  const { filtered, isFiltered } = useNameFilter(source, (row) => row.logGroupName);
  return (
    <Page full title="Logs">
      <ResourceTable
        id="log-groups"
        label="Log groups"
        noun={['log group', 'log groups']}
        source={filtered}
        rowKey={(row) => row.logGroupName}
        columns={COLUMNS}
        initialSort="name"
        filters={<NameFilter />}
        pathOf={(row) => logGroupPath(row.logGroupName)}
        rowTestId={() => 'log-group-row'}
        empty={isFiltered ? <NothingFits /> : <NoGroups />}
      />
    </Page>
  );
}

function NoGroups(): ReactNode {
  return (
    <Empty icon="log" title="No log groups yet">
      <p>A function's first invocation makes its group, /aws/lambda/ and its name.</p>
    </Empty>
  );
}

const COLUMNS: readonly Column<LogGroup>[] = [
  {
    id: 'name',
    title: 'Group',
    cell: (row) => <Link to={logGroupPath(row.logGroupName)}>{row.logGroupName}</Link>,
    sort: (row) => row.logGroupName,
  },
  {
    id: 'retention',
    title: 'Kept for',
    width: 110,
    align: 'right',
    cell: (row) => (row.retentionInDays ? `${row.retentionInDays} days` : 'ever'),
    sort: (row) => row.retentionInDays ?? Number.POSITIVE_INFINITY,
  },
  {
    id: 'size',
    title: 'Stored',
    width: 110,
    align: 'right',
    cell: (row) => bytes(row.storedBytes),
    sort: (row) => row.storedBytes ?? 0,
  },
  {
    id: 'created',
    title: 'Created',
    width: 170,
    cell: (row) => (
      <span className="num">{row.creationTime === undefined ? '–' : stamp(row.creationTime)}</span>
    ),
    sort: (row) => row.creationTime ?? 0,
  },
];
