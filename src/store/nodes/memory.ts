/** Nodes in a map: the oracle of the contract. */
import type { Instant } from '../../ground/time.ts';
import { type KnownNodes, LEASE_MS, type NodeStore } from './store.ts';

export class MemoryNodeStore implements NodeStore {
  /** When each has beaten last. */
  readonly #beats = new Map<number, Instant>();
  readonly #alone: boolean;
  #latest = 0;

  constructor(processes: 'one' | 'several') {
    this.#alone = processes === 'one';
  }

  async join(now: Instant): Promise<number> {
    if (this.#alone) this.#beats.clear();
    this.#latest += 1;
    this.#beats.set(this.#latest, now);
    return this.#latest;
  }

  async beat(epoch: number, now: Instant): Promise<void> {
    this.#beats.set(epoch, now);
  }

  async known(now: Instant): Promise<KnownNodes> {
    const epochs = [...this.#beats.keys()].sort((a, b) => a - b);
    const live = epochs.filter((epoch) => this.#isAlive(epoch, now));
    return { live, dead: epochs.filter((epoch) => !live.includes(epoch)) };
  }

  async leave(epoch: number): Promise<void> {
    if (this.#beats.has(epoch)) this.#beats.set(epoch, 0);
  }

  async forget(epochs: readonly number[], now: Instant): Promise<void> {
    for (const epoch of epochs) if (!this.#isAlive(epoch, now)) this.#beats.delete(epoch);
  }

  #isAlive(epoch: number, now: Instant): boolean {
    return this.#beats.get(epoch)! > now - LEASE_MS;
  }
}
