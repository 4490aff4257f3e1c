/** Step Functions put together for tests: SQLite in memory, time that a test moves. */

import { evaluateExpression } from '../../asl/evaluator.ts';
import { validateDefinition } from '../../asl/validate.ts';
import { variableReferences } from '../../asl/variable-references.ts';
import { AWS_LIMITS, type Limits } from '../../execution/limits.ts';
import type { Database } from '../../store/database.ts';
import { memoryExecutionStore } from '../../store/memory/executions.ts';
import { sqlExecutionStore } from '../../store/sql/executions.ts';
import { openSqliteInProcess } from '../../store/sql/in-process.ts';
import { sqlMachineStore } from '../../store/sql/machines.ts';
import { sqlMapRunStore } from '../../store/sql/mapruns.ts';
import { executionMigrations } from '../../store/sql/migrations/executions.ts';
import { machineMigrations } from '../../store/sql/migrations/machines.ts';
import type { CallContext, Operations } from '../../wire/operations.ts';
import { Engine } from '../engine/engine.ts';
import { ExpressRunner } from '../engine/express.ts';
import { MapRuns } from '../engine/mapruns.ts';
import { OpenExecutions } from '../engine/open-executions.ts';
import {
  engineDeps,
  ManualClock,
  PLACE,
  TestIntegration,
  testLog,
  testTools,
} from '../engine/testing.ts';
import { statesIntegration } from '../integrations/states.ts';
import { TestObjects } from '../items/testing.ts';
import { LimitWatch } from '../limits/watch.ts';
import { Persistence } from '../persistence.ts';
import type { Projector } from '../ports.ts';
import { ActivityQueues } from './activity-queues.ts';
import { MachineCatalog } from './catalog.ts';
import { Deletions } from './deletions.ts';
import type { Definitions } from './deps.ts';
import { Starter } from './start.ts';
import { statesHandlers } from './states.ts';

type AllStates = Operations<typeof import('@aws-sdk/client-sfn')>;

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

/** One process; another one on the same database takes over from it. */
export async function statesWorld(given: Given = {}) {
  const { clock = new ManualClock(), epoch = 1, projectors = [], sampled = true } = given;
  const database = given.database ?? (await openDatabase());
  const tools = testTools(clock);
  const log = testLog();
  const executions = await sqlExecutionStore(database);
  const machines = sqlMachineStore(database);
  const catalog = new MachineCatalog(machines, tools);
  const lambda = new TestIntegration();
  const nested = statesIntegration({
    starter: () => starter,
    engine: () => engine,
    executions,
    check: () => {},
    clock,
    tools,
    log,
  });
  const common = engineDeps({
    store: executions,
    clock,
    tools,
    log,
    epoch,
    projectors,
    limits: { ...AWS_LIMITS, ...given.limits },
    integrations: [lambda, nested],
    machine: (hash) => catalog.compiled(hash),
    activityExists: (arn) => catalog.activityExists(arn),
    evaluate: (request) => evaluateExpression(request, tools),
  });
  const { limits } = common;
  const watch = new LimitWatch({ limits, clock, log });
  const open = new OpenExecutions({ limits, watch });
  const activities = new ActivityQueues({ executions, clock, limits, engine: () => engine });
  const { objects = new TestObjects() } = given;
  const mapRunStore = sqlMapRunStore(database);
  const mapRuns: MapRuns = new MapRuns({
    ...common,
    watch,
    mapRuns: mapRunStore,
    executions,
    objects,
    engine: () => engine,
    express: () => express,
  });
  const express = new ExpressRunner({
    ...common,
    mapRuns,
    store: memoryExecutionStore(),
    ledger: executions,
    persistence: new Persistence({ clock, log }),
  });
  const engine: Engine = new Engine({
    ...common,
    watchers: [watch],
    open,
    mapRuns,
    queued: (activity) => activities.notify(activity),
    foreign: (row) => express.recover(row),
  });
  const sampler = { sample: () => sampled };
  const starter = new Starter({
    catalog,
    engine,
    express,
    sampler,
    tools,
    traceAll: false,
  });
  const logGroups = { exists: async (_place: object, name: string) => name === 'there' };
  const deletions = new Deletions({ machines, executions, catalog, engine, clock, log });
  const handlers = statesHandlers({
    machines,
    executions,
    mapRunStore,
    mapRuns,
    catalog,
    definitions: testDefinitions,
    engine,
    express,
    starter,
    deletions,
    activities,
    logGroups,
    limits,
    watch,
    clock,
    tools,
    log,
  }) as AllStates;
  await express.start();
  await engine.start();
  await mapRuns.start();
  await deletions.start();
  return {
    handlers,
    deletions,
    engine,
    express,
    mapRuns,
    objects,
    executions,
    activities,
    watch,
    lambda,
    clock,
    log,
    database,
  };
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
