/** Step Functions put together for tests: SQLite in memory, time that a test moves. */

import { evaluateExpression } from '../../asl/evaluator.ts';
import { validateDefinition } from '../../asl/validate.ts';
import { variableReferences } from '../../asl/variable-references.ts';
import { AWS_LIMITS, type Limits } from '../../execution/limits.ts';
import type { Database } from '../../store/database.ts';
import { memoryExecutionStore } from '../../store/executions/memory.ts';
import { executionMigrations } from '../../store/executions/migrations.ts';
import { sqlExecutionStore } from '../../store/executions/sql.ts';
import type { ExecutionStore } from '../../store/executions/store.ts';
import { machineMigrations } from '../../store/machines/migrations.ts';
import { sqlMachineStore } from '../../store/machines/sql.ts';
import type { MachineStore } from '../../store/machines/store.ts';
import { sqlMapRunStore } from '../../store/mapruns/sql.ts';
import type { MapRunStore } from '../../store/mapruns/store.ts';
import { openSqliteInProcess } from '../../store/sqlite/in-process.ts';
import type { CallContext, Operations } from '../../wire/operations.ts';
import { Engine, type EngineDeps } from '../engine/engine.ts';
import { ExpressRunner } from '../engine/express.ts';
import { MapRuns } from '../engine/mapruns/service.ts';
import { OpenExecutions } from '../engine/open-executions.ts';
import {
  engineDeps,
  ManualClock,
  PLACE,
  TestIntegration,
  testLog,
  testTools,
} from '../engine/testing.ts';
import { type StatesIntegrationDeps, statesIntegration } from '../integrations/states.ts';
import { TestObjects } from '../items/testing.ts';
import type { Service } from '../lifecycle.ts';
import { LimitWatch } from '../limits/watch.ts';
import type { ObjectStore } from '../ports/objects.ts';
import type { Projector } from '../ports/projector.ts';
import type { Integration } from '../ports/tasks.ts';
import { RetryingWrites } from '../retrying-writes.ts';
import { ActivityQueues } from './activity-queues.ts';
import { MachineCatalog } from './catalog.ts';
import { Deletions } from './deletions.ts';
import type { Definitions } from './deps.ts';
import { Starter } from './start.ts';
import { statesHandlers } from './states.ts';

export type AllStates = Operations<typeof import('@aws-sdk/client-sfn')>;

export interface Given {
  readonly database?: Database;
  readonly clock?: ManualClock;
  readonly epoch?: number;
  readonly projectors?: readonly Projector[];
  readonly sampled?: boolean;
  readonly objects?: TestObjects;
  readonly limits?: Partial<Limits>;
}

export async function openDatabase(): Promise<Database> {
  return openSqliteInProcess({
    migrations: { executions: executionMigrations, machines: machineMigrations },
  });
}

/** Looked through at once. */
export const testDefinitions: Definitions = {
  validate: async (definition, type) => validateDefinition(definition, { type }).diagnostics,
  variableReferences: async (definition) => variableReferences(JSON.parse(definition)),
};

export interface StatesParts
  extends Pick<EngineDeps, 'clock' | 'tools' | 'log' | 'epoch' | 'projectors'>,
    Pick<EngineDeps, 'redeliver' | 'stateBytesMax'> {
  readonly executions: ExecutionStore;
  readonly machines: MachineStore;
  readonly mapRunStore: MapRunStore;
  readonly catalog: MachineCatalog;
  readonly objects: ObjectStore;
  /** Beside the one of nested executions. */
  readonly integrations: readonly Integration[];
  readonly sampled: boolean;
  readonly limits?: Partial<Limits> | undefined;
  /** Of another engine on the same data: what is there but once. */
  readonly shared?: Runners | undefined;
}

interface Runners {
  readonly mapRuns: MapRuns;
  readonly express: ExpressRunner;
}

/** One server's engines and operations, with nothing started yet. */
export function assembleStates(parts: StatesParts) {
  const { clock, tools, log, executions, machines, mapRunStore, catalog, shared } = parts;
  const common = commonDeps(parts, { starter: () => starter, engine: () => engine });
  const { limits } = common;
  const watch = new LimitWatch({ limits, clock, log });
  const activities = new ActivityQueues({ executions, clock, limits, engine: () => engine });
  const { mapRuns, express } = shared ?? runnersOf(parts, common, watch, () => engine);
  const engine: Engine = new Engine({
    ...common,
    watchers: [watch],
    open: new OpenExecutions({ limits, watch }),
    mapRuns,
    queued: (activity) => activities.notify(activity),
    foreign: (row) => express.recover(row),
  });
  const sampler = { sample: () => parts.sampled };
  const starter = new Starter({ catalog, engine, express, sampler, tools, traceAll: false });
  const logGroups = { exists: async (_place: object, name: string) => name === 'there' };
  const deletions = new Deletions({ machines, executions, catalog, engine, clock, log });
  const own = { catalog, engine, express, starter, deletions, activities, mapRuns, mapRunStore };
  const handlers = statesHandlers({
    ...own,
    machines,
    executions,
    logGroups,
    definitions: testDefinitions,
    limits,
    watch,
    clock,
    tools,
    log,
  }) as AllStates;
  /** In the order in which they start. */
  const running: readonly Service[] = shared ? [engine] : [express, engine, mapRuns, deletions];
  return { handlers, deletions, engine, express, mapRuns, activities, watch, running };
}

/** What engines of both kinds share. */
function commonDeps(
  { catalog, executions, integrations, ...parts }: StatesParts,
  asked: Pick<StatesIntegrationDeps, 'starter' | 'engine'>,
): EngineDeps {
  const { clock, tools, log, epoch, projectors, redeliver, stateBytesMax } = parts;
  const check = (): void => undefined;
  const nested = statesIntegration({ ...asked, executions, check, clock, tools, log });
  return engineDeps({
    store: executions,
    clock,
    tools,
    log,
    epoch,
    projectors,
    limits: { ...AWS_LIMITS, ...parts.limits },
    integrations: [...integrations, nested],
    machine: (hash) => catalog.compiled(hash),
    activityExists: (arn) => catalog.activityExists(arn),
    evaluate: (request) => evaluateExpression(request, tools),
    ...(redeliver !== undefined && { redeliver }),
    ...(stateBytesMax !== undefined && { stateBytesMax }),
  });
}

/** Who runs Map Runs and Express executions. */
function runnersOf(
  { clock, log, executions, objects, mapRunStore }: StatesParts,
  common: EngineDeps,
  watch: LimitWatch,
  engine: () => Engine,
): Runners {
  const mapRuns: MapRuns = new MapRuns({
    ...common,
    watch,
    mapRuns: mapRunStore,
    executions,
    objects,
    engine,
    express: () => express,
  });
  const express = new ExpressRunner({
    ...common,
    mapRuns,
    store: memoryExecutionStore(),
    ledger: executions,
    retryingWrites: new RetryingWrites({ clock, log }),
  });
  return { mapRuns, express };
}

/** One process; another one on the same database takes over from it. */
export async function statesWorld(given: Given = {}) {
  const { clock = new ManualClock(), epoch = 1, projectors = [], sampled = true } = given;
  const { objects = new TestObjects(), database = await openDatabase() } = given;
  const tools = testTools(clock);
  const log = testLog();
  const executions = await sqlExecutionStore(database);
  const machines = sqlMachineStore(database);
  const lambda = new TestIntegration();
  const { running, ...parts } = assembleStates({
    executions,
    machines,
    mapRunStore: sqlMapRunStore(database),
    catalog: new MachineCatalog(machines, tools),
    objects,
    integrations: [lambda],
    limits: given.limits,
    clock,
    tools,
    log,
    epoch,
    projectors,
    sampled,
  });
  for (const service of running) await service.start();
  return { ...parts, objects, executions, lambda, clock, log, database };
}

export const context: CallContext = {
  ...PLACE,
  requestId: 'r',
  accessKeyId: undefined,
  traceHeader: undefined,
  abort: new AbortController().signal,
};

export const ROLE = `arn:aws:iam::${PLACE.account}:role/r`;
export const STATES_ARN = `arn:aws:states:${PLACE.region}:${PLACE.account}`;

export const definition = (states: object, more: object = {}): string =>
  JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more });
