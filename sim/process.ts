/**
 * One simulated server process: engines on the shared database, a clock that stops when it dies,
 * and promises that then stay open for ever, as those of a real process would.
 */
import type { Logger } from '../src/ground/log.ts';
import type { Clock, Tools } from '../src/ground/tools.ts';
import type { ManualClock } from '../src/service/engine/testing.ts';
import type { ObjectStore } from '../src/service/ports/objects.ts';
import type { Projector } from '../src/service/ports/projector.ts';
import type { Integration } from '../src/service/ports/tasks.ts';
import { type TestedStates, testStates } from '../src/service/states/testing.ts';
import type { Database } from '../src/store/database.ts';
import { sqlExecutionStore } from '../src/store/executions/sql.ts';
import { sqlMachineStore } from '../src/store/machines/sql.ts';
import { sqlMapRunStore } from '../src/store/mapruns/sql.ts';

export class Crash extends Error {
  override name = 'Crash';
}

/** What servers work on. */
export type Stores = Pick<TestedStates, 'executions' | 'mapRunStore' | 'machines'>;
export type Node = ReturnType<typeof testStates>;

export interface ProcessDeps extends Pick<TestedStates, 'redeliver' | 'stateBytesMax' | 'epoch'> {
  readonly world: ManualClock;
  readonly tools: Tools;
  readonly log: Logger;
  readonly engines: number;
  readonly watcher: Projector;
  database(process: Process): Database;
  objects(process: Process): ObjectStore;
  functions(process: Process): Integration;
  /** What is planted between service and stores, to be found. */
  plant(stores: Stores): Stores;
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

  /**
   * Stays open for ever where the process dies meanwhile. The engines share what remembers state
   * machines, and who runs Map Runs and Express executions.
   */
  async boot(): Promise<void> {
    const { engines } = this.#deps;
    for (let i = 0; i < engines; i++) this.nodes.push(await this.#node());
    for (const { running } of this.nodes) for (const service of running) await service.start();
    this.ready = true;
  }

  async #node(): Promise<Node> {
    const { watcher, functions, objects, tools, log, epoch, redeliver, stateBytesMax } = this.#deps;
    const { executions, machines, mapRunStore } = await this.#stores();
    return testStates({
      tools,
      log,
      epoch,
      redeliver,
      stateBytesMax,
      executions,
      machines,
      mapRunStore,
      clock: this.clock,
      objects: objects(this),
      projectors: [watcher],
      integrations: [functions(this)],
      sampled: false,
      shared: this.nodes[0],
    });
  }

  async #stores(): Promise<Stores> {
    const database = this.#deps.database(this);
    return this.#deps.plant({
      executions: await sqlExecutionStore(database),
      mapRunStore: sqlMapRunStore(database),
      machines: sqlMachineStore(database),
    });
  }
}
