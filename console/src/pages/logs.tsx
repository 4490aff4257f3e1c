/** Log groups, and the streams and lines of one. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { logGroupsQuery, logStreamsQuery } from '../api/queries.ts';
import type { LogGroup } from '../api/types.ts';
import { Page } from '../app/page.tsx';
import { useAddress, usePatch, usePathParam } from '../app/search.ts';
import { ago, bytes, stamp } from '../model/format.ts';
import { type Column, DataTable } from '../parts/table/data-table.tsx';
import { Empty, ErrorNotice, Panel, Skeleton, useNow } from '../parts/ui/basics.tsx';
import { LogTail } from './logs/log-tail.tsx';

export function LogGroupsPage(): ReactNode {
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

export function LogGroupPage(): ReactNode {
  const group = usePathParam('group');
  const { stream } = useAddress();
  return (
    <Page full title={group} under={[{ text: 'Logs', to: '/logs' }]}>
      <div className="log-split">
        <Streams group={group} selected={stream} />
        <LogTail group={group} {...(stream ? { stream } : {})} height="calc(100vh - 190px)" />
      </div>
    </Page>
  );
}

function Streams({ group, selected }: { group: string; selected: string | undefined }): ReactNode {
  const query = useQuery(logStreamsQuery(group));
  const patch = usePatch();
  const now = useNow(10_000);
  return (
    <Panel flush className="fill" title="Streams">
      {query.isPending ? (
        <div style={{ padding: 14 }}>
          <Skeleton lines={5} />
        </div>
      ) : (
        <ul className="streams">
          <li>
            <button type="button" aria-pressed={!selected} onClick={() => patch({ stream: '' })}>
              All streams
            </button>
          </li>
          {query.data?.map((stream) => (
            <li key={stream.logStreamName}>
              <button
                type="button"
                aria-pressed={stream.logStreamName === selected}
                onClick={() => patch({ stream: stream.logStreamName })}
                title={stream.logStreamName}
              >
                <span className="cut">{stream.logStreamName}</span>
                <span className="faint">
                  {stream.lastEventTimestamp ? ago(stream.lastEventTimestamp, now) : 'empty'}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
