/**
 * Step Functions of one process, put together: engines, what they are made of, and operations. The
 * server, the tests and the simulator have this one composition; nothing is started here.
 */
import type { DecideOptions } from '../../execution/decide.ts';
import type { Clock } from '../../ground/tools.ts';
import { memoryExecutionStore } from '../../store/executions/memory.ts';
import type { ExecutionStore } from '../../store/executions/store.ts';
import type { MachineStore } from '../../store/machines/store.ts';
import { type AssembledEngines, assembleEngines, type EngineParts } from '../engine/assemble.ts';
import { Engines } from '../engine/engines.ts';
import { type MockedDeps, mockedIntegrations } from '../integrations/mocked.ts';
import type { CheckConstraints } from '../integrations/operations.ts';
import type { LimitWatch } from '../limits/watch.ts';
import type { NodeWork } from '../node.ts';
import type { LogSink } from '../ports/logs.ts';
import type { Projector } from '../ports/projector.ts';
import type { Integrations } from '../ports/tasks.ts';
import type { Sampler, TraceRecorder } from '../ports/traces.ts';
import { ActivityQueues } from './activity-queues.ts';
import { MachineCatalog } from './catalog.ts';
import type { LogGroups } from './configuration.ts';
import { Deletions } from './deletions.ts';
import type { Definitions, StatesHandlers } from './deps.ts';
import { executionLogs } from './logging.ts';
import { Starter, type TestCases } from './start.ts';
import { statesHandlers } from './states.ts';
import { statesIntegration } from './tasks.ts';
import { testStateHandlers } from './test-state/handlers.ts';
import type { ResultModels } from './test-state/result-model.ts';
import { Tracing } from './tracing.ts';

type OfEngines = Pick<
  EngineParts,
  | 'clock'
  | 'tools'
  | 'log'
  | 'epoch'
  | 'live'
  | 'limits'
  | 'executions'
  | 'mapRunStore'
  | 'objects'
  | 'retryingWrites'
  | 'evaluate'
  | 'request'
  | 'watchers'
  | 'watch'
  | 'backlog'
  | 'redeliver'
  | 'stateBytesMax'
  | 'observe'
  | 'drainMs'
  | 'skips'
>;

export interface StatesParts extends OfEngines {
  readonly machines: MachineStore;
  readonly definitions: Definitions;
  /** What mocked results of TestState are checked against. */
  readonly results: ResultModels;
  /** Beside that of nested executions, which is made here. */
  readonly integrations: Integrations;
  readonly watch: LimitWatch;
  readonly check: CheckConstraints;
  /** Absent: every task really runs. */
  readonly mocks?: Mocks | undefined;
  /** They see every commit of Standard executions, after a crash too. */
  readonly projectors: readonly Projector[];
  readonly sampler: Sampler;
  /** Every machine is treated as if its tracing were on. */
  readonly traceAll: boolean;
  readonly recorder: TraceRecorder;
  readonly logs: LogSink;
  readonly logGroups: LogGroups;
  /** Lets others have their turn while much is done at once. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** Which tasks test cases answer, and how. */
export interface Mocks {
  readonly testCases: TestCases;
  readonly mocked: NonNullable<DecideOptions['mocked']>;
  readonly answer: MockedDeps['answer'];
}

export interface AssembledStates extends AssembledEngines, Required<NodeWork> {
  readonly handlers: StatesHandlers;
  readonly catalog: MachineCatalog;
  readonly deletions: Deletions;
  readonly activities: ActivityQueues;
  /** Express executions, in memory. */
  readonly expressStore: ExecutionStore;
}

export function assembleStates(parts: StatesParts): AssembledStates {
  const { clock, tools, log, limits, watch, machines, executions, mocks } = parts;
  const engines = new Engines();
  const alone = parts.live === undefined;
  const catalog = new MachineCatalog(machines, tools, parts.pause, !alone);
  const activities = new ActivityQueues({ executions, clock, log, limits, watch, engines });
  const { sampler, traceAll } = parts;
  const testCases = mocks?.testCases;
  const starter = new Starter({ catalog, engines, sampler, tools, traceAll, testCases });
  const all = integrationsOf(parts, engines, starter);
  const integrations = mocks ? mockedOf(all, mocks, engines, clock) : all;
  const expressStore = memoryExecutionStore(undefined, parts.pause);
  const tracing = [tracingOf(parts, executions), tracingOf(parts, expressStore)] as const;
  const logging = executionLogs(parts.logs);
  const { engine, express, mapRuns, running } = assembleEngines({
    ...enginePartsOf(parts),
    engines,
    expressStore,
    integrations,
    mocked: mocks?.mocked,
    machine: (hash) => catalog.compiled(hash),
    activityExists: (arn) => catalog.activityExists(arn),
    projectors: {
      standard: [tracing[0], logging, ...parts.projectors],
      express: [tracing[1], logging],
    },
    queued: (activity) => activities.notify(activity),
  });
  const deletions = new Deletions({ machines, executions, catalog, engine, clock, log });
  const states = { engine, express, mapRuns, catalog, deletions, activities, expressStore };
  return {
    ...states,
    handlers: handlersOf(parts, states, starter, all),
    async takeOver() {
      for (const one of [engine, mapRuns, deletions]) await one.takeOver();
    },
    async refresh() {
      await engine.refresh();
      await catalog.refresh();
    },
    running: [activities, ...tracing, ...running, deletions],
  };
}

function handlersOf(
  parts: StatesParts,
  states: Omit<AssembledStates, 'handlers' | 'running' | keyof NodeWork>,
  starter: Starter,
  integrations: Integrations,
): StatesHandlers {
  const { clock, tools, log, limits, definitions, evaluate, request, results } = parts;
  const tasks = { integrations, request, evaluate, results };
  return {
    ...statesHandlers({
      machines: parts.machines,
      executions: parts.executions,
      mapRunStore: parts.mapRunStore,
      mapRuns: states.mapRuns,
      catalog: states.catalog,
      definitions,
      engine: states.engine,
      express: states.express,
      starter,
      deletions: states.deletions,
      activities: states.activities,
      logGroups: parts.logGroups,
      limits,
      watch: parts.watch,
      clock,
      tools,
      log,
    }),
    ...testStateHandlers({ ...tasks, definitions, clock, tools, limits }),
  };
}

function integrationsOf(parts: StatesParts, engines: Engines, starter: Starter): Integrations {
  const { executions, check, clock, tools, log, integrations } = parts;
  const nested = statesIntegration({ starter, engines, executions, check, clock, tools, log });
  return { of: (resource) => (nested.matches(resource) ? nested : integrations.of(resource)) };
}

function mockedOf(
  integrations: Integrations,
  { answer }: Mocks,
  engines: Engines,
  clock: Clock,
): Integrations {
  const signal: MockedDeps['signal'] = (id, said) => engines.standard.signal(id, said);
  return mockedIntegrations(integrations, { clock, signal, answer });
}

function tracingOf({ recorder, clock, tools, log }: StatesParts, store: ExecutionStore): Tracing {
  const records = async (id: number) => (await store.load(id))?.records ?? [];
  return new Tracing({ recorder, clock, log, digest: tools.digest, records });
}

function enginePartsOf(parts: StatesParts): OfEngines {
  return {
    clock: parts.clock,
    tools: parts.tools,
    log: parts.log,
    epoch: parts.epoch,
    live: parts.live,
    limits: parts.limits,
    executions: parts.executions,
    mapRunStore: parts.mapRunStore,
    objects: parts.objects,
    retryingWrites: parts.retryingWrites,
    evaluate: parts.evaluate,
    request: parts.request,
    watchers: parts.watchers,
    watch: parts.watch,
    backlog: parts.backlog,
    redeliver: parts.redeliver,
    stateBytesMax: parts.stateBytesMax,
    observe: parts.observe,
    drainMs: parts.drainMs,
    skips: parts.skips,
  };
}
