/**
 * The house and the services in it. What services name each other by is there first and stands on
 * nothing; once all are opened it stands on them. Nothing is started here.
 */
import { loadCatalog } from '../edge/aws-models.ts';
import { httpGuard } from '../edge/http/guard.ts';
import { ConsoleFeed } from '../edge/http/sse.ts';
import { systemClock, systemDigests } from '../edge/system.ts';
import type { Logger } from '../ground/log.ts';
import type { AwsService, House } from '../service/aws-service.ts';
import { AwsCalls } from '../service/calls.ts';
import { EventBus } from '../service/events/bus.ts';
import { awsSdkIntegrations } from '../service/integrations/aws-sdk.ts';
import { IntegrationRegistry } from '../service/integrations/registry.ts';
import { LimitWatch } from '../service/limits/watch.ts';
import { RetryingWrites, unavailableOf } from '../service/retrying-writes.ts';
import { Seats } from '../service/seats.ts';
import { Dispatcher, type HandlerTable } from '../wire/dispatch.ts';
import { Addresses } from './addresses.ts';
import type { Listener, Outside } from './outside.ts';
import type { ServiceLine } from './services.ts';
import type { Storage } from './storage.ts';

export interface Given extends Pick<Outside, 'config' | 'mocks' | 'time'> {
  readonly log: Logger;
  readonly lines: readonly ServiceLine[];
  readonly storage: Storage;
}

export interface Opened {
  readonly house: House;
  readonly outside: Outside;
  readonly seats: Seats;
  /** In the order of the list. */
  readonly services: ReadonlyMap<string, AwsService>;
  readonly tables: Readonly<Record<string, HandlerTable>>;
}

/** Fits a zip of 50 MB as base64. */
const BODY_SIZE_BYTES_MAX = 75 * 1024 * 1024;

export async function openServices(given: Given): Promise<Opened> {
  const { config, mocks, time, lines, storage } = given;
  const tables: Record<string, HandlerTable> = {};
  const services = new Map<string, AwsService>();
  const seats = new Seats();
  const integrations = new IntegrationRegistry();
  const dispatcher = dispatcherOf(given, tables);
  const house = houseOf(given, new AwsCalls(dispatcher), seats);
  const outside: Outside = {
    config,
    folder: storage.folder,
    house,
    models: lines,
    time,
    integrations,
    mocks,
    feed: new ConsoleFeed(),
    addresses: new Addresses(config.host),
    listener: listenerOf(given, dispatcher, house),
    busy: () => house.databases.main.backlog.units > 0 || [...services.values()].some(isBusy),
  };
  for (const line of lines) services.set(line.id, await line.open(house, outside));
  for (const [id, { handlers }] of services) tables[id] = handlers;
  seats.fill([...services.values()]);
  integrations.add([...services.values()].flatMap(({ tasks = [] }) => tasks));
  integrations.add(awsSdkIntegrations(house));
  return { house, outside, seats, services, tables };
}

const isBusy = (service: AwsService): boolean => service.busy?.() ?? false;

function dispatcherOf(
  { config, lines, log }: Given,
  services: Readonly<Record<string, HandlerTable>>,
): Dispatcher {
  const { account, region, limits } = config;
  const catalog = loadCatalog(lines, limits);
  const digests = systemDigests;
  return new Dispatcher({
    catalog,
    services,
    account,
    region,
    log,
    digests,
    faultOf: unavailableOf,
  });
}

function houseOf({ config, time, log, storage }: Given, calls: AwsCalls, seats: Seats): House {
  const { clock, tools } = time;
  return {
    clock,
    tools,
    log,
    databases: storage.databases,
    resources: storage.resources,
    calls,
    events: new EventBus(log),
    logs: seats.logs,
    traces: seats.traces,
    limits: new LimitWatch({ limits: config.limits, clock, log }),
    retryingWrites: new RetryingWrites({ clock: systemClock, log }),
  };
}

function listenerOf({ config }: Given, dispatcher: Dispatcher, { tools, log }: House): Listener {
  const { host, allowedHosts, allowUnsigned, stopTimeoutSeconds } = config;
  return {
    host,
    dispatcher,
    guard: httpGuard([...allowedHosts, host]),
    allowUnsigned,
    bodySizeBytesMax: BODY_SIZE_BYTES_MAX,
    tools,
    log,
    stopTimeoutMs: stopTimeoutSeconds * 1000,
  };
}
