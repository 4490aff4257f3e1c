/**
 * Deleting state machines. One that runs something is marked, its executions are ended, and then it
 * goes; a restart on the way takes that up again. Express executions run to their end.
 */
import type { Logger } from '../../ground/log.ts';
import type { Clock } from '../../ground/tools.ts';
import type { ExecutionHead, ExecutionStore } from '../../store/executions/store.ts';
import type { MachineStore, StoredMachine } from '../../store/machines/store.ts';
import type { Engine } from '../engine/engine.ts';
import type { Service } from '../lifecycle.ts';
import type { MachineCatalog } from './catalog.ts';

export interface DeletionDeps {
  readonly machines: MachineStore;
  readonly executions: Pick<ExecutionStore, 'list'>;
  readonly catalog: MachineCatalog;
  readonly engine: Pick<Engine, 'signal'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const BATCH = 100;
const AGAIN_AFTER_MS = 1000;

export class Deletions implements Service {
  readonly #deps: DeletionDeps;
  readonly #going = new Set<Promise<void>>();
  readonly #waits = new Set<() => void>();
  #stopped = false;

  constructor(deps: DeletionDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    for (const machine of await this.#deps.machines.listDeleting()) this.#begin(machine);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#waits) cancel();
    await Promise.all(this.#going);
  }

  /** Answers once the wish is durable; a machine that runs nothing is gone then. */
  async delete(machineArn: string): Promise<void> {
    const { machines, catalog } = this.#deps;
    const marked = await machines.beginDeleting(machineArn);
    catalog.forget(machineArn);
    const machine = marked ? await machines.machine(machineArn) : undefined;
    if (!machine) return;
    if ((await this.#running(machine)).length === 0) await this.#finish(machine);
    else this.#begin(machine);
  }

  #begin(machine: StoredMachine): void {
    const going: Promise<void> = this.#end(machine)
      .catch((error: unknown) => this.#later(machine, error))
      .finally(() => this.#going.delete(going));
    this.#going.add(going);
  }

  #later(machine: StoredMachine, error: unknown): void {
    if (this.#stopped) return;
    const { clock, log } = this.#deps;
    log.warn('could not delete a state machine yet', { stateMachine: machine.arn, error });
    const cancel = clock.wake(clock.now() + AGAIN_AFTER_MS, () => {
      this.#waits.delete(cancel);
      this.#begin(machine);
    });
    this.#waits.add(cancel);
  }

  async #end(machine: StoredMachine): Promise<void> {
    const { engine } = this.#deps;
    for (;;) {
      const running = await this.#running(machine);
      if (this.#stopped) return;
      if (running.length === 0) return this.#finish(machine);
      const stopped = running.map(({ id }) => engine.signal(id, { type: 'Stop' }));
      if ((await Promise.all(stopped)).includes(true)) continue;
      throw new Error('executions of the state machine do not end');
    }
  }

  async #running({ account, region, arn, type }: StoredMachine): Promise<readonly ExecutionHead[]> {
    if (type === 'EXPRESS') return [];
    const query = { account, region, machineArn: arn, limit: BATCH };
    return (await this.#deps.executions.list({ ...query, status: 'RUNNING' })).items;
  }

  async #finish({ arn }: StoredMachine): Promise<void> {
    await this.#deps.machines.delete(arn);
    this.#deps.catalog.forget(arn);
  }
}
