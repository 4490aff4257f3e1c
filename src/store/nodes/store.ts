/**
 * The nodes that share a database: processes that own rows of work while they live. Each has an
 * epoch, a number that no other one has had, and a lease that its beats renew. What a node owned is
 * taken over by the others when its lease has run out.
 *
 * Implementations: SQL, and memory, which is the oracle.
 */
import type { Instant } from '../../ground/time.ts';

/** How long a node is taken to live after a beat. */
export const LEASE_MS = 20_000;

export interface KnownNodes {
  /** Epochs, ascending. */
  readonly live: readonly number[];
  readonly dead: readonly number[];
}

export interface NodeStore {
  /**
   * Enters a new node, alive from now on, and answers with its epoch: higher than that of any node
   * before. Where only one process at a time may write to the data, all others are forgotten.
   */
  join(now: Instant): Promise<number>;
  /** Renews the lease, also of a node that was taken for dead. */
  beat(epoch: number, now: Instant): Promise<void>;
  /** All nodes that are not forgotten. */
  known(now: Instant): Promise<KnownNodes>;
  /** The node works no more: it is dead at once, whatever is left of its lease. */
  leave(epoch: number): Promise<void>;
  /** Everything of these nodes has been taken over. Those that have come back to life stay. */
  forget(epochs: readonly number[], now: Instant): Promise<void>;
}
