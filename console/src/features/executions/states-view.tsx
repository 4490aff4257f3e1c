/** Every entry of every state with its duration as a bar against the whole execution. */
import type { ReactNode } from 'react';
import { groupBy } from '../../../../src/ground/group.ts';
import { duration } from '../../model/format.ts';
import type { HistoryView, StateEntry } from '../../model/history.ts';
import { usePatch } from '../../parts/page/address.ts';
import { Empty, Panel } from '../../parts/ui/basics.tsx';
import { STATE_LOOKS, Status } from '../../parts/ui/status.tsx';

const ROWS_MAX = 2000;

interface Props {
  readonly view: HistoryView;
  readonly now: number;
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
}

export function StatesView({ view, now, selected }: Props): ReactNode {
  const patch = usePatch();
  const start = view.startedAt ?? now;
  const end = Math.max(view.endedAt ?? now, start + 1);
  const rows = ordered(view.entries).slice(0, ROWS_MAX);
  if (rows.length === 0) {
    return (
      <Panel>
        <Empty icon="clock" title="No state was entered yet" />
      </Panel>
    );
  }
  return (
    <Panel flush className="fill">
      <div className="table-scroll">
        <table className="data states-table" aria-label="States">
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Type</th>
              <th scope="col">Status</th>
              <th scope="col" className="right">
                Started after
              </th>
              <th scope="col" className="right">
                Duration
              </th>
              <th scope="col" className="wide">
                Timeline
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ entry, depth }) => (
              <tr
                key={entry.id}
                className={entry.name === selected ? 'selected' : ''}
                data-testid={`state-row-${entry.name}`}
                onClick={() => patch({ state: entry.name, entry: String(entry.id) })}
              >
                <td style={{ paddingLeft: 12 + depth * 16, whiteSpace: 'nowrap' }}>
                  <button type="button" className="link">
                    {entry.name}
                  </button>
                  {entry.iteration !== undefined && (
                    <span className="faint"> #{entry.iteration}</span>
                  )}
                </td>
                <td className="dim">{entry.type}</td>
                <td>
                  <Status look={STATE_LOOKS[entry.status]} />
                </td>
                <td className="right">{duration(entry.enteredAt - start)}</td>
                <td className="right">{duration((entry.exitedAt ?? now) - entry.enteredAt)}</td>
                <td>
                  <Bars entry={entry} start={start} end={end} now={now} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {view.entries.length > ROWS_MAX && (
        <div className="more">
          The first {ROWS_MAX} of {view.entries.length} entries.
        </div>
      )}
    </Panel>
  );
}

/** Children below their container, in order of entry. */
function ordered(entries: readonly StateEntry[]): { entry: StateEntry; depth: number }[] {
  const children = groupBy(entries, (entry) => entry.parent);
  const rows: { entry: StateEntry; depth: number }[] = [];
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
function Bars(props: { entry: StateEntry; start: number; end: number; now: number }): ReactNode {
  const { entry, start, end, now } = props;
  const place = (from: number, to: number) => ({
    left: `${((from - start) / (end - start)) * 100}%`,
    width: `${(Math.max(0, to - from) / (end - start)) * 100}%`,
  });
  const whole = place(entry.enteredAt, entry.exitedAt ?? now);
  const tone = STATE_LOOKS[entry.status].tone;
  if (entry.attempts.length < 2) {
    return (
      <div className="bar" data-tone={tone}>
        <i style={whole} />
      </div>
    );
  }
  return (
    <div className="bar" data-tone={tone}>
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
