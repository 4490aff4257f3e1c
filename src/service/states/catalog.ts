/**
 * State machines as the rest of the service asks for them: by ARN, and compiled by the hash of their
 * definition. Keeps in memory what is asked for again and again; whoever changes a machine says so.
 */
import { LRUCache } from 'lru-cache';
import { compileMachine } from '../../asl/compile.ts';
import type { Machine } from '../../asl/machine.ts';
import { invariant } from '../../ground/invariant.ts';
import type { Tools } from '../../ground/tools.ts';
import type { MachineStore, Revision, StoredMachine } from '../../store/machines.ts';
import { machineMissing } from './faults.ts';

const MACHINES_MAX = 20_000;
const COMPILED_MAX = 2_000;

export class MachineCatalog {
  readonly #store: MachineStore;
  readonly #tools: Pick<Tools, 'digest'>;
  readonly #machines = new LRUCache<string, StoredMachine>({ max: MACHINES_MAX });
  readonly #compiled = new LRUCache<string, Machine>({ max: COMPILED_MAX });

  constructor(store: MachineStore, tools: Pick<Tools, 'digest'>) {
    this.#store = store;
    this.#tools = tools;
  }

  hashOf(definition: string): string {
    return this.#tools.digest('SHA-256', definition);
  }

  /** Throws StateMachineDoesNotExist, naming it as the caller did. */
  async machine(arn: string, asGiven = arn): Promise<StoredMachine> {
    const cached = this.#machines.get(arn);
    if (cached) return cached;
    const found = await this.#store.machine(arn);
    if (!found) throw machineMissing(asGiven);
    this.#machines.set(arn, found);
    return found;
  }

  /** The compiled definition; at once where it has been used lately. */
  compiled(hash: string): Machine | Promise<Machine> {
    return this.#compiled.get(hash) ?? this.#compile(hash);
  }

  async definition(hash: string): Promise<string> {
    const text = await this.#store.definition(hash);
    invariant(text !== undefined, `no definition ${hash}`);
    return text;
  }

  async create(machine: StoredMachine, definition: string): Promise<StoredMachine | undefined> {
    return this.#store.create(machine, definition);
  }

  async revise(arn: string, from: Revision, to: Revision, definition?: string): Promise<boolean> {
    const done = await this.#store.revise(arn, from, to, definition);
    this.#machines.delete(arn);
    return done;
  }

  async delete(arn: string): Promise<boolean> {
    const done = await this.#store.delete(arn);
    this.#machines.delete(arn);
    return done;
  }

  /** What is remembered of it may be old. */
  forget(arn: string): void {
    this.#machines.delete(arn);
  }

  async #compile(hash: string): Promise<Machine> {
    const machine = compileMachine(await this.definition(hash));
    this.#compiled.set(hash, machine);
    return machine;
  }
}
