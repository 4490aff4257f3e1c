/** Every entry of every state with its duration as a bar against the whole execution. */
import { type ReactNode, useMemo } from 'react';
import { groupBy } from '../../../../src/ground/group.ts';
import { duration } from '../../model/format.ts';
import type { HistoryView, StateEntry } from '../../model/history.ts';
import { useAddress, usePatch } from '../../parts/page/address.ts';
import type { Column } from '../../parts/table/column.ts';
import { ResourceTable } from '../../parts/table/resource-table.tsx';
import { givenRows } from '../../parts/table/rows.ts';
import { Empty } from '../../parts/ui/basics.tsx';
import { STATE_LOOKS, Status } from '../../parts/ui/status.tsx';

interface Row {
  readonly entry: StateEntry;
  /** How many containers are around it. */
  readonly depth: number;
}

export function StatesView({ view, now }: { view: HistoryView; now: number }): ReactNode {
  const address = useAddress();
  const patch = usePatch();
  const rows = useMemo(() => ordered(view.entries), [view]);
  const start = view.startedAt ?? now;
  const end = Math.max(view.endedAt ?? now, start + 1);
  return (
    <ResourceTable
      id="states"
      label="States"
      title="States"
      noun={['entry', 'entries']}
      source={givenRows('states', rows)}
      rowKey={({ entry }) => String(entry.id)}
      columns={columnsFor({ start, end, now })}
      onPick={({ entry }) => patch({ state: entry.name, entry: String(entry.id) })}
      picked={address.entry}
      rowTestId={({ entry }) => `state-row-${entry.name}`}
      empty={<Empty icon="clock" title="No state was entered yet" />}
    />
  );
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly now: number;
}

function columnsFor(span: Span): Column<Row>[] {
  const { start, now } = span;
  const took = ({ entry }: Row): number => (entry.exitedAt ?? now) - entry.enteredAt;
  return [
    {
      id: 'name',
      title: 'State',
      width: 220,
      narrow: 170,
      cell: ({ entry, depth }) => (
        <span style={{ paddingLeft: depth * 16 }}>
          <button type="button" className="link" tabIndex={-1}>
            {entry.name}
          </button>
          {entry.iteration !== undefined && <span className="faint"> #{entry.iteration}</span>}
        </span>
      ),
    },
    {
      id: 'type',
      title: 'Type',
      width: 80,
      cell: ({ entry }) => <span className="dim">{entry.type}</span>,
    },
    {
      id: 'status',
      title: 'Status',
      width: 130,
      cell: ({ entry }) => <Status look={STATE_LOOKS[entry.status]} />,
    },
    {
      id: 'start',
      title: 'Started after',
      width: 115,
      align: 'right',
      cell: ({ entry }) => duration(entry.enteredAt - start),
      sort: ({ entry }) => entry.enteredAt,
    },
    {
      id: 'duration',
      title: 'Duration',
      width: 100,
      align: 'right',
      cell: (row) => duration(took(row)),
      sort: took,
    },
    {
      id: 'timeline',
      title: 'Timeline',
      cell: ({ entry }) => <Bars entry={entry} {...span} />,
    },
  ];
}

/** Children below their container, in order of entry. */
function ordered(entries: readonly StateEntry[]): Row[] {
  const children = groupBy(entries, (entry) => entry.parent);
  const rows: Row[] = [];
  const visit = (parent: StateEntry | undefined, depth: number): void => {
    const inside = (children.get(parent) ?? []).toSorted(
      (a, b) => (a.iteration ?? 0) - (b.iteration ?? 0) || a.id - b.id,
    );
    for (const entry of inside) {
      rows.push({ entry, depth });
      visit(entry, depth + 1);
    }
  };
  visit(undefined, 0);
  return rows;
}

/** Attempts in their colours with the back-off between them pale, or one bar for the state. */
function Bars({ entry, start, end, now }: Span & { entry: StateEntry }): ReactNode {
  const place = (from: number, to: number) => ({
    left: `${((from - start) / (end - start)) * 100}%`,
    width: `${(Math.max(0, to - from) / (end - start)) * 100}%`,
  });
  const whole = place(entry.enteredAt, entry.exitedAt ?? now);
  const tone = STATE_LOOKS[entry.status].tone;
  if (entry.attempts.length < 2) {
    return (
      <div className="state-bar" data-tone={tone}>
        <i style={whole} />
      </div>
    );
  }
  return (
    <div className="state-bar" data-tone={tone}>
      <i className="gap" style={whole} />
      {entry.attempts.map((attempt) => {
        const failed = attempt.status === 'failed' || attempt.status === 'timedOut';
        return (
          <i
            key={attempt.number}
            data-tone={failed ? 'failed' : tone}
            title={`Attempt ${attempt.number}`}
            style={place(attempt.scheduledAt, attempt.endedAt ?? now)}
          />
        );
      })}
    </div>
  );
}
