/** The list of traces. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { clock, count, duration, plural } from '../../model/format.ts';
import { tracePath } from '../../model/paths.ts';
import type { TraceSummary } from '../../model/shapes.ts';
import { rootCauseText, startOf } from '../../model/summary.ts';
import type { Column } from '../../parts/table/column.ts';
import { ResourceTable } from '../../parts/table/resource-table.tsx';
import type { Rows } from '../../parts/table/rows.ts';
import { Empty, useNow } from '../../parts/ui/basics.tsx';
import { SPAN_LOOKS, Status, traceStatus } from '../../parts/ui/status.tsx';

interface Props {
  readonly source: Rows<TraceSummary>;
  readonly scanned: number | undefined;
  readonly isFiltered: boolean;
}

export function TraceTable({ source, scanned, isFiltered }: Props): ReactNode {
  const now = useNow(10_000);
  return (
    <ResourceTable
      id="traces"
      label="Traces"
      title={source.rows ? plural(source.rows.length, 'trace') : 'Traces'}
      noun={['trace', 'traces']}
      source={source}
      rowKey={(row) => row.Id}
      columns={columnsFor(now)}
      initialSort="-start"
      filters={scanned !== undefined && <span className="faint num">{count(scanned)} scanned</span>}
      pathOf={(row) => tracePath(row.Id)}
      rowTestId={() => 'trace-row'}
      empty={<NoTraces isFiltered={isFiltered} />}
    />
  );
}

function NoTraces({ isFiltered }: { isFiltered: boolean }): ReactNode {
  if (isFiltered) {
    return (
      <Empty icon="search" title="No trace fits this filter">
        <p>Try a longer time range, or fewer conditions.</p>
      </Empty>
    );
  }
  return (
    <Empty icon="trace" title="No traces in this time">
      <p>
        Executions and functions with tracing on leave a trace each time they run. Choose a longer
        range, or run something.
      </p>
    </Empty>
  );
}

function columnsFor(now: number): Column<TraceSummary>[] {
  const annotations = (row: TraceSummary): number => Object.keys(row.Annotations ?? {}).length;
  return [
    {
      id: 'id',
      title: 'Trace',
      width: 118,
      cell: (row) => (
        <Link to={tracePath(row.Id)} className="mono" title={row.Id}>
          …{row.Id.slice(-12)}
        </Link>
      ),
    },
    {
      id: 'status',
      title: 'Status',
      width: 126,
      narrow: 118,
      cell: (row) => <Status look={SPAN_LOOKS[traceStatus(row)]} />,
      sort: (row) => traceStatus(row),
    },
    {
      id: 'entry',
      title: 'Entry point',
      width: 140,
      narrow: 118,
      cell: (row) => row.EntryPoint?.Name ?? <span className="faint">–</span>,
      sort: (row) => row.EntryPoint?.Name ?? '',
    },
    {
      id: 'cause',
      title: 'Root cause',
      cell: (row) => {
        const text = rootCauseText(row);
        return (
          text && (
            <span className="dim" title={text}>
              {text}
            </span>
          )
        );
      },
    },
    {
      id: 'http',
      title: 'Response',
      width: 104,
      isExtra: true,
      align: 'right',
      cell: (row) => row.Http?.HttpStatus ?? <span className="faint">–</span>,
      sort: (row) => row.Http?.HttpStatus ?? 0,
    },
    {
      id: 'response',
      title: 'Response time',
      width: 132,
      narrow: 122,
      align: 'right',
      cell: (row) => duration(toMs(row.ResponseTime)),
      sort: (row) => row.ResponseTime ?? 0,
    },
    {
      id: 'duration',
      title: 'Duration',
      width: 104,
      narrow: 92,
      align: 'right',
      cell: (row) => duration(toMs(row.Duration)),
      sort: (row) => row.Duration ?? 0,
    },
    {
      id: 'annotations',
      title: 'Annotations',
      width: 122,
      isExtra: true,
      align: 'right',
      cell: annotations,
      sort: annotations,
    },
    {
      id: 'start',
      title: 'Started',
      width: 146,
      narrow: 92,
      cell: (row) => <span className="num">{clock(startOf(row), now)}</span>,
      sort: startOf,
    },
  ];
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
