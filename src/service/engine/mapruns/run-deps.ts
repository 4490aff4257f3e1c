/** What a Map Run works with. */
import type { Logger } from '../../../ground/log.ts';
import type { Clock } from '../../../ground/tools.ts';
import type { ExecutionStore } from '../../../store/executions/store.ts';
import type { MapRunStore } from '../../../store/mapruns/store.ts';
import type { ObjectStore } from '../../ports/objects.ts';
import type { Engines } from '../engines.ts';
import type { SubjectDeps } from './subject.ts';

export interface RunDeps extends SubjectDeps {
  readonly mapRuns: MapRunStore;
  readonly executions: ExecutionStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly engines: Engines;
  /** Of this node. */
  readonly epoch: number;
  /** Epochs of the nodes that live; absent: this one is alone. */
  live?: (() => Promise<readonly number[]>) | undefined;
  /** The Map Run with this id is over, or another process's. */
  closed(id: number): void;
}
