/** What `GET /_steplight/health` answers: of every service what it tells, and of the server the rest. */

import type { ConsoleFeed } from '../edge/http/sse.ts';
import type { EventStream } from '../edge/http/status-changes.ts';
import type { JsonObject } from '../ground/json.ts';
import type { AwsService, House } from '../service/aws-service.ts';
import type { LimitWatch } from '../service/limits/watch.ts';
import type { Config } from './config.ts';

interface Deps {
  readonly version: string;
  readonly config: Config;
  readonly house: House;
  /** In the order of the list. */
  readonly services: ReadonlyMap<string, AwsService>;
  readonly feed: ConsoleFeed;
  readonly stream: EventStream;
  readonly startedAt: number;
}

const HINT =
  'StartSyncExecution: set disableHostPrefix (JavaScript), inject_host_prefix=False (boto3) or ' +
  'AWS_DISABLE_HOST_PREFIX_INJECTION=true, because SDKs put "sync-" before the host.';

export async function healthOf(deps: Deps): Promise<JsonObject> {
  const { config, house, feed, stream } = deps;
  const { units, bytes } = house.databases.main.backlog;
  const services: Record<string, JsonObject> = {};
  for (const [id, service] of deps.services) {
    services[id] = { state: 'running', ...(await service.health?.()) };
  }
  services.console = { state: config.console ? 'running' : 'off', clients: feed.clients };
  return {
    status: 'ok',
    version: deps.version,
    uptimeSeconds: Math.round((house.clock.now() - deps.startedAt) / 1000),
    account: config.account,
    region: config.region,
    hint: HINT,
    services,
    events: { ...house.events.counts, clients: stream.clients },
    limits: printed(house.limits.report),
    writing: { units, bytes },
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
