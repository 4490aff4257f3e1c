/** The service map, and what the chosen node or edge says. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { mapQuery } from '../../api/map.ts';
import { useEndpoint } from '../../api/server.ts';
import { daemonText } from '../../model/connect.ts';
import { stamp } from '../../model/format.ts';
import { atMost } from '../../model/range.ts';
import { layoutServices, type MapEdge, type MapNode } from '../../model/service-map.ts';
import { nodeKey, ServiceGraph } from '../../parts/map/service-graph.tsx';
import { useAddress, usePatch } from '../../parts/page/address.ts';
import { Page } from '../../parts/page/page.tsx';
import { usePlace } from '../../parts/page/place.ts';
import { Empty, ErrorNotice, Panel, Skeleton, Snippet } from '../../parts/ui/basics.tsx';
import { Choice } from '../../parts/ui/choice.tsx';
import { RangePicker, useRange } from '../../parts/ui/range-picker.tsx';
import { HEALTH_LOOKS } from '../../parts/ui/status.tsx';
import { MapPanel } from './map-panel.tsx';

/** GetServiceGraph answers for six hours at most. */
const MINUTES_MAX = 360;
/** Smaller maps are seen at a glance. */
const FIND_FROM_NODES = 12;

export function MapPage(): ReactNode {
  const range = useRange(60);
  const { node: selected } = useAddress();
  const patch = usePatch();
  const query = useQuery(
    mapQuery(usePlace(), range.text, () => atMost(range.window(), MINUTES_MAX)),
  );
  const { data } = query;
  const minutes = data ? (data.to - data.from) / 60_000 : 1;
  // Rates over the time in which there was traffic: a quiet hour must not hide a busy minute.
  const active = useMemo(() => activeMinutes(data?.services ?? [], minutes), [data, minutes]);
  const map = useMemo(() => layoutServices(data?.services ?? [], active), [data, active]);
  const found = findSelected(map.nodes, map.edges, selected);
  const select = (key: string | undefined): void => patch({ node: keyToAddress(map.nodes, key) });
  const selectedKey = found && ('at' in found ? nodeKey(found) : found.key);
  return (
    <Page
      full
      title="Service map"
      actions={
        <>
          {data && (
            <span className="faint num" title="All traces are counted, none sampled away here">
              Data as of {stamp(data.readAt).slice(11)}
            </span>
          )}
          {map.nodes.length > FIND_FROM_NODES && <Find nodes={map.nodes} onSelect={select} />}
          <RangePicker range={range.range} minutesMax={MINUTES_MAX} />
        </>
      }
    >
      {query.error && <ErrorNotice error={query.error} retry={() => query.refetch()} />}
      <div className={found ? 'split wide-left' : 'split alone'}>
        <Panel flush className="fill" testId="service-map">
          <div className="drawing">
            {!data ? (
              <div style={{ padding: 20 }}>
                {!query.error && <Skeleton lines={6} height={30} />}
              </div>
            ) : data.services.length === 0 ? (
              <NoTraffic />
            ) : (
              <ServiceGraph
                services={data.services}
                minutes={active}
                selected={selectedKey}
                onSelect={select}
                fitKey={data.services.map((service) => service.Name + service.Type).join()}
              />
            )}
          </div>
          <Legend />
        </Panel>
        {found && data && (
          <MapPanel
            key={selectedKey}
            subject={found}
            nodes={map.nodes}
            minutes={active}
            window={{ from: data.from, to: data.to }}
            onClose={() => select(undefined)}
          />
        )}
      </div>
    </Page>
  );
}

function Find(props: {
  nodes: readonly MapNode[];
  onSelect: (key: string | undefined) => void;
}): ReactNode {
  const options = props.nodes
    .filter((node) => !node.isClient)
    .map((node) => ({ value: nodeKey(node), label: node.name, description: node.type }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return (
    <div className="find">
      <Choice
        options={options}
        value=""
        placeholder="Find a service"
        label="Find a service"
        isSearchable
        onChange={props.onSelect}
      />
    </div>
  );
}

function activeMinutes(
  services: readonly { StartTime?: number; EndTime?: number }[],
  minutes: number,
): number {
  const starts = services.map((service) => service.StartTime).filter((time) => time !== undefined);
  const ends = services.map((service) => service.EndTime).filter((time) => time !== undefined);
  if (starts.length === 0 || ends.length === 0) return minutes;
  const span = (Math.max(...ends) - Math.min(...starts)) / 60;
  return Math.min(minutes, Math.max(1, span));
}

/** In the address a node is `name|type` and an edge two of them: numbers change with every answer. */
function identify(node: MapNode): string {
  return `${node.name}|${node.type}`;
}

function keyToAddress(nodes: readonly MapNode[], key: string | undefined): string {
  if (!key) return '';
  const byId = new Map(nodes.map((node) => [String(node.id), node]));
  if (key.startsWith('n')) return identify(byId.get(key.slice(1))!);
  const [from, to] = key.split('-') as [string, string];
  return `${identify(byId.get(from)!)}>${identify(byId.get(to)!)}`;
}

function findSelected(
  nodes: readonly MapNode[],
  edges: readonly MapEdge[],
  address: string | undefined,
): MapNode | MapEdge | undefined {
  if (!address) return undefined;
  const edge = edges.find(({ from, to }) => `${identify(from)}>${identify(to)}` === address);
  return edge ?? nodes.find((node) => identify(node) === address);
}

function NoTraffic(): ReactNode {
  const { daemon } = useEndpoint();
  return (
    <Empty icon="map" title="No traces in this time">
      <p>
        Every execution and invocation with tracing on draws itself here. Turn tracing on for a
        state machine (Edit, Record traces) and for functions (Active tracing), or send segments of
        your own to the daemon:
      </p>
      <Snippet text={daemonText(daemon)} />
    </Empty>
  );
}

function Legend(): ReactNode {
  return (
    <div className="legend" aria-hidden="true">
      {(['ok', 'error', 'fault', 'throttle'] as const).map((health) => (
        <span key={health}>
          <i className="round" style={{ background: HEALTH_LOOKS[health].color }} />
          {HEALTH_LOOKS[health].label}
        </span>
      ))}
      <span className="faint">Dashed: known from its callers only</span>
    </div>
  );
}
