/** The execution as a graph, with the chosen iterations of its Maps. */
import { type ReactNode, useMemo } from 'react';
import { type Flow, placesOf } from '../../model/definition.ts';
import type { HistoryView } from '../../model/history.ts';
import { isBroken, iterationsOf, summarise } from '../../model/states.ts';
import { StateGraph } from '../../parts/graph/state-graph.tsx';
import { usePatch } from '../../parts/page/address.ts';
import { Panel } from '../../parts/ui/basics.tsx';
import { Choice } from '../../parts/ui/choice.tsx';
import { STATE_LOOKS } from '../../parts/ui/status.tsx';
import { printIterations, useIterations } from './iterations.ts';

interface Props {
  readonly arn: string;
  readonly flow: Flow;
  readonly view: HistoryView;
  readonly now: number;
  readonly selected: string | undefined;
  readonly onSelect: (name: string | undefined) => void;
}

export function GraphView({ arn, flow, view, now, selected, onSelect }: Props): ReactNode {
  const iterations = useIterations();
  const states = useMemo(() => summarise(view.entries, iterations, now), [view, iterations, now]);
  return (
    <Panel flush className="fill" testId="graph">
      <IterationBar flow={flow} view={view} />
      <div className="drawing">
        <StateGraph
          flow={flow}
          states={states}
          taken={view.taken}
          selected={selected}
          onSelect={onSelect}
          fitKey={arn}
        />
      </div>
      <Legend />
    </Panel>
  );
}

/** A chooser for each Map that has run: broken iterations first. */
function IterationBar({ flow, view }: { flow: Flow; view: HistoryView }): ReactNode {
  const chosen = useIterations();
  const patch = usePatch();
  const maps = useMemo(
    () =>
      [...placesOf(flow)].filter(([, place]) => place.node.type === 'Map').map(([name]) => name),
    [flow],
  );
  const bars = maps
    .map((name) => ({ name, all: iterationsOf(name, view.entries) }))
    .filter(({ all }) => all.length > 0);
  if (bars.length === 0) return null;
  const choose = (name: string, index: string): void => {
    const next = new Map(chosen);
    if (index === '') next.delete(name);
    else next.set(name, Number(index));
    patch({ iteration: printIterations(next) });
  };
  return (
    <div className="iterations">
      {bars.map(({ name, all }) => {
        const sorted = all.toSorted(
          (a, b) => Number(isBroken(b.status)) - Number(isBroken(a.status)),
        );
        const options = [
          { value: '', label: `All ${all.length} iterations` },
          ...sorted.map(({ index, status }) => ({
            value: String(index),
            label: `#${index}`,
            tag: STATE_LOOKS[status].label,
          })),
        ];
        const value = chosen.has(name) ? String(chosen.get(name)) : '';
        return (
          <div className="row" key={name}>
            <span className="dim">{name}</span>
            <Choice
              options={options}
              value={options.some((option) => option.value === value) ? value : ''}
              isSearchable
              label={`Iteration of ${name}`}
              onChange={(next) => choose(name, next)}
            />
          </div>
        );
      })}
    </div>
  );
}

const SHOWN = [
  'running',
  'succeeded',
  'failed',
  'timedOut',
  'caught',
  'waiting',
  'aborted',
] as const;

function Legend(): ReactNode {
  return (
    <div className="legend" aria-hidden="true">
      {SHOWN.map((status) => (
        <span key={status} data-tone={STATE_LOOKS[status].tone}>
          <i />
          {STATE_LOOKS[status].label}
        </span>
      ))}
      <span>
        <i className="none" />
        Not reached
      </span>
    </div>
  );
}
