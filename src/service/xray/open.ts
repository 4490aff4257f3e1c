/** X-Ray in a house: its store, its daemon, and what its neighbours are traced with. */
import { carryOverXraySettings } from '../../store/resources/carry-over.ts';
import { openTraceStore, type SqlTraceStore } from '../../store/traces/sql.ts';
import type { AwsService, House } from '../aws-service.ts';
import type { Service } from '../lifecycle.ts';
import { assembleXray } from './assemble.ts';
import type { TraceIntake } from './intake.ts';

/** What only X-Ray needs of the outside. */
export interface XrayOwn {
  /** How our own work is sampled. */
  readonly sampling: 'all' | 'aws';
  /** How long traces are kept; 0 is for ever. */
  readonly days: number;
  /** The port where documents come in that no request carries. */
  daemon(intake: TraceIntake): TraceDaemon;
  /** These traces have news. */
  changed(traceIds: readonly string[]): void;
}

export interface TraceDaemon extends Service {
  /** Host and port, once it is started. */
  readonly address: string;
}

export async function openXray(house: House, own: XrayOwn): Promise<AwsService> {
  const { databases, resources, retryingWrites, clock, tools, log } = house;
  const store = await openTraceStore({ database: databases.telemetry, clock, log });
  store.onChange(({ traceIds }) => own.changed(traceIds));
  await carryOverXraySettings(databases.telemetry, resources);
  const xray = await assembleXray({
    store,
    resources,
    retryingWrites,
    clock,
    tools,
    log,
    sampling: own.sampling,
  });
  const { recorder, sampler, intake } = xray;
  const daemon = own.daemon(intake);
  return {
    handlers: xray.handlers,
    listening: [daemon],
    running: [storing(store)],
    kept: [{ what: 'traces', days: own.days, prune: (before) => store.prune(before) }],
    provides: {
      traces: {
        record: (place, documents) => recorder.record(place, documents),
        sample: (place, request) => sampler.sample(place, request),
      },
    },
    async health() {
      const { traces, hot } = await store.counts();
      const { total, byCode, recent } = intake.refusedSegments();
      return {
        daemon: daemon.address,
        traces,
        hotTraces: hot,
        refusedSegments: {
          total,
          byCode: { ...byCode },
          recent: recent.map((one) => ({ ...one, id: one.id ?? null })),
        },
      };
    },
  };
}

/** Settles traces from its opening on. */
const storing = (store: SqlTraceStore): Service => ({
  start: async () => undefined,
  stop: () => store.close(),
});
