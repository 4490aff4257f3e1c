/** Traces that fit a filter expression, as a scatter of response times and a list. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TraceSummary } from '../../api/types.ts';
import { clock, count, duration, plural } from '../../model/format.ts';
import { atMost } from '../../model/range.ts';
import { rootCauseText, startOf } from '../../model/summary.ts';
import { useAddress } from '../../parts/page/address.ts';
import { Page } from '../../parts/page/page.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { Empty, ErrorNotice, Panel, useNow } from '../../parts/ui/basics.tsx';
import { RangePicker, useRange } from '../../parts/ui/range-picker.tsx';
import { SPAN_LOOKS, Status, traceStatus } from '../../parts/ui/status.tsx';
import { FilterField, filterProblem } from './filter-field.tsx';
import { tracesQuery } from './queries.ts';
import { Scatter } from './scatter.tsx';

/** GetTraceSummaries answers for a day at most. */
const MINUTES_MAX = 1440;
const ROWS_MAX = 500;

export function TracesPage(): ReactNode {
  const range = useRange(60);
  const { filter = '' } = useAddress();
  const isGood = filterProblem(filter) === undefined;
  const query = useQuery({
    ...tracesQuery(range.text, filter, () => atMost(range.window(), MINUTES_MAX)),
    // The field says what is wrong with an expression; the server need not say it again.
    enabled: isGood,
  });
  const traces = isGood ? query.data?.traces : undefined;
  return (
    <Page title="Traces" actions={<RangePicker range={range.range} minutesMax={MINUTES_MAX} />}>
      <FilterField />
      {query.error && <ErrorNotice error={query.error} retry={() => query.refetch()} />}
      {traces && traces.length > 0 && <Scatter traces={traces} />}
      {isGood && (traces || !query.error) && (
        <TraceList traces={traces} scanned={query.data?.scanned} isFiltered={filter !== ''} />
      )}
    </Page>
  );
}

function TraceList(props: {
  traces: readonly TraceSummary[] | undefined;
  scanned: number | undefined;
  isFiltered: boolean;
}): ReactNode {
  const { traces, scanned, isFiltered } = props;
  const now = useNow(10_000);
  const isCut = traces !== undefined && traces.length > ROWS_MAX;
  return (
    <Panel
      flush
      title={traces ? plural(traces.length, 'trace') : 'Traces'}
      side={
        scanned !== undefined && (
          <span className="faint num">
            {count(scanned)} scanned
            {isCut ? `, the newest ${ROWS_MAX} shown` : ''}
          </span>
        )
      }
    >
      <DataTable
        label="Traces"
        columns={columnsFor(now)}
        rows={traces?.slice(0, ROWS_MAX)}
        rowKey={(row) => row.Id}
        rowTestId="trace-row"
        initialSort="-start"
        empty={<NoTraces isFiltered={isFiltered} />}
      />
    </Panel>
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
  return [
    {
      id: 'id',
      title: 'Trace',
      cell: (row) => (
        <Link
          to={`/traces/${row.Id}`}
          className="mono"
          title={row.Id}
          style={{ whiteSpace: 'nowrap' }}
        >
          …{row.Id.slice(-12)}
        </Link>
      ),
    },
    {
      id: 'status',
      title: 'Status',
      cell: (row) => <Status look={SPAN_LOOKS[traceStatus(row)]} />,
      sort: (row) => traceStatus(row),
    },
    {
      id: 'entry',
      title: 'Entry point',
      cell: (row) => row.EntryPoint?.Name ?? <span className="faint">–</span>,
      sort: (row) => row.EntryPoint?.Name ?? '',
    },
    {
      id: 'cause',
      title: 'Root cause',
      wide: true,
      cell: (row) => {
        const text = rootCauseText(row);
        return text ? (
          <span className="dim" title={text}>
            {text}
          </span>
        ) : null;
      },
    },
    {
      id: 'http',
      extra: true,
      title: 'Response',
      align: 'right',
      cell: (row) => row.Http?.HttpStatus ?? <span className="faint">–</span>,
      sort: (row) => row.Http?.HttpStatus ?? 0,
    },
    {
      id: 'response',
      title: 'Response time',
      align: 'right',
      cell: (row) => duration(toMs(row.ResponseTime)),
      sort: (row) => row.ResponseTime ?? 0,
    },
    {
      id: 'duration',
      title: 'Duration',
      align: 'right',
      cell: (row) => duration(toMs(row.Duration)),
      sort: (row) => row.Duration ?? 0,
    },
    {
      id: 'annotations',
      extra: true,
      title: 'Annotations',
      align: 'right',
      cell: (row) => Object.keys(row.Annotations ?? {}).length,
      sort: (row) => Object.keys(row.Annotations ?? {}).length,
    },
    {
      id: 'start',
      title: 'Started',
      cell: (row) => (
        <span className="num" style={{ whiteSpace: 'nowrap' }}>
          {clock(startOf(row), now)}
        </span>
      ),
      sort: startOf,
    },
  ];
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
