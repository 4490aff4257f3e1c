/** Puts the server together. Constructs, starts and stops in one order; decides nothing else. */

import { AwsHttp } from '../edge/http/aws-http.ts';
import { EventStream } from '../edge/http/status-changes.ts';
import { stderrLogger, systemClock } from '../edge/system.ts';
import type { AwsService, House } from '../service/aws-service.ts';
import type { Service } from '../service/lifecycle.ts';
import { Retention } from '../service/retention.ts';
import { usedBytes } from '../store/used-bytes.ts';
import { type CoverageRow, coverageRows } from '../wire/coverage.ts';
import type { Config } from './config.ts';
import { consoleRoutes } from './console-routes.ts';
import { healthOf } from './health.ts';
import { mocksOf } from './mocks.ts';
import { type Given, openServices } from './open-services.ts';
import { SERVICES, type ServiceLine } from './services.ts';
import { openStorage } from './storage.ts';
import { timeParts } from './time.ts';

export interface Server {
  /** Of the AWS endpoint, once started. */
  readonly url: string;
  /** What of the AWS models is implemented. */
  readonly coverage: readonly CoverageRow[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @param lines the services; default: those of the product */
export async function compose(
  config: Config,
  version: string,
  lines: readonly ServiceLine[] = SERVICES,
): Promise<Server> {
  // A mock file that is of no use is told of before anything is opened.
  const mocks = mocksOf(config);
  const time = timeParts(config);
  const stores = lines.flatMap(({ stores = [] }) => stores);
  const log = stderrLogger(config.logLevel);
  const storage = await openStorage(config, stores, { clock: time.clock, tools: time.tools, log });
  try {
    return await composed({ config, mocks, time, log, lines, storage }, version);
  } catch (error) {
    await storage.close();
    throw error;
  }
}

async function composed(given: Given, version: string): Promise<Server> {
  const { config, storage } = given;
  const { house, outside, seats, services, tables } = await openServices(given);
  const { feed, listener, addresses } = outside;
  const opened = [...services.values()];
  const stream = new EventStream(house.events);
  const startedAt = house.clock.now();
  const health = () => healthOf({ version, config, house, services, feed, stream, startedAt });
  const { executions } = seats;
  const routes = consoleRoutes({ config, listener, feed, stream, executions, health });
  const ready = gate();
  const http = new AwsHttp({ ...listener, port: config.port, ready: ready.open, routes });
  addresses.noteEndpoint(http);
  // Ports are taken before any work goes on: a function process is told of them when it starts, and
  // a server that cannot have them must not have begun anything. Calls wait for the whole.
  const listening = [...opened.flatMap(({ listening = [] }) => listening), http];
  const working = opened.toReversed().flatMap(({ running = [] }) => running);
  // The stream comes last: it gives those who come back a moment to do so.
  const { node } = house.databases;
  const others = node.watch(opened.flatMap(({ nodeWork }) => nodeWork ?? []));
  const kept = retentionOf(config, house, opened);
  const running = [node.heartbeat(), feed, ...listening, ...working, kept, others, stream];
  return {
    get coverage() {
      return coverageRows(house.calls.catalog, tables);
    },
    get url() {
      return addresses.endpointUrl;
    },
    async start() {
      for (const service of running) await service.start();
      ready.pass();
    },
    async stop() {
      house.retryingWrites.giveUp();
      await Promise.all([feed, stream, ...listening].map((one) => one.stop()));
      for (const service of running.toReversed()) await service.stop();
      await storage.close();
    },
  };
}

function retentionOf(config: Config, house: House, services: readonly AwsService[]): Service {
  return new Retention({
    // What is old is so by the real time, whatever the virtual clock has skipped.
    clock: systemClock,
    log: house.log,
    kept: services.flatMap(({ kept = [] }) => kept),
    days: config.retentionDays,
    bytesMax: config.maxDataBytes,
    usedBytes: () => usedBytes(house.databases.main),
  });
}

/** `open` resolves when `pass` is called. */
function gate(): { readonly open: Promise<void>; pass(): void } {
  let pass!: () => void;
  const open = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { open, pass };
}
