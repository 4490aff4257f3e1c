/** The service map of the last hour, small. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { mapQuery } from '../../api/map.ts';
import { ServiceGraph } from '../../parts/map/service-graph.tsx';
import { usePlace } from '../../parts/page/place.ts';
import { Empty, ErrorNotice, Panel, Skeleton } from '../../parts/ui/basics.tsx';
import { HOUR_MS } from './recent.ts';

export function MapPreview(): ReactNode {
  return (
    <Panel
      flush
      className="fill"
      title="Service map, last hour"
      side={<Link to="/map">Open map</Link>}
    >
      <div className="drawing preview">
        <Drawing />
      </div>
    </Panel>
  );
}

/** Nothing read yet is not the same as nothing there. */
function Drawing(): ReactNode {
  const { data, error } = useQuery(
    mapQuery(usePlace(), 'overview', () => ({ from: Date.now() - HOUR_MS, to: Date.now() })),
  );
  if (!data) {
    return (
      <div className="body">{error ? <ErrorNotice error={error} /> : <Skeleton lines={6} />}</div>
    );
  }
  const { services } = data;
  if (services.length === 0) {
    return (
      <Empty icon="map" title="No traces in the last hour">
        <p>Runs with tracing on appear here.</p>
      </Empty>
    );
  }
  return (
    <ServiceGraph
      services={services}
      minutes={60}
      selected={undefined}
      onSelect={() => {}}
      fitKey={services.map((service) => service.Name).join()}
    />
  );
}
