/** Step Functions, put together: engine, Express, integrations, projectors, operations. */
import { join } from 'node:path';
import { DefinitionThreads } from '../../edge/definitions.ts';
import { Expressions } from '../../edge/expressions.ts';
import type { MockFile } from '../../edge/mock-file.ts';
import { objectFolder } from '../../edge/object-folder.ts';
import { resultModels } from '../../edge/result-models.ts';
import { nextTurn } from '../../edge/system.ts';
import { Engine, type EngineDeps } from '../../service/engine/engine.ts';
import { ExpressRunner } from '../../service/engine/express.ts';
import { MapRuns } from '../../service/engine/mapruns/service.ts';
import type { Service } from '../../service/lifecycle.ts';
import type { LimitWatch } from '../../service/limits/watch.ts';
import type { LogsService } from '../../service/logs/service.ts';
import type { Projector } from '../../service/ports/projector.ts';
import type { RetryingWrites } from '../../service/retrying-writes.ts';
import { ActivityQueues } from '../../service/states/activity-queues.ts';
import { MachineCatalog } from '../../service/states/catalog.ts';
import { Deletions } from '../../service/states/deletions.ts';
import type { StatesHandlers } from '../../service/states/deps.ts';
import { executionLogs } from '../../service/states/logging.ts';
import { Starter } from '../../service/states/start.ts';
import { statesHandlers } from '../../service/states/states.ts';
import { testStateHandlers } from '../../service/states/test-state/handlers.ts';
import { Tracing } from '../../service/states/tracing.ts';
import type { Xray } from '../../service/xray/service.ts';
import { memoryExecutionStore } from '../../store/executions/memory.ts';
import type { ExecutionStore } from '../../store/executions/store.ts';
import type { Config } from '../config.ts';
import type { EventParts } from './events.ts';
import { type IntegrationDeps, integrationParts } from './integrations.ts';
import { limitParts } from './limits.ts';
import { mockParts } from './mocks.ts';

export interface StatesParts {
  readonly engine: Engine;
  readonly express: ExpressRunner;
  /** Express executions, in memory. */
  readonly expressStore: ExecutionStore;
  readonly catalog: MachineCatalog;
  readonly activities: ActivityQueues;
  readonly mapRuns: MapRuns;
  readonly watch: LimitWatch;
  /** In the order in which they start. */
  readonly running: readonly Service[];
  readonly handlers: StatesHandlers;
}

interface Deps extends IntegrationDeps {
  readonly config: Config;
  readonly xray: Xray;
  readonly logs: LogsService;
  readonly mockFile: MockFile | undefined;
  readonly retryingWrites: RetryingWrites;
  /** They see every commit of this process: the console's live feed, for one. */
  readonly watchers: readonly Projector[];
  readonly events: Pick<EventParts, 'projector'>;
}

/** What engines of both kinds share. */
type Common = Omit<EngineDeps, 'store' | 'projectors'>;

function commonDeps(
  deps: Deps,
  catalog: MachineCatalog,
  own: Pick<Common, 'integrations' | 'request' | 'mocked' | 'evaluate' | 'watchers'>,
): Common {
  const { config, storage, clock, tools, log } = deps;
  return {
    clock,
    tools,
    log,
    integrations: own.integrations,
    request: own.request,
    mocked: own.mocked,
    watchers: own.watchers,
    epoch: storage.epoch,
    machine: (hash) => catalog.compiled(hash),
    activityExists: (arn) => catalog.activityExists(arn),
    evaluate: own.evaluate,
    limits: config.limits,
    backlog: () => storage.database.backlog,
    redeliver: config.onLostTask === 'redeliver',
    drainMs: config.stopTimeoutSeconds * 1000,
  };
}

function tracingOf(deps: Deps, store: ExecutionStore): Tracing {
  return new Tracing({
    recorder: deps.xray.recorder,
    clock: deps.clock,
    log: deps.log,
    digest: deps.tools.digest,
    records: async (id) => (await store.load(id))?.records ?? [],
  });
}

function loggingOf(deps: Deps): Projector {
  return executionLogs({
    append: async (place, group, stream, lines) => {
      const events = lines.map(({ timestamp, message }) => ({ at: timestamp, message }));
      deps.logs.sink.append(place, group, stream, events);
    },
  });
}

export function statesParts(deps: Deps): StatesParts {
  const { config, storage, xray, clock, tools, log } = deps;
  const { executions, machines } = storage;
  const base = { clock, tools, log };
  const expressStore = memoryExecutionStore(undefined, nextTurn);
  const catalog = new MachineCatalog(machines, tools, nextTurn);
  const { open, ...minded } = limitParts(deps);
  const { limits, watch } = minded;
  const logging = loggingOf(deps);
  const tracing = [tracingOf(deps, executions), tracingOf(deps, expressStore)] as const;
  const engines = { starter: () => starter, engine: () => engine };
  const { integrations, request, services } = integrationParts(deps, engines);
  const mocks = mockParts(deps, integrations, (id, signal) => engine.signal(id, signal));
  const definitions = new DefinitionThreads(services);
  const expressions = new Expressions();
  const common = commonDeps(deps, catalog, {
    ...(mocks ?? { integrations }),
    request,
    evaluate: (request) => expressions.evaluate(request, tools),
    watchers: [...deps.watchers, watch],
  });
  const activities = new ActivityQueues({ ...minded, executions, clock, engine: () => engine });
  const mapRuns: MapRuns = new MapRuns({
    ...common,
    watch,
    mapRuns: storage.mapRuns,
    executions,
    objects: objectFolder(join(storage.folder, 'objects')),
    engine: () => engine,
    express: () => express,
  });
  const express = new ExpressRunner({
    ...common,
    mapRuns,
    store: expressStore,
    ledger: executions,
    retryingWrites: deps.retryingWrites,
    projectors: [tracing[1], logging],
  });
  const engine: Engine = new Engine({
    ...common,
    open,
    mapRuns,
    store: executions,
    projectors: [tracing[0], logging, deps.events.projector],
    queued: (activity) => activities.notify(activity),
    foreign: (row) => express.recover(row),
  });
  const traceAll = config.tracing === 'all';
  const testCases = mocks?.testCases;
  const { sampler } = xray;
  const starter = new Starter({ catalog, engine, express, sampler, tools, traceAll, testCases });
  const mapRunStore = storage.mapRuns;
  const deletions = new Deletions({ machines, executions, catalog, engine, clock, log: deps.log });
  const own = { catalog, engine, express, starter, deletions, activities, mapRuns, mapRunStore };
  const tasks = { integrations, request, definitions, evaluate: common.evaluate };
  const stored = { machines, executions, logGroups: deps.logs };
  const handlers = {
    ...statesHandlers({ ...base, ...own, ...minded, ...stored, definitions }),
    ...testStateHandlers({ ...base, ...tasks, limits, results: resultModels() }),
  };
  const parts = { engine, express, expressStore, catalog, activities, mapRuns, watch };
  const running = [...tracing, definitions, expressions, express, engine, mapRuns, deletions];
  return { ...parts, running, handlers };
}
