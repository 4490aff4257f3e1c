/** The streams of a log group, the one last written to first; one or all of them are read. */
import type { ReactNode } from 'react';
import { ago } from '../../model/format.ts';
import type { LogStream } from '../../model/shapes.ts';
import { usePatch } from '../../parts/page/address.ts';
import { usePlace } from '../../parts/page/place.ts';
import type { Column } from '../../parts/table/column.ts';
import { usePagedRows } from '../../parts/table/paged-rows.ts';
import { ResourceTable } from '../../parts/table/resource-table.tsx';
import { Empty, useNow } from '../../parts/ui/basics.tsx';
import { readStreams } from './queries.ts';

export function Streams(props: { group: string; chosen: string | undefined }): ReactNode {
  const { group, chosen } = props;
  const patch = usePatch();
  const place = usePlace();
  const now = useNow(10_000);
  const source = usePagedRows({
    queryKey: ['logs', 'streams', place, group],
    question: () => ({ place, group }),
    read: readStreams,
    rowKey: (row) => row.logStreamName,
  });
  return (
    <ResourceTable
      id="log-streams"
      label="Streams"
      title="Streams"
      noun={['stream', 'streams']}
      source={source}
      rowKey={(row) => row.logStreamName}
      columns={columnsFor(now)}
      filters={
        <button
          type="button"
          className="toggle"
          aria-pressed={!chosen}
          onClick={() => patch({ stream: '' })}
        >
          All streams
        </button>
      }
      onPick={(row) => patch({ stream: row.logStreamName })}
      picked={chosen}
      rowTestId={() => 'log-stream-row'}
      empty={<Empty icon="log" title="No streams" />}
    />
  );
}

function columnsFor(now: number): Column<LogStream>[] {
  return [
    {
      id: 'name',
      title: 'Stream',
      cell: (row) => <span title={row.logStreamName}>{row.logStreamName}</span>,
    },
    {
      id: 'last',
      title: 'Last event',
      width: 108,
      cell: (row) => (
        <span className="faint">
          {row.lastEventTimestamp ? ago(row.lastEventTimestamp, now) : 'empty'}
        </span>
      ),
    },
  ];
}
