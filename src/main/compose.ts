/** Puts the server together. Constructs, starts and stops in one order; decides nothing else. */

import { loadCatalog } from '../edge/aws-models.ts';
import { AwsHttp } from '../edge/http/aws-http.ts';
import { httpGuard } from '../edge/http/guard.ts';
import { stderrLogger, systemClock } from '../edge/system.ts';
import { XrayDaemon } from '../edge/xray-daemon.ts';
import type { Logger } from '../ground/log.ts';
import type { Service } from '../service/lifecycle.ts';
import { logsService } from '../service/logs/service.ts';
import { RetryingWrites, unavailableOf } from '../service/retrying-writes.ts';
import { stsHandlers } from '../service/sts/service.ts';
import { openXray } from '../service/xray/service.ts';
import type { Catalog } from '../wire/catalog.ts';
import { type CoverageRow, coverageRows } from '../wire/coverage.ts';
import { Dispatcher, type HandlerTable } from '../wire/dispatch.ts';
import type { Config } from './config.ts';
import { consoleFeed, consoleRoutes, feedWatcher } from './parts/console.ts';
import { eventParts } from './parts/events.ts';
import { healthOf } from './parts/health.ts';
import { lambdaParts } from './parts/lambda.ts';
import { mocksOf } from './parts/mocks.ts';
import { retention } from './parts/retention.ts';
import { statesParts } from './parts/states.ts';
import { timeParts } from './parts/time.ts';
import { openStorage } from './storage.ts';

export interface Server {
  /** Of the AWS endpoint, once started. */
  readonly url: string;
  /** What of the AWS models is implemented. */
  readonly coverage: readonly CoverageRow[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Fits a zip of 50 MB as base64. */
const BODY_SIZE_BYTES_MAX = 75 * 1024 * 1024;

export async function compose(config: Config, version: string): Promise<Server> {
  const mocks = mocksOf(config);
  const { clock, tools, aheadMs, virtual } = timeParts(config);
  const base = { clock, tools, log: stderrLogger(config.logLevel) };
  const catalog = loadCatalog(config.limits);
  const storage = await openStorage(config, base);
  const retryingWrites = new RetryingWrites({ ...base, clock: systemClock });
  const { traces, resources } = storage;
  const { sampling } = config;
  const xray = await openXray({ ...base, retryingWrites, store: traces, resources, sampling });
  const logs = logsService({ ...base, store: storage.logs });
  const feed = consoleFeed(storage);
  const xrayDaemonAddress = () => `${reachable(config.host)}:${listeners.daemon.port}`;
  const events = eventParts({ ...base, config });
  const calls = { models: catalog, dispatcher: () => dispatcher };
  const shared = { ...base, ...calls, config, storage, xray, retryingWrites, events };
  const lambda = lambdaParts({
    ...shared,
    sink: logs.sink,
    aheadMs,
    endpointUrl: () => urlOf(config, listeners.http.port),
    xrayDaemonAddress,
    ran: (name) => feed.publish('function', name),
  });
  const watchers = [feedWatcher(feed)];
  const states = statesParts({ ...shared, mocks, logs, lambda, watchers, virtual });
  const services = handlersOf({ states, lambda: lambda.service, xray, logs });
  const dispatcher = dispatcherOf({ ...shared, services });
  const startedAt = base.clock.now();
  const parts = { ...shared, version, states, lambda, feed, xrayDaemonAddress, startedAt };
  const ready = gate();
  const listeners = listenersOf({ ...parts, dispatcher, ready: ready.open });
  // Ports are taken before any work goes on: a function process is told of them when it starts, and
  // a server that cannot have them must not have begun anything. Calls wait for the whole.
  const running: readonly Service[] = [
    feed,
    logs,
    listeners.daemon,
    lambda.host,
    listeners.http,
    lambda.service,
    ...states.running,
    // What is old is so by the real time, whatever the virtual clock has leapt over.
    retention({ ...shared, clock: systemClock, logs }),
    // Last: from here on it gives those who come back a moment to do so.
    events.stream,
  ];
  return {
    get coverage() {
      return coverageRows(catalog, services);
    },
    get url() {
      return urlOf(config, listeners.http.port);
    },
    async start() {
      for (const service of running) await service.start();
      ready.pass();
    },
    async stop() {
      retryingWrites.giveUp();
      const outside = [feed, events.stream, listeners.http, listeners.daemon];
      await Promise.all(outside.map((one) => one.stop()));
      for (const service of running.toReversed()) await service.stop();
      await storage.close();
    },
  };
}

/** Every operation there is, by service. */
function handlersOf(
  services: Readonly<Record<'states' | 'lambda' | 'xray' | 'logs', { handlers: HandlerTable }>>,
): Readonly<Record<string, HandlerTable>> {
  const { states, lambda, xray, logs } = services;
  return {
    states: states.handlers,
    lambda: lambda.handlers,
    xray: xray.handlers,
    logs: logs.handlers,
    sts: stsHandlers(),
  };
}

function dispatcherOf(deps: {
  readonly config: Config;
  readonly models: Catalog;
  readonly services: Readonly<Record<string, HandlerTable>>;
  readonly log: Logger;
}): Dispatcher {
  const { models: catalog, services, log } = deps;
  const { account, region } = deps.config;
  return new Dispatcher({ catalog, services, account, region, log, faultOf: unavailableOf });
}

type ListenerDeps = Parameters<typeof healthOf>[0] &
  Pick<Parameters<typeof consoleRoutes>[0], 'tools' | 'dispatcher'> & {
    readonly ready: Promise<void>;
    readonly log: Logger;
  };

/** The AWS endpoint with the console, and the X-Ray daemon. */
function listenersOf(deps: ListenerDeps): { http: AwsHttp; daemon: XrayDaemon } {
  const { config, log } = deps;
  const { account, region, host, allowUnsigned } = config;
  const listener = {
    tools: deps.tools,
    log,
    host,
    dispatcher: deps.dispatcher,
    guard: httpGuard([...config.allowedHosts, host]),
    allowUnsigned,
    bodySizeBytesMax: BODY_SIZE_BYTES_MAX,
    stopTimeoutMs: config.stopTimeoutSeconds * 1000,
  };
  const { stream } = deps.events;
  const routes = consoleRoutes({ ...deps, ...listener, stream, health: () => healthOf(deps) });
  const http = new AwsHttp({ ...listener, port: config.port, ready: deps.ready, routes });
  const daemon = new XrayDaemon({
    ...listener,
    port: config.xrayPort,
    place: { account, region },
    intake: deps.xray.intake,
  });
  return { http, daemon };
}

/** `open` resolves when `pass` is called. */
function gate(): { readonly open: Promise<void>; pass(): void } {
  let pass!: () => void;
  const open = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { open, pass };
}

/** Where this machine reaches a listener on `host`. */
const reachable = (host: string): string => (/^(0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host);

function urlOf({ host }: Config, port: number): string {
  const name = reachable(host);
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
