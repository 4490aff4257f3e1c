/** A node's or an edge's numbers, and the way from them to its traces. */
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { edgeFilter, nodeFilter } from '../../model/filter-text.ts';
import { count, duration, percent, rate } from '../../model/format.ts';
import { functionPath, logGroupPath } from '../../model/paths.ts';
import { printRange, type Window } from '../../model/range.ts';
import { HEALTH_ORDER, type Health, type MapEdge, type MapNode } from '../../model/service-map.ts';
import { Facts } from '../../parts/ui/basics.tsx';
import { Button } from '../../parts/ui/button.tsx';
import { Checkbox } from '../../parts/ui/checkbox.tsx';
import { IconButton } from '../../parts/ui/icon-button.tsx';
import { HEALTH_LOOKS } from '../../parts/ui/status.tsx';
import { Histogram } from './histogram.tsx';
import { TrafficChart } from './traffic-chart.tsx';
import './map-panel.css';

interface Props {
  readonly subject: MapNode | MapEdge;
  readonly nodes: readonly MapNode[];
  readonly minutes: number;
  readonly window: Window;
  readonly onClose: () => void;
}

export function MapPanel({ subject, nodes, minutes, window, onClose }: Props): ReactNode {
  const [chosen, setChosen] = useState<readonly Health[]>([]);
  const [span, setSpan] = useState<readonly [number, number]>();
  const navigate = useNavigate();
  const isNode = 'at' in subject;
  const filter = filterOf(subject, nodes, chosen, span);
  const entries = isNode
    ? (subject.node.ResponseTimeHistogram ?? subject.node.Edges[0]?.ResponseTimeHistogram ?? [])
    : (subject.edge.ResponseTimeHistogram ?? []);
  const title = isNode ? subject.name : `${subject.from.name} → ${subject.to.name}`;
  const view = (): void => {
    const timeRange = printRange({ kind: 'absolute', ...roomAround(subject, window) });
    navigate({ to: '/traces', search: { filter, timeRange } });
  };
  return (
    <aside className="panel side-panel" aria-label={title} data-testid="map-panel">
      <header>
        <h2 className="cut" title={title}>
          {title}
        </h2>
        <IconButton icon="cross" label="Close" onClick={onClose} isClose />
      </header>
      <div className="scroll stack">
        {isNode && subject.type && <span className="chip">{subject.type}</span>}
        <Facts
          items={[
            ['Average', duration(isNode ? subject.averageMs : subject.averageMs)],
            ['Requests', count(subject.counts.total)],
            ['Per minute', rate(subject.counts.total / minutes)],
          ]}
        />
        {!(isNode && subject.isClient) && (
          <section>
            <div className="field-label">Requests over time</div>
            <TrafficChart selector={filterOf(subject, nodes, [], undefined)} window={window} />
          </section>
        )}
        <section>
          <div className="field-label">
            Response time{isNode ? '' : ' as the caller sees it'}. Drag to choose a span.
          </div>
          <Histogram entries={entries} chosen={span} onChoose={setSpan} />
        </section>
        <section>
          <div className="field-label">Outcomes to look at</div>
          <StatusChecks subject={subject} chosen={chosen} onChange={setChosen} />
        </section>
        <section className="stack" style={{ gap: 6 }}>
          <div className="field-label">Filter</div>
          <code className="filter-text" data-testid="map-filter">
            {filter}
          </code>
          <Button kind="primary" isWide onClick={view} testId="view-traces">
            View traces
          </Button>
        </section>
        {isNode && <Related node={subject} />}
      </div>
    </aside>
  );
}

function StatusChecks(props: {
  subject: MapNode | MapEdge;
  chosen: readonly Health[];
  onChange: (chosen: readonly Health[]) => void;
}): ReactNode {
  const { subject, chosen, onChange } = props;
  const { counts } = subject;
  return (
    <div className="checks">
      {HEALTH_ORDER.map((health) => (
        <Checkbox
          key={health}
          isOn={chosen.includes(health)}
          testId={`status-${health}`}
          onChange={(isOn) =>
            onChange(isOn ? [...chosen, health] : chosen.filter((other) => other !== health))
          }
        >
          <span className="swatch" style={{ background: HEALTH_LOOKS[health].color }} />
          {HEALTH_LOOKS[health].label}{' '}
          <b className="num">{counts.total === 0 ? '–' : percent(counts[health] / counts.total)}</b>
        </Checkbox>
      ))}
    </div>
  );
}

function filterOf(
  subject: MapNode | MapEdge,
  nodes: readonly MapNode[],
  chosen: readonly Health[],
  span: readonly [number, number] | undefined,
): string {
  const round = (ms: number): number => Number((ms / 1000).toPrecision(3));
  const seconds = span && ([round(span[0]), round(span[1])] as const);
  const named = (name: string): number =>
    nodes.filter((node) => node.node.Name === name && !node.isClient).length;
  if ('at' in subject) {
    const isAmbiguous = named(subject.node.Name) > 1;
    // The client of a service is seen in that service's own requests.
    const type = subject.isClient ? '' : subject.type;
    const identity = { name: subject.node.Name, type };
    return nodeFilter(identity, chosen, { isAmbiguous, ...(seconds ? { seconds } : {}) });
  }
  const { from, to } = subject;
  const isAmbiguous = named(to.node.Name) > 1 || named(from.node.Name) > 1;
  const caller = from.isClient ? undefined : { name: from.node.Name, type: from.type };
  return edgeFilter(caller, { name: to.node.Name, type: to.type }, chosen, { isAmbiguous });
}

/** The time in which the node was active, with a minute to spare, inside what is shown. */
function roomAround(subject: MapNode | MapEdge, window: Window): Window {
  const { StartTime, EndTime } = 'at' in subject ? subject.node : subject.edge;
  if (StartTime === undefined || EndTime === undefined) return window;
  const from = Math.max(window.from, StartTime * 1000 - 60_000);
  return { from, to: Math.max(from + 60_000, EndTime * 1000 + 60_000) };
}

function Related({ node }: { node: MapNode }): ReactNode {
  if (!node.type.includes('Lambda')) return null;
  return (
    <div className="row">
      <Link to={functionPath(node.name)}>Function</Link>
      <Link to={logGroupPath(`/aws/lambda/${node.name}`)}>Logs</Link>
    </div>
  );
}
