/** Step Functions put together for tests: SQLite in memory, time that a test moves. */

import { evaluateExpression } from '../../asl/evaluator.ts';
import { validateDefinition } from '../../asl/validate.ts';
import { variableReferences } from '../../asl/variable-references.ts';
import { AWS_LIMITS, type Limits } from '../../execution/limits.ts';
import type { Database } from '../../store/database.ts';
import { executionMigrations } from '../../store/executions/migrations.ts';
import { sqlExecutionStore } from '../../store/executions/sql.ts';
import { machineMigrations } from '../../store/machines/migrations.ts';
import { sqlMachineStore } from '../../store/machines/sql.ts';
import { sqlMapRunStore } from '../../store/mapruns/sql.ts';
import { openSqliteInProcess } from '../../store/sqlite/in-process.ts';
import type { CallContext, Operations } from '../../wire/operations.ts';
import { ManualClock, PLACE, TestIntegration, testLog, testTools } from '../engine/testing.ts';
import { IntegrationRegistry } from '../integrations/registry.ts';
import { TestObjects } from '../items/testing.ts';
import { LimitWatch } from '../limits/watch.ts';
import type { Projector } from '../ports/projector.ts';
import type { Integration } from '../ports/tasks.ts';
import { RetryingWrites } from '../retrying-writes.ts';
import { assembleStates, type StatesParts } from './assemble.ts';
import type { Definitions } from './deps.ts';

export type AllStates = Operations<typeof import('@aws-sdk/client-sfn')>;

export interface Given {
  readonly database?: Database;
  readonly clock?: ManualClock;
  readonly epoch?: number;
  readonly projectors?: readonly Projector[];
  readonly sampled?: boolean;
  readonly objects?: TestObjects;
  readonly limits?: Partial<Limits>;
  readonly request?: StatesParts['request'];
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

/** What tests and the simulator have of Step Functions in common. */
export type TestedStates = Pick<
  StatesParts,
  'clock' | 'tools' | 'log' | 'epoch' | 'executions' | 'machines' | 'mapRunStore' | 'objects'
> &
  Partial<Omit<StatesParts, 'integrations'>> & {
    readonly integrations: readonly Integration[];
    readonly sampled: boolean;
  };

/** Nothing outside: no tracing, no logs but of a group called there. */
export function testStates({ sampled, integrations, ...given }: TestedStates) {
  const { clock, tools, log, limits = AWS_LIMITS } = given;
  const watch = new LimitWatch({ limits, clock, log });
  const assembled = assembleStates({
    limits,
    watch,
    retryingWrites: new RetryingWrites({ clock, log }),
    evaluate: (request) => evaluateExpression(request, tools),
    definitions: testDefinitions,
    results: { of: () => undefined },
    integrations: new IntegrationRegistry(integrations),
    check: () => undefined,
    projectors: [],
    watchers: [],
    sampler: { sample: () => sampled },
    traceAll: false,
    recorder: { record: async () => undefined },
    logs: { append: () => undefined },
    logGroups: { exists: async (_place, name) => name === 'there' },
    ...given,
  });
  return { ...assembled, watch, handlers: assembled.handlers as AllStates };
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
  const { running, ...parts } = testStates({
    executions,
    machines,
    mapRunStore: sqlMapRunStore(database),
    objects,
    integrations: [lambda],
    limits: { ...AWS_LIMITS, ...given.limits },
    request: given.request,
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
