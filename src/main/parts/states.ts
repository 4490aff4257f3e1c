/** Step Functions as the server has it: what of its own it is made of. */
import { join } from 'node:path';
import { DefinitionThreads } from '../../edge/definitions.ts';
import { Expressions } from '../../edge/expressions.ts';
import { objectFolder } from '../../edge/object-folder.ts';
import { resultModels } from '../../edge/result-models.ts';
import { nextTurn } from '../../edge/system.ts';
import type { Logger } from '../../ground/log.ts';
import type { Service } from '../../service/lifecycle.ts';
import type { LogsService } from '../../service/logs/service.ts';
import type { Projector } from '../../service/ports/projector.ts';
import type { RetryingWrites } from '../../service/retrying-writes.ts';
import { type AssembledStates, assembleStates, type Mocks } from '../../service/states/assemble.ts';
import type { Xray } from '../../service/xray/service.ts';
import type { Config } from '../config.ts';
import type { Storage } from '../storage.ts';
import type { EventParts } from './events.ts';
import { type IntegrationDeps, integrationParts } from './integrations.ts';
import type { LambdaParts } from './lambda.ts';
import { skipsOf, type TimeParts } from './time.ts';

export interface StatesParts extends AssembledStates {
  /** In the order in which they start. */
  readonly running: readonly Service[];
}

interface Deps extends Omit<IntegrationDeps, 'lambda'> {
  readonly config: Config;
  readonly storage: Storage;
  readonly log: Logger;
  readonly xray: Xray;
  readonly logs: LogsService;
  readonly lambda: LambdaParts;
  readonly mocks: Mocks | undefined;
  readonly retryingWrites: RetryingWrites;
  /** They see every commit of this process: the console's live feed, for one. */
  readonly watchers: readonly Projector[];
  readonly events: Pick<EventParts, 'projector'>;
  readonly virtual: TimeParts['virtual'];
}

export function statesParts(deps: Deps): StatesParts {
  const { config, storage, xray, clock, tools, log, lambda, logs } = deps;
  const { integrations, services, request, check } = integrationParts({
    lambda: lambda.service,
    models: deps.models,
    dispatcher: deps.dispatcher,
    clock,
    tools,
  });
  const definitions = new DefinitionThreads(services);
  const expressions = new Expressions();
  const states = assembleStates({
    clock,
    tools,
    log,
    limits: config.limits,
    epoch: storage.epoch,
    executions: storage.executions,
    machines: storage.machines,
    mapRunStore: storage.mapRuns,
    objects: objectFolder(join(storage.folder, 'objects')),
    retryingWrites: deps.retryingWrites,
    evaluate: (request) => expressions.evaluate(request, tools),
    definitions,
    results: resultModels(),
    integrations,
    request,
    check,
    mocks: deps.mocks,
    projectors: [deps.events.projector],
    watchers: deps.watchers,
    sampler: xray.sampler,
    traceAll: config.tracing === 'all',
    recorder: xray.recorder,
    logs: logs.sink,
    logGroups: logs,
    backlog: () => storage.database.backlog,
    redeliver: config.onLostTask === 'redeliver',
    drainMs: config.stopTimeoutSeconds * 1000,
    pause: nextTurn,
    skips: deps.virtual && skipsOf(deps.virtual, { storage, lambda }),
  });
  return { ...states, running: [definitions, expressions, ...states.running] };
}
