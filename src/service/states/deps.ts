/** What the operations of Step Functions work with. */
import type { Diagnostic } from '../../asl/validate.ts';
import type { MachineType } from '../../asl/validation/context.ts';
import type { VariableReferences } from '../../asl/variable-references.ts';
import type { Limits } from '../../execution/limits.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import type { ExecutionStore } from '../../store/executions/store.ts';
import type { MachineStore } from '../../store/machines/store.ts';
import type { MapRunStore } from '../../store/mapruns/store.ts';
import type { Handlers } from '../../wire/operations.ts';
import type { Engine } from '../engine/engine.ts';
import type { ExpressRunner } from '../engine/express.ts';
import type { MapRuns } from '../engine/mapruns/service.ts';
import type { LimitWatch } from '../limits/watch.ts';
import type { ActivityQueues } from './activity-queues.ts';
import type { MachineCatalog } from './catalog.ts';
import type { LogGroups } from './configuration.ts';
import type { Deletions } from './deletions.ts';
import type { Starter } from './start.ts';

export type StatesHandlers = Handlers<typeof import('@aws-sdk/client-sfn')>;

/** Looks through definitions, which may be large. */
export interface Definitions {
  validate(definition: string, type: MachineType): Promise<readonly Diagnostic[]>;
  /** Of a valid definition. */
  variableReferences(definition: string): Promise<VariableReferences | undefined>;
}

export interface StatesDeps {
  readonly machines: MachineStore;
  readonly executions: ExecutionStore;
  readonly mapRunStore: MapRunStore;
  readonly mapRuns: Pick<MapRuns, 'held' | 'update'>;
  readonly catalog: MachineCatalog;
  readonly definitions: Definitions;
  readonly engine: Engine;
  readonly express: ExpressRunner;
  readonly starter: Starter;
  readonly deletions: Deletions;
  readonly activities: ActivityQueues;
  readonly logGroups: LogGroups;
  readonly limits: Limits;
  readonly watch: Pick<LimitWatch, 'note'>;
  readonly clock: Clock;
  readonly tools: Tools;
  readonly log: Logger;
}
