/**
 * One simulated server process, a node of its own: the product's composition on the shared database,
 * a clock that stops when it dies, and promises that then stay open for ever, as those of a real
 * process would.
 */
import type { Logger } from '../src/ground/log.ts';
import type { Clock, Tools } from '../src/ground/tools.ts';
import type { ManualClock } from '../src/service/engine/testing.ts';
import type { Service } from '../src/service/lifecycle.ts';
import { Node } from '../src/service/node.ts';
import type { ObjectStore } from '../src/service/ports/objects.ts';
import type { Projector } from '../src/service/ports/projector.ts';
import type { Integration } from '../src/service/ports/tasks.ts';
import { type TestedStates, testStates } from '../src/service/states/testing.ts';
import type { Database } from '../src/store/database.ts';
import { sqlExecutionStore } from '../src/store/executions/sql.ts';
import { sqlMachineStore } from '../src/store/machines/sql.ts';
import { sqlMapRunStore } from '../src/store/mapruns/sql.ts';
import { sqlNodeStore } from '../src/store/nodes/sql.ts';
import type { NodeStore } from '../src/store/nodes/store.ts';

export class Crash extends Error {
  override name = 'Crash';
  readonly process: Process;

  constructor(process: Process) {
    super('the process dies');
    this.process = process;
  }
}

/** What servers work on. */
export interface Stores extends Pick<TestedStates, 'executions' | 'mapRunStore' | 'machines'> {
  readonly nodes: NodeStore;
}
type States = ReturnType<typeof testStates>;

export interface ProcessDeps
  extends Pick<TestedStates, 'redeliver' | 'stateBytesMax' | 'request' | 'observe'> {
  readonly world: ManualClock;
  readonly tools: Tools;
  readonly log: Logger;
  readonly watcher: Projector;
  database(process: Process): Database;
  objects(process: Process): ObjectStore;
  functions(process: Process): Integration;
  /** What is planted between service and stores, to be found. */
  plant(stores: Stores): Stores;
}

export class Process {
  readonly death: Promise<void>;
  #deps: ProcessDeps;
  #states: States | undefined;
  #node: Node | undefined;
  #running: readonly Service[] = [];
  #ready = false;
  #die!: () => void;
  #dead = false;
  /** What it would have done while it was paused; undefined while it goes on. */
  #late: (() => void)[] | undefined;
  /** It has been paused, and others may have taken it for dead. */
  doubtful = false;

  constructor(deps: ProcessDeps) {
    this.#deps = deps;
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** It can be called. */
  get ready(): boolean {
    return this.#ready && !this.#dead && !this.#late;
  }

  get states(): States {
    return this.#states!;
  }

  /** Undefined before it has one. */
  get epoch(): number | undefined {
    return this.#node?.epoch;
  }

  readonly clock: Clock = {
    now: () => this.#deps.world.now(),
    wake: (at, wake) => {
      if (this.#dead) return () => undefined;
      let cancelled = false;
      const ring = (): void => {
        if (this.#dead || cancelled) return;
        if (this.#late) this.#late.push(ring);
        else wake();
      };
      const cancel = this.#deps.world.wake(at, ring);
      return () => {
        cancelled = true;
        cancel();
      };
    },
  };

  /** As one whose machine is busy with other things: it lives, and does nothing for so long. */
  pause(ms: number): void {
    const { world } = this.#deps;
    this.#late = [];
    this.doubtful = true;
    world.wake(world.now() + ms, () => {
      const late = this.#late ?? [];
      this.#late = undefined;
      for (const ring of late) ring();
    });
  }

  kill(): void {
    this.#dead = true;
    this.#die();
  }

  /** Stays open for ever where the process dies meanwhile. */
  async boot(): Promise<void> {
    const { log } = this.#deps;
    const database = this.#deps.database(this);
    const stores = this.#deps.plant({
      executions: await sqlExecutionStore(database),
      mapRunStore: sqlMapRunStore(database),
      machines: sqlMachineStore(database),
      nodes: sqlNodeStore(database),
    });
    const { processes } = database.capabilities;
    const node = await Node.join({ store: stores.nodes, processes, clock: this.clock, log });
    this.#node = node;
    const states = this.#assemble(stores, node);
    this.#states = states;
    this.#running = [node.heartbeat(), ...states.running, node.watch([states])];
    for (const service of this.#running) await service.start();
    this.#ready = true;
  }

  /** As a server that is told to. */
  async stop(): Promise<void> {
    this.#ready = false;
    for (const service of this.#running.toReversed()) await service.stop();
    this.kill();
  }

  #assemble(stores: Stores, { epoch, live }: Node): States {
    const { watcher, functions, objects, tools, log } = this.#deps;
    const { redeliver, stateBytesMax, request, observe } = this.#deps;
    return testStates({
      tools,
      log,
      epoch,
      live,
      redeliver,
      stateBytesMax,
      request,
      observe,
      executions: stores.executions,
      machines: stores.machines,
      mapRunStore: stores.mapRunStore,
      clock: this.clock,
      objects: objects(this),
      projectors: [watcher],
      integrations: [functions(this)],
      sampled: false,
    });
  }
}
