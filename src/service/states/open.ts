/** Step Functions in a house: its stores, and what of the outside it is made of. */
import type { KnownServices } from '../../asl/integrations.ts';
import { isFault } from '../../ground/fault.ts';
import type { Tools } from '../../ground/tools.ts';
import { sqlExecutionStore } from '../../store/executions/sql.ts';
import type { ExecutionStore } from '../../store/executions/store.ts';
import { sqlMachineStore } from '../../store/machines/sql.ts';
import { sqlMapRunStore } from '../../store/mapruns/sql.ts';
import type { AwsService, House } from '../aws-service.ts';
import type { AwsCalls } from '../calls.ts';
import type { Skips } from '../engine/assemble.ts';
import type { Evaluate } from '../engine/interpret.ts';
import { eventProjector } from '../events/projector.ts';
import {
  calledOperations,
  constraintCheck,
  knownServices,
  parameterCheck,
} from '../integrations/operations.ts';
import type { Service } from '../lifecycle.ts';
import type { ExecutionReads } from '../ports/executions.ts';
import type { ObjectStore } from '../ports/objects.ts';
import type { Projector } from '../ports/projector.ts';
import type { Integrations } from '../ports/tasks.ts';
import { type AssembledStates, assembleStates, type Mocks } from './assemble.ts';
import type { LogGroups } from './configuration.ts';
import type { Definitions } from './deps.ts';
import type { ResultModels } from './test-state/result-model.ts';

/** What only Step Functions needs of the outside. */
export interface StatesOwn {
  /** What the services here do for Tasks. */
  readonly integrations: Integrations;
  /** Looks through definitions; `services` is what is known of what they call. */
  definitions(services: KnownServices): Definitions & Service;
  readonly expressions: { readonly evaluate: Evaluate } & Service;
  readonly objects: ObjectStore;
  readonly results: ResultModels;
  readonly mocks: Mocks | undefined;
  readonly skips: Skips | undefined;
  /** They see every commit of this process: the console's live feed, for one. */
  readonly watchers: readonly Projector[];
  /** `--tracing all`: every machine as if its tracing were on. */
  readonly traceAll: boolean;
  readonly redeliver: boolean;
  readonly drainMs: number;
  pause(): Promise<void>;
}

export async function openStates(house: House, own: StatesOwn): Promise<AwsService> {
  const { databases, calls, events, traces, limits, clock, tools, log } = house;
  const { main } = databases;
  const operationOf = calledOperations(calls.catalog);
  const definitions = own.definitions(knownServices(calls.catalog, operationOf));
  const executions = await sqlExecutionStore(main);
  const states = assembleStates({
    clock,
    tools,
    log,
    limits: limits.limits,
    watch: limits,
    epoch: databases.node.epoch,
    live: databases.node.live,
    executions,
    machines: sqlMachineStore(main),
    mapRunStore: sqlMapRunStore(main),
    objects: own.objects,
    retryingWrites: house.retryingWrites,
    evaluate: own.expressions.evaluate,
    definitions,
    results: own.results,
    integrations: own.integrations,
    request: parameterCheck(operationOf),
    check: constraintCheck(operationOf),
    mocks: own.mocks,
    projectors: [eventProjector(events, { digest: tools.digest, limits: limits.limits })],
    watchers: own.watchers,
    sampler: traces,
    traceAll: own.traceAll,
    recorder: traces,
    logs: house.logs,
    logGroups: logGroupsBy(calls, tools),
    backlog: () => main.backlog,
    redeliver: own.redeliver,
    drainMs: own.drainMs,
    pause: own.pause,
    skips: own.skips,
  });
  const prune = (before: number, limit: number) => executions.prune(before, limit);
  return {
    handlers: states.handlers,
    running: [definitions, own.expressions, ...states.running],
    nodeWork: states,
    kept: [{ what: 'executions', prune, bounded: true }],
    provides: { executions: readsOf(executions, states) },
    async health() {
      const { tasks, inMemory, defects } = states.engine.counts;
      return {
        executions: { ...(await executions.counts()) },
        tasks,
        inMemory,
        // Executions that failed by a defect of this server.
        defects: defects + states.express.counts.defects,
      };
    },
  };
}

function logGroupsBy(calls: AwsCalls, tools: Pick<Tools, 'uuid'>): LogGroups {
  return {
    async exists(place, name) {
      const context = {
        ...place,
        requestId: tools.uuid(),
        accessKeyId: undefined,
        traceHeader: undefined,
        abort: new AbortController().signal,
      };
      // The group itself is the first of those whose names begin with its name.
      const input = { logGroupNamePrefix: name, limit: 1 };
      try {
        const { logGroups } = await calls.call('logs', 'DescribeLogGroups', input, context);
        const [first] = logGroups as readonly { readonly logGroupName: string }[];
        return first?.logGroupName === name;
      } catch (error) {
        // No group can have that name.
        if (isFault(error) && error.side === 'client') return false;
        throw error;
      }
    },
  };
}

function readsOf(executions: ExecutionStore, states: AssembledStates): ExecutionReads {
  const { expressStore, catalog } = states;
  return {
    // The ledger on disk knows the Express executions too; their histories are in memory.
    list: (query) => executions.list(query),
    headByArn: (arn) => executions.headByArn(arn),
    async history(head, page) {
      if (head.type === 'STANDARD') return executions.history(head.id, page);
      const own = await expressStore.headByArn(head.arn);
      return own ? expressStore.history(own.id, page) : [];
    },
    definition: (head) => catalog.definition(head.definitionHash),
  };
}
