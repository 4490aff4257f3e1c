/** What one state did: input, output, error, attempts, definition, events. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { describeResource, type Flow, placesOf, type StateNode } from '../../model/definition.ts';
import { clock, duration } from '../../model/format.ts';
import { detailsOf, type HistoryView, type StateEntry } from '../../model/history.ts';
import { functionPath } from '../../model/paths.ts';
import type { HistoryEvent } from '../../model/shapes.ts';
import { isChosen } from '../../model/states.ts';
import { JsonView } from '../../parts/json/json-view.tsx';
import { useAddress, usePatch } from '../../parts/page/address.ts';
import { Empty, Facts } from '../../parts/ui/basics.tsx';
import { Choice } from '../../parts/ui/choice.tsx';
import { IconButton } from '../../parts/ui/icon-button.tsx';
import { STATE_LOOKS, Status } from '../../parts/ui/status.tsx';
import { Tabs } from '../../parts/ui/tabs.tsx';
import { Attempts } from './attempts.tsx';
import { ErrorBlock, Field } from './data-field.tsx';
import { useIterations } from './iterations.ts';

interface Props {
  readonly name: string;
  readonly flow: Flow | undefined;
  readonly view: HistoryView;
  readonly events: readonly HistoryEvent[];
  readonly now: number;
  readonly onClose: () => void;
}

export function StatePanel({ name, flow, view, events, now, onClose }: Props): ReactNode {
  const address = useAddress();
  const iterations = useIterations();
  const node = placesOf(flow).get(name)?.node;
  const entries = view.entries.filter(
    (entry) => entry.name === name && isChosen(entry, iterations),
  );
  const entry = entries.find((one) => String(one.id) === address.entry) ?? entries.at(-1);
  return (
    <aside className="panel side-panel" aria-label={`State ${name}`} data-testid="state-panel">
      <header>
        <h2 className="cut" title={name}>
          {name}
        </h2>
        {entry && <Status look={STATE_LOOKS[entry.status]} />}
        <IconButton icon="cross" label="Close" onClick={onClose} isClose />
      </header>
      <div className="scroll stack">
        {entries.length > 1 && <EntryPicker entries={entries} chosen={entry!} now={now} />}
        {entry ? (
          <EntryTabs entry={entry} node={node} events={events} now={now} />
        ) : (
          <>
            <Empty icon="skip" title="Not reached">
              <p>This execution has not entered this state.</p>
            </Empty>
            {node && <JsonView value={node.raw} />}
          </>
        )}
      </div>
    </aside>
  );
}

function EntryPicker(props: {
  entries: readonly StateEntry[];
  chosen: StateEntry;
  now: number;
}): ReactNode {
  const patch = usePatch();
  const options = props.entries.map((entry, index) => ({
    value: String(entry.id),
    label: entry.iteration === undefined ? `Entry ${index + 1}` : `Iteration #${entry.iteration}`,
    tag: STATE_LOOKS[entry.status].label,
    description: `${clock(entry.enteredAt, props.now, true)}, ${duration((entry.exitedAt ?? props.now) - entry.enteredAt)}`,
  }));
  return (
    <Choice
      options={options}
      value={String(props.chosen.id)}
      isSearchable
      label="Which time this state was entered"
      onChange={(entry) => patch({ entry })}
    />
  );
}

function EntryTabs(props: {
  entry: StateEntry;
  node: StateNode | undefined;
  events: readonly HistoryEvent[];
  now: number;
}): ReactNode {
  const { entry, node, events, now } = props;
  const own = new Set(entry.eventIds);
  const ownEvents = events.filter((event) => own.has(event.id));
  return (
    <Tabs
      isPanel
      tabs={[
        { id: 'data', label: 'Data', content: <Data entry={entry} node={node} now={now} /> },
        ...(entry.attempts.length > 0
          ? [
              {
                id: 'attempts',
                label: `Attempts (${entry.attempts.length})`,
                content: <Attempts entry={entry} now={now} />,
              },
            ]
          : []),
        ...(node
          ? [{ id: 'definition', label: 'Definition', content: <JsonView value={node.raw} /> }]
          : []),
        { id: 'events', label: 'Events', content: <EventList events={ownEvents} now={now} /> },
      ]}
    />
  );
}

function Data({
  entry,
  node,
  now,
}: {
  entry: StateEntry;
  node?: StateNode | undefined;
  now: number;
}): ReactNode {
  const resource = node && describeResource(node.raw);
  return (
    <div className="stack">
      <Facts
        items={[
          ['Type', entry.type],
          ['Duration', duration((entry.exitedAt ?? now) - entry.enteredAt)],
          ['Entered', clock(entry.enteredAt, now, true)],
          ['Calls', resource && <ResourceLink text={resource} />],
          ['Waiting for', waitingFor(entry)],
        ]}
      />
      {entry.error !== undefined && <ErrorBlock entry={entry} />}
      <Field label="Input" text={entry.input} />
      <Field label="Output" text={entry.output} />
      {entry.assigned && <Field label="Variables assigned" text={entry.assigned} />}
    </div>
  );
}

function ResourceLink({ text }: { text: string }): ReactNode {
  const name = /^Lambda: ([^.]+)/.exec(text)?.[1];
  return name ? <Link to={functionPath(name)}>{text}</Link> : text;
}

function waitingFor(entry: StateEntry): string | undefined {
  if (entry.status === 'retrying') return 'the next attempt';
  if (entry.status !== 'waiting') return undefined;
  return entry.type === 'Wait' ? 'its time' : 'an answer (task token or child)';
}

function EventList({ events, now }: { events: readonly HistoryEvent[]; now: number }): ReactNode {
  return (
    <div className="attempts">
      {events.map((event) => (
        <details className="attempt" key={event.id}>
          <summary>
            <span className="faint num">{event.id}</span>
            <span className="grow cut">{event.type}</span>
            <span className="dim num">{clock(event.timestamp * 1000, now, true)}</span>
          </summary>
          <div>
            <JsonView value={detailsOf(event) as never} maxHeight="300px" />
          </div>
        </details>
      ))}
    </div>
  );
}
