/** One trace: its map, its timeline, and the details of the chosen segment. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { tryParseJson } from '../../../../src/ground/json.ts';
import { duration, plural, stamp } from '../../model/format.ts';
import { executionPath } from '../../model/paths.ts';
import type { Trace } from '../../model/shapes.ts';
import { executionOf, firstTrouble, readTrace, type TraceTree } from '../../model/trace.ts';
import { JsonView } from '../../parts/json/json-view.tsx';
import { ServiceGraph } from '../../parts/map/service-graph.tsx';
import { useAddress, usePatch, usePathParam } from '../../parts/page/address.ts';
import { usePlace } from '../../parts/page/place.ts';
import { ResourcePage, WhenRead } from '../../parts/page/resource-page.tsx';
import { Notice, Panel, useNow } from '../../parts/ui/basics.tsx';
import { SPAN_LOOKS, Status } from '../../parts/ui/status.tsx';
import { traceGraphQuery, traceQuery } from './queries.ts';
import { SpanPanel } from './span-panel.tsx';
import { Timeline } from './timeline/timeline.tsx';

const UNDER = [{ text: 'Traces', to: '/traces' }];
const MISSING = {
  icon: 'trace',
  title: 'No segments of this trace have arrived',
  text:
    'The request may not have been sampled, or its segments are still on their way. This page ' +
    'fills itself when they come.',
} as const;

export function TracePage(): ReactNode {
  const id = usePathParam('id');
  const query = useQuery(traceQuery(usePlace(), id));
  return (
    <WhenRead query={query} title={`Trace ${id}`} under={UNDER} missing={MISSING}>
      {(trace) => <Loaded id={id} trace={trace} />}
    </WhenRead>
  );
}

interface Props {
  readonly id: string;
  readonly trace: Trace;
}

function Loaded({ id, trace }: Props): ReactNode {
  const tree = useMemo(() => readTrace(trace.Segments.map((segment) => segment.Document)), [trace]);
  // What is in progress grows while one looks.
  const now = useNow(tree.isPartial ? 500 : null);
  return (
    <ResourcePage
      title={`Trace ${id}`}
      under={UNDER}
      id={{ label: 'trace id', text: id }}
      beside={<Status look={SPAN_LOOKS[tree.roots[0]?.status ?? 'ok']} />}
      facts={factsOf(trace, tree, now)}
      story={
        trace.LimitExceeded && (
          <Notice tone="caught">
            This trace has reached its size limit: later segments were refused.
          </Notice>
        )
      }
      tabIn="view"
      tabs={[
        { id: 'timeline', label: 'Timeline', content: <Spans id={id} tree={tree} now={now} /> },
        { id: 'raw', label: 'Raw data', content: <Documents trace={trace} /> },
      ]}
    />
  );
}

function factsOf(trace: Trace, tree: TraceTree, now: number): [string, ReactNode][] {
  const spans = [...tree.byId.values()];
  const execution = spans.map(executionOf).find((arn) => arn !== undefined);
  const services = new Set(spans.map((span) => `${span.service} ${span.origin}`));
  const soFar = tree.end === undefined || tree.isPartial ? now - tree.start : tree.end - tree.start;
  const isTold = trace.Duration !== undefined && !tree.isPartial;
  return [
    ['Duration', <b key="d">{duration(isTold ? trace.Duration! * 1000 : soFar)}</b>],
    ['Started', stamp(tree.start, true)],
    ['Services', services.size],
    ['Segments and subsegments', plural(tree.count, 'span')],
    ['State', tree.isPartial ? 'In progress' : 'Complete'],
    [
      'Execution',
      execution && (
        <Link to={executionPath(execution)} data-testid="execution-link">
          {execution.split(':').slice(6, 8).join(' / ')}
        </Link>
      ),
    ],
  ];
}

/** Opens at the deepest trouble, until somebody chooses (`none`: nothing). */
function Spans({ id, tree, now }: { id: string; tree: TraceTree; now: number }): ReactNode {
  const { span: chosen } = useAddress();
  const patch = usePatch();
  const trouble = useMemo(() => firstTrouble(tree), [tree]);
  const span = chosen === undefined ? trouble : tree.byId.get(chosen);
  return (
    <div className={span ? 'split trace-split' : 'split trace-split alone'}>
      <div className="trace-main">
        <TraceMap id={id} />
        <Panel flush className="fill">
          <Timeline
            tree={tree}
            now={now}
            selected={span?.id}
            onSelect={(next) => patch({ span: next })}
          />
        </Panel>
      </div>
      {span && (
        <SpanPanel span={span} tree={tree} now={now} onClose={() => patch({ span: 'none' })} />
      )}
    </div>
  );
}

function Documents({ trace }: { trace: Trace }): ReactNode {
  return (
    <Panel title="Segment documents" className="scrolled">
      <JsonView value={trace.Segments.map((one) => tryParseJson(one.Document) ?? one.Document)} />
    </Panel>
  );
}

function TraceMap({ id }: { id: string }): ReactNode {
  const { data } = useQuery(traceGraphQuery(usePlace(), id));
  if (!data || data.length === 0) return null;
  return (
    <Panel flush className="trace-map">
      <ServiceGraph
        services={data}
        minutes={0}
        selected={undefined}
        onSelect={() => {}}
        fitKey={`${id} ${data.length}`}
        scaleMax={0.9}
      />
    </Panel>
  );
}
