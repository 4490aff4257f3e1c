/** One trace: its map, its timeline, and the details of the chosen segment. */
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { tryParseJson } from '../../../../src/ground/json.ts';
import type { Trace } from '../../api/types.ts';
import { duration, plural, stamp } from '../../model/format.ts';
import { executionPath } from '../../model/paths.ts';
import {
  executionOf,
  firstTrouble,
  readTrace,
  type SpanStatus,
  type TraceTree,
} from '../../model/trace.ts';
import { JsonView } from '../../parts/json/json-view.tsx';
import { ServiceGraph } from '../../parts/map/service-graph.tsx';
import { useAddress, usePatch, usePathParam } from '../../parts/page/address.ts';
import { Page } from '../../parts/page/page.tsx';
import {
  Copy,
  Empty,
  ErrorNotice,
  Facts,
  Notice,
  Panel,
  Skeleton,
  useNow,
} from '../../parts/ui/basics.tsx';
import { SPAN_LOOKS, Status } from '../../parts/ui/status.tsx';
import { traceGraphQuery, traceQuery } from './queries.ts';
import { SpanPanel } from './span-panel.tsx';
import { Timeline } from './timeline/timeline.tsx';

const UNDER = [{ text: 'Traces', to: '/traces' }];

export function TracePage(): ReactNode {
  const id = usePathParam('id');
  const query = useQuery(traceQuery(id));
  const title = `Trace ${id}`;
  if (query.isPending) {
    return (
      <Page title={title} under={UNDER}>
        <Skeleton lines={10} height={18} />
      </Page>
    );
  }
  if (!query.data) {
    return (
      <Page title={title} under={UNDER}>
        {query.error ? (
          <ErrorNotice error={query.error} retry={() => query.refetch()} />
        ) : (
          <Empty icon="trace" title="No segments of this trace have arrived">
            <p>
              The request may not have been sampled, or its segments are still on their way. This
              page fills itself when they come.
            </p>
          </Empty>
        )}
      </Page>
    );
  }
  return <Loaded id={id} trace={query.data} />;
}

function Loaded({ id, trace }: { id: string; trace: Trace }): ReactNode {
  const tree = useMemo(() => readTrace(trace.Segments.map((segment) => segment.Document)), [trace]);
  const now = useNow(tree.isPartial ? 500 : null);
  const { span: chosen, view = 'timeline' } = useAddress();
  const patch = usePatch();
  const trouble = useMemo(() => firstTrouble(tree), [tree]);
  const span = chosen === undefined ? trouble : tree.byId.get(chosen);
  return (
    <Page
      full
      title={`Trace ${id}`}
      under={UNDER}
      beside={
        <>
          <Copy text={id} label="Copy trace id" />
          <Status look={SPAN_LOOKS[overall(tree)]} />
        </>
      }
      actions={
        <SegmentedControl
          label="View"
          selectedId={view}
          options={[
            { id: 'timeline', text: 'Timeline' },
            { id: 'raw', text: 'Raw data' },
          ]}
          onChange={({ detail }) => patch({ view: detail.selectedId === 'raw' ? 'raw' : '' })}
        />
      }
    >
      <TraceFacts trace={trace} tree={tree} now={now} />
      {trace.LimitExceeded && (
        <Notice tone="caught">
          This trace has reached its size limit: later segments were refused.
        </Notice>
      )}
      {view === 'raw' ? (
        <Panel title="Segment documents">
          <JsonView
            value={trace.Segments.map((one) => tryParseJson(one.Document) ?? one.Document)}
          />
        </Panel>
      ) : (
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
      )}
    </Page>
  );
}

function overall(tree: TraceTree): SpanStatus {
  return tree.roots[0]?.status ?? 'ok';
}

function TraceFacts({
  trace,
  tree,
  now,
}: {
  trace: Trace;
  tree: TraceTree;
  now: number;
}): ReactNode {
  const execution = [...tree.byId.values()].map(executionOf).find((arn) => arn !== undefined);
  const services = new Set([...tree.byId.values()].map((span) => `${span.service} ${span.origin}`));
  const length =
    tree.end === undefined || tree.isPartial ? now - tree.start : tree.end - tree.start;
  return (
    <Facts
      items={[
        [
          'Duration',
          <b key="d">
            {duration(
              trace.Duration !== undefined && !tree.isPartial ? trace.Duration * 1000 : length,
            )}
          </b>,
        ],
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
      ]}
    />
  );
}

function TraceMap({ id }: { id: string }): ReactNode {
  const { data } = useQuery(traceGraphQuery(id));
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
