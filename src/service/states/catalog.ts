/**
 * State machines as the rest of the service asks for them: by ARN, and compiled by the hash of their
 * definition. Keeps in memory what is asked for again and again; whoever changes a machine says so.
 */
import { LRUCache } from 'lru-cache';
import { compileMachine } from '../../asl/compile.ts';
import type { Flow, Machine } from '../../asl/machine.ts';
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
  /** Activities that compiled machines name: whether they exist. */
  readonly #activities = new LRUCache<string, boolean>({ max: MACHINES_MAX });

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

  /** Of activities that machines name; what was never looked up is taken to exist. */
  activityExists(arn: string): boolean {
    return this.#activities.get(arn) ?? true;
  }

  noteActivity(arn: string, exists: boolean): void {
    this.#activities.set(arn, exists);
  }

  /** What is remembered of it may be old. */
  forget(arn: string): void {
    this.#machines.delete(arn);
  }

  async #compile(hash: string): Promise<Machine> {
    const machine = compileMachine(await this.definition(hash));
    for (const arn of activitiesOf(machine)) {
      this.#activities.set(arn, (await this.#store.activity(arn)) !== undefined);
    }
    this.#compiled.set(hash, machine);
    return machine;
  }
}

function activitiesOf(flow: Flow): string[] {
  return [...flow.states.values()].flatMap((state) => {
    if (state.type === 'Map') return activitiesOf(state.processor);
    if (state.type === 'Parallel') return state.branches.flatMap(activitiesOf);
    return state.type === 'Task' && state.resource.kind === 'activity' ? [state.resource.arn] : [];
  });
}
