/** Puts the server together. Constructs, starts and stops in one order; decides nothing else. */

import { AwsHttp } from '../edge/aws-http.ts';
import { loadCatalog } from '../edge/aws-models.ts';
import { httpGuard } from '../edge/http-guard.ts';
import { stderrLogger, systemClock, systemTools } from '../edge/system.ts';
import { XrayDaemon } from '../edge/xray-daemon.ts';
import type { JsonObject } from '../ground/json.ts';
import { logsService } from '../service/logs.ts';
import { stsHandlers } from '../service/sts.ts';
import { openXray } from '../service/xray.ts';
import { Dispatcher } from '../wire/dispatch.ts';
import type { Config } from './config.ts';
import { consoleFeed, consoleRoutes, feedWatcher } from './parts/console.ts';
import { healthOf } from './parts/health.ts';
import { lambdaParts } from './parts/lambda.ts';
import { statesParts } from './parts/states.ts';
import { openStorage } from './storage.ts';

export interface Server {
  /** Of the AWS endpoint, once started. */
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Fits a zip of 50 MB as base64. */
const BODY_SIZE_BYTES_MAX = 75 * 1024 * 1024;

export async function compose(config: Config, version: string): Promise<Server> {
  const clock = systemClock;
  const tools = systemTools;
  const log = stderrLogger(config.logLevel);
  const base = { clock, tools, log };
  const storage = await openStorage(config, base);
  const { account, region, host, allowUnsigned } = config;
  const xray = await openXray({
    ...base,
    store: storage.traces,
    settings: storage.xraySettings,
    sampling: config.sampling,
  });
  const logs = logsService({ ...base, store: storage.logs });
  const feed = consoleFeed(storage);
  const reach = /^(0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host;
  const urlOf = (port: number): string =>
    `http://${reach.includes(':') ? `[${reach}]` : reach}:${port}`;
  const shared = { ...base, config, storage, xray };
  const lambda = lambdaParts({
    ...shared,
    sink: logs.sink,
    endpointUrl: () => urlOf(http.port),
    xrayDaemonAddress: () => `${reach}:${daemon.port}`,
    ran: (name) => feed.publish('function', name),
  });
  const watcher = feedWatcher(feed);
  const states = statesParts({ ...shared, logs, lambda: lambda.service, watcher });
  const services = {
    states: states.handlers,
    lambda: lambda.service.handlers,
    xray: xray.handlers,
    logs: logs.handlers,
    sts: stsHandlers(),
  };
  const dispatcher = new Dispatcher({ catalog: loadCatalog(), services, account, region, log });
  const guard = httpGuard([...config.allowedHosts, host]);
  const listener = {
    ...base,
    host,
    dispatcher,
    guard,
    allowUnsigned,
    bodySizeBytesMax: BODY_SIZE_BYTES_MAX,
    stopTimeoutMs: config.stopTimeoutSeconds * 1000,
  };
  const health = (): Promise<JsonObject> =>
    healthOf({ version, config, storage, states, lambda, xray, feed, clock, startedAt });
  const routes = consoleRoutes({ ...listener, config, storage, states, feed, health });
  const http = new AwsHttp({ ...listener, port: config.port, routes });
  const daemon = new XrayDaemon({
    ...listener,
    port: config.xrayPort,
    place: { account, region },
    intake: xray.intake,
  });
  const startedAt = clock.now();
  const running = [
    feed,
    logs,
    daemon,
    http,
    lambda.host,
    lambda.service,
    ...states.tracing,
    states.express,
    states.engine,
  ];
  return {
    get url() {
      return urlOf(http.port);
    },
    async start() {
      for (const service of running) await service.start();
    },
    async stop() {
      await Promise.all([feed.stop(), http.stop(), daemon.stop()]);
      for (const service of running.toReversed()) await service.stop();
      states.activities.stop();
      await storage.close();
    },
  };
}
