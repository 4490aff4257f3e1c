/** The views of an execution that are drawn from its history, each beside the chosen state. */
import { type ReactNode, useMemo } from 'react';
import { readDefinition } from '../../model/definition.ts';
import type { HistoryView } from '../../model/history.ts';
import type { Execution, HistoryEvent } from '../../model/shapes.ts';
import { useAddress, usePatch } from '../../parts/page/address.ts';
import { Empty, Panel, Skeleton } from '../../parts/ui/basics.tsx';
import { EventsView } from './events-view.tsx';
import { GraphView } from './graph-view.tsx';
import { StatePanel } from './state-panel.tsx';
import { StatesView } from './states-view.tsx';

export const VIEWS = [
  { id: 'graph', label: 'Graph' },
  { id: 'states', label: 'States' },
  { id: 'events', label: 'Events' },
] as const;

interface Props {
  readonly mode: (typeof VIEWS)[number]['id'];
  readonly execution: Execution;
  readonly view: HistoryView;
  /** Undefined until the history is read. */
  readonly events: readonly HistoryEvent[] | undefined;
  readonly now: number;
}

export function View(props: Props): ReactNode {
  const { execution, view, events, now } = props;
  const { state: selected } = useAddress();
  const patch = usePatch();
  const flow = useMemo(() => readDefinition(execution.definition), [execution.definition]);
  if (!events) {
    return (
      <Panel>
        <Skeleton lines={8} />
      </Panel>
    );
  }
  return (
    <div className={selected ? 'split' : 'split alone'}>
      <Drawing {...props} flow={flow} events={events} />
      {selected && (
        <StatePanel
          name={selected}
          flow={flow}
          view={view}
          now={now}
          events={events}
          onClose={() => patch({ state: '', entry: '' })}
        />
      )}
    </div>
  );
}

interface DrawingProps extends Props {
  readonly flow: ReturnType<typeof readDefinition>;
  readonly events: readonly HistoryEvent[];
}

function Drawing({ mode, execution, flow, view, events, now }: DrawingProps): ReactNode {
  const { state: selected } = useAddress();
  const patch = usePatch();
  const select = (name: string | undefined): void => patch({ state: name ?? '', entry: '' });
  if (mode === 'states') return <StatesView view={view} now={now} />;
  if (mode === 'events') return <EventsView events={events} view={view} onState={select} />;
  if (!flow) {
    return (
      <Panel>
        <Empty icon="machine" title="No definition to draw">
          <p>The definition that this execution ran is not kept any more. See its events.</p>
        </Empty>
      </Panel>
    );
  }
  return (
    <GraphView
      arn={execution.executionArn}
      flow={flow}
      view={view}
      now={now}
      selected={selected}
      onSelect={select}
    />
  );
}
