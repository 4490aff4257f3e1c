/** What `GET /_steplight/health` answers. */
import type { ConsoleFeed } from '../../edge/http/sse.ts';
import type { JsonObject } from '../../ground/json.ts';
import type { Clock } from '../../ground/tools.ts';
import type { LimitWatch } from '../../service/limits/watch.ts';
import type { Xray } from '../../service/xray/service.ts';
import type { Config } from '../config.ts';
import type { Storage } from '../storage.ts';
import type { EventParts } from './events.ts';
import type { LambdaParts } from './lambda.ts';
import type { StatesParts } from './states.ts';

interface Deps {
  readonly version: string;
  readonly config: Config;
  readonly storage: Storage;
  readonly states: StatesParts;
  readonly lambda: LambdaParts;
  readonly xray: Xray;
  readonly feed: ConsoleFeed;
  readonly xrayDaemonAddress: () => string;
  readonly events: EventParts;
  readonly clock: Pick<Clock, 'now'>;
  readonly startedAt: number;
}

const HINT =
  'StartSyncExecution: set disableHostPrefix (JavaScript), inject_host_prefix=False (boto3) or ' +
  'AWS_DISABLE_HOST_PREFIX_INJECTION=true, because SDKs put "sync-" before the host.';

export async function healthOf(deps: Deps): Promise<JsonObject> {
  const { storage, states, lambda, xray, config } = deps;
  const executions = await storage.executions.counts();
  const traces = await storage.traces.counts();
  const { backlog } = storage.database;
  const refused = xray.intake.refusedSegments();
  return {
    status: 'ok',
    version: deps.version,
    uptimeSeconds: Math.round((deps.clock.now() - deps.startedAt) / 1000),
    account: config.account,
    region: config.region,
    hint: HINT,
    services: {
      states: {
        state: 'running',
        executions: { ...executions },
        tasks: states.engine.counts.tasks,
        inMemory: states.engine.counts.inMemory,
        // Executions that failed by a defect of this server.
        defects: states.engine.counts.defects + states.express.counts.defects,
      },
      lambda: { state: 'running', ...lambda.host.counts() },
      xray: {
        state: 'running',
        daemon: deps.xrayDaemonAddress(),
        traces: traces.traces,
        hotTraces: traces.hot,
        refusedSegments: {
          total: refused.total,
          byCode: { ...refused.byCode },
          recent: refused.recent.map((one) => ({ ...one, id: one.id ?? null })),
        },
      },
      logs: { state: 'running' },
      sts: { state: 'running' },
      console: { state: config.console ? 'running' : 'off', clients: deps.feed.clients },
    },
    events: { ...deps.events.bus.counts, clients: deps.events.stream.clients },
    limits: printed(states.watch.report),
    writing: { units: backlog.units, bytes: backlog.bytes },
  };
}

/** Times in epoch seconds. */
function printed(report: LimitWatch['report']): JsonObject {
  const entries = Object.entries(report).map(([name, { limit, warnings, latest }]) => {
    const last = latest && { latest: { ...latest, at: latest.at / 1000 } };
    return [name, { limit, warnings, ...last }] as const;
  });
  return Object.fromEntries(entries);
}
