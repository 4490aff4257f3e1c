/**
 * One simulated server process: engines on the shared database, a clock that stops when it dies,
 * and promises that then stay open for ever, as those of a real process would.
 */
import { AWS_LIMITS } from '../src/execution/limits.ts';
import type { Logger } from '../src/ground/log.ts';
import type { Clock } from '../src/ground/tools.ts';
import { Engine, type EngineDeps } from '../src/service/engine/engine.ts';
import type { ManualClock } from '../src/service/engine/testing.ts';
import { statesIntegration } from '../src/service/integrations/states.ts';
import type { Integration, Projector } from '../src/service/ports.ts';
import { ActivityQueues } from '../src/service/states/activity-queues.ts';
import type { Started, StartRequest } from '../src/service/states/start.ts';
import type { Database } from '../src/store/database.ts';
import type { ExecutionStore } from '../src/store/executions.ts';
import { sqlExecutionStore } from '../src/store/sql/executions.ts';

export class Crash extends Error {
  override name = 'Crash';
}

export interface Node {
  readonly engine: Engine;
  readonly activities: ActivityQueues;
}

export interface ProcessDeps
  extends Pick<EngineDeps, 'tools' | 'epoch' | 'machine' | 'redeliver' | 'stateBytesMax'> {
  readonly world: ManualClock;
  readonly log: Logger;
  readonly engines: number;
  readonly watcher: Projector;
  database(process: Process): Database;
  /** What is planted between engine and store, to be found. */
  store(store: ExecutionStore): ExecutionStore;
  functions(process: Process): Integration;
  start(node: Node, request: StartRequest): Promise<Started>;
}

export class Process {
  readonly death: Promise<void>;
  readonly nodes: Node[] = [];
  ready = false;
  #deps: ProcessDeps;
  #die!: () => void;
  #dead = false;

  constructor(deps: ProcessDeps) {
    this.#deps = deps;
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  get dead(): boolean {
    return this.#dead;
  }

  readonly clock: Clock = {
    now: () => this.#deps.world.now(),
    wake: (at, wake) =>
      this.#dead
        ? () => undefined
        : this.#deps.world.wake(at, () => {
            if (!this.#dead) wake();
          }),
  };

  kill(): void {
    this.#dead = true;
    this.#die();
  }

  /** Stays open for ever where the process dies meanwhile. */
  async boot(): Promise<void> {
    const deps = this.#deps;
    for (let i = 0; i < deps.engines; i++) {
      const sql = await sqlExecutionStore(deps.database(this));
      const store = deps.store(sql);
      const node: Node = {
        engine: this.#engine(store, () => node),
        activities: this.#queues(store, () => node),
      };
      this.nodes.push(node);
    }
    for (const { engine } of this.nodes) await engine.start();
    this.ready = true;
  }

  #engine(store: ExecutionStore, node: () => Node): Engine {
    const { tools, epoch, machine, redeliver, stateBytesMax, log, watcher } = this.#deps;
    const { clock } = this;
    const nested = statesIntegration({
      starter: () => ({ start: (request) => this.#deps.start(node(), request) }),
      engine: () => node().engine,
      executions: store,
      check: () => {},
      clock,
      tools,
      log,
    });
    return new Engine({
      store,
      clock,
      tools,
      log,
      epoch,
      limits: AWS_LIMITS,
      machine,
      integrations: [nested, this.#deps.functions(this)],
      projectors: [watcher],
      watchers: [],
      evaluate: () => Promise.reject(new Error('no JSONata in simulated programs')),
      queued: (activity) => node().activities.notify(activity),
      ...(redeliver !== undefined && { redeliver }),
      ...(stateBytesMax !== undefined && { stateBytesMax }),
    });
  }

  #queues(store: ExecutionStore, node: () => Node): ActivityQueues {
    return new ActivityQueues({
      limits: AWS_LIMITS,
      executions: store,
      clock: this.clock,
      engine: () => node().engine,
    });
  }
}
