/**
 * Deleting state machines. One that runs something is marked, its executions are ended, and then it
 * goes; a restart on the way takes that up again. Express executions run to their end.
 */
import type { Logger } from '../../ground/log.ts';
import { Loop } from '../../ground/loop.ts';
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
const RETRY_MS = [1_000, 60_000] as const;

export class Deletions implements Service {
  readonly #deps: DeletionDeps;
  readonly #loop: Loop;

  constructor(deps: DeletionDeps) {
    const { clock, log } = deps;
    this.#deps = deps;
    this.#loop = new Loop({
      clock,
      turn: () => this.#endAll(),
      failed: (error) => log.warn('could not delete state machines yet', { error }),
      retryMs: RETRY_MS,
    });
  }

  async start(): Promise<void> {
    this.#loop.start();
    void this.#loop.now();
  }

  /** Goes on with what nodes that are dead had begun. */
  async takeOver(): Promise<void> {
    void this.#loop.now();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Answers once the wish is durable; a machine that runs nothing is gone then. */
  async delete(machineArn: string): Promise<void> {
    const { machines, catalog } = this.#deps;
    const marked = await machines.beginDeleting(machineArn);
    catalog.forget(machineArn);
    const machine = marked ? await machines.machine(machineArn) : undefined;
    if (!machine) return;
    if ((await this.#running(machine)).length === 0) await this.#finish(machine);
    else void this.#loop.now();
  }

  /** In rounds, so that one machine with many executions keeps no other waiting. */
  async #endAll(): Promise<number | undefined> {
    const { machines, log } = this.#deps;
    const failed = new Set<string>();
    const end = async (machine: StoredMachine): Promise<boolean> => {
      try {
        return await this.#endSome(machine);
      } catch (error) {
        log.warn('could not delete a state machine yet', { stateMachine: machine.arn, error });
        failed.add(machine.arn);
        return false;
      }
    };
    for (let more = true; more && !this.#loop.stopped; ) {
      const left = (await machines.listDeleting()).filter(({ arn }) => !failed.has(arn));
      more = (await Promise.all(left.map(end))).includes(true);
    }
    return failed.size > 0 ? AGAIN_AFTER_MS : undefined;
  }

  /** True where there may be more of its executions; without any the machine goes. */
  async #endSome(machine: StoredMachine): Promise<boolean> {
    const running = await this.#running(machine);
    if (this.#loop.stopped) return false;
    if (running.length === 0) {
      await this.#finish(machine);
      return false;
    }
    const stopped = running.map(({ id }) => this.#deps.engine.signal(id, { type: 'Stop' }));
    if ((await Promise.all(stopped)).includes(true)) return true;
    throw new Error('executions of the state machine do not end');
  }

  async #running({ account, region, arn, type }: StoredMachine): Promise<readonly ExecutionHead[]> {
    if (type === 'EXPRESS') return [];
    const query = { account, region, machineArn: arn, limit: BATCH };
    return (await this.#deps.executions.list({ ...query, status: 'RUNNING' })).items;
  }

  /** Another node may have done it, and made room for a new one of that name. */
  async #finish({ arn, createdAt }: StoredMachine): Promise<void> {
    const { machines, catalog } = this.#deps;
    const found = await machines.machine(arn);
    if (found?.deleting && found.createdAt === createdAt) await machines.delete(arn);
    catalog.forget(arn);
  }
}
