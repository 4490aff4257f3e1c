/**
 * State machines as the rest of the service asks for them: by ARN, and compiled by the hash of
 * their definition. Keeps in memory what is asked for again and again; whoever changes a machine
 * says so.
 */
import { LRUCache } from 'lru-cache';
import { compileGradually } from '../../asl/compile.ts';
import type { Flow, Machine } from '../../asl/machine.ts';
import { processorMachine, processorText } from '../../asl/processor.ts';
import { invariant } from '../../ground/invariant.ts';
import type { Tools } from '../../ground/tools.ts';
import type { MachineStore, StoredMachine, WithRevision } from '../../store/machines/store.ts';
import type { Revision, StoredAlias, StoredVersion } from '../../store/machines/versions.ts';

import { PROCESSOR } from '../engine/mapruns/children.ts';
import { machineDeleting, machineMissing } from './faults.ts';

const MACHINES_MAX = 20_000;
const COMPILED_MAX = 2_000;
/** Before others have their turn; some 5 ms. */
const STATES_AT_ONCE = 300;

/** By text. Sizes are counted, because with `max` alone it would take all its memory at once. */
const cache = <V extends object | boolean>(maxSize: number): LRUCache<string, V> =>
  new LRUCache({ maxSize, sizeCalculation: () => 1 });

export class MachineCatalog {
  readonly #store: MachineStore;
  readonly #tools: Pick<Tools, 'digest'>;
  readonly #pause: () => Promise<void>;
  readonly #shared: boolean;
  readonly #machines = cache<StoredMachine>(MACHINES_MAX);
  /** By machine, then by number or name. */
  readonly #versions = cache<Map<number, StoredVersion>>(MACHINES_MAX);
  readonly #aliases = cache<Map<string, StoredAlias>>(MACHINES_MAX);
  /** Grows when something is forgotten: what was being read then is not remembered. */
  #forgotten = 0;
  readonly #compiled = cache<Machine>(COMPILED_MAX);
  /** Activities that compiled machines name: whether they exist. */
  readonly #activities = cache<boolean>(MACHINES_MAX);

  /**
   * @param pause lets others have their turn while a large machine is compiled
   * @param shared other nodes may change machines: what can change is read whenever it is asked for
   */
  constructor(
    store: MachineStore,
    tools: Pick<Tools, 'digest'>,
    pause: () => Promise<void> = async () => {},
    shared = false,
  ) {
    this.#store = store;
    this.#tools = tools;
    this.#pause = pause;
    this.#shared = shared;
  }

  hashOf(definition: string): string {
    return this.#tools.digest('SHA-256', definition);
  }

  /** Throws StateMachineDoesNotExist, naming it as the caller did. */
  async machine(arn: string, asGiven = arn): Promise<StoredMachine> {
    const found = await this.find(arn);
    if (!found) throw machineMissing(asGiven);
    return found;
  }

  /** The same, to be used or changed: throws StateMachineDeleting too. */
  async living(arn: string, asGiven = arn): Promise<StoredMachine> {
    const machine = await this.machine(arn, asGiven);
    if (machine.deleting) throw machineDeleting(arn);
    return machine;
  }

  async find(arn: string): Promise<StoredMachine | undefined> {
    const cached = this.#machines.get(arn);
    if (cached) return cached;
    const before = this.#forgotten;
    const found = await this.#store.machine(arn);
    if (found && !this.#isOld(before)) this.#machines.set(arn, found);
    return found;
  }

  version(machineArn: string, number: number): Promise<StoredVersion | undefined> {
    return this.#part(this.#versions, machineArn, number, () =>
      this.#store.version(machineArn, number),
    );
  }

  alias(machineArn: string, name: string): Promise<StoredAlias | undefined> {
    return this.#part(this.#aliases, machineArn, name, () => this.#store.alias(machineArn, name));
  }

  /** The compiled definition; at once where it has been used lately. */
  compiled(hash: string): Machine | Promise<Machine> {
    return this.#compiled.get(hash) ?? this.#compile(hash);
  }

  async definition(hash: string): Promise<string> {
    const [whole, stateName] = partsOf(hash);
    const text = await this.#store.definition(whole);
    invariant(text !== undefined, `no definition ${whole}`);
    return stateName === undefined ? text : processorText(text, stateName);
  }

  create(
    machine: StoredMachine,
    definition: string,
    version: StoredVersion | undefined,
  ): Promise<StoredMachine | undefined> {
    return this.#store.create(machine, definition, version);
  }

  async revise(from: StoredMachine, to: Revision, more: WithRevision): Promise<boolean> {
    const done = await this.#store.revise(from, to, more);
    this.forget(from.arn);
    return done;
  }

  /** Of activities that machines name; what was never looked up is taken to exist. */
  activityExists(arn: string): boolean {
    return this.#activities.get(arn) ?? true;
  }

  noteActivity(arn: string, exists: boolean): void {
    this.#activities.set(arn, exists);
  }

  /** Looks again at the activities: others may have made and deleted some. */
  async refresh(): Promise<void> {
    for (const arn of [...this.#activities.keys()]) {
      this.#activities.set(arn, (await this.#store.activity(arn)) !== undefined);
    }
  }

  /** What is remembered of the machine, its versions and aliases may be old. */
  forget(machineArn: string): void {
    this.#forgotten++;
    this.#machines.delete(machineArn);
    this.#versions.delete(machineArn);
    this.#aliases.delete(machineArn);
  }

  /** True of what has been read since `before` and is not to be remembered. */
  #isOld(before: number): boolean {
    return this.#shared || before !== this.#forgotten;
  }

  async #part<K, V>(
    cache: LRUCache<string, Map<K, V>>,
    machineArn: string,
    key: K,
    read: () => Promise<V | undefined>,
  ): Promise<V | undefined> {
    const cached = cache.get(machineArn)?.get(key);
    if (cached) return cached;
    const before = this.#forgotten;
    const found = await read();
    if (!found || this.#isOld(before)) return found;
    const parts = cache.get(machineArn) ?? new Map<K, V>();
    cache.set(machineArn, parts.set(key, found));
    return found;
  }

  async #compile(hash: string): Promise<Machine> {
    const [whole, stateName] = partsOf(hash);
    if (stateName !== undefined) {
      const machine = processorMachine(await this.compiled(whole), stateName);
      this.#compiled.set(hash, machine);
      return machine;
    }
    const work = compileGradually(await this.definition(hash));
    let step = work.next();
    for (let states = 1; !step.done; states++) {
      if (states % STATES_AT_ONCE === 0) await this.#pause();
      step = work.next();
    }
    const machine = step.value;
    for (const arn of activitiesOf(machine)) {
      this.#activities.set(arn, (await this.#store.activity(arn)) !== undefined);
    }
    this.#compiled.set(hash, machine);
    return machine;
  }
}

/** The hash of a definition and, of a Map Run's children, the Map state whose processor they run. */
function partsOf(hash: string): [string, string?] {
  const at = hash.indexOf(PROCESSOR);
  return at < 0 ? [hash] : [hash.slice(0, at), hash.slice(at + 1)];
}

function activitiesOf(flow: Flow): string[] {
  return [...flow.states.values()].flatMap((state) => {
    if (state.type === 'Map') return activitiesOf(state.processor);
    if (state.type === 'Parallel') return state.branches.flatMap(activitiesOf);
    return state.type === 'Task' && state.resource.kind === 'activity' ? [state.resource.arn] : [];
  });
}
