/**
 * This process among those that share its database: it says that it lives, and has taken over what
 * the dead ones had to do. Where only one process at a time may write to the data, it is alone from
 * its start, and nothing of this costs anything.
 */
import type { Logger } from '../ground/log.ts';
import { Loop } from '../ground/loop.ts';
import type { Clock } from '../ground/tools.ts';
import type { Capabilities } from '../store/database.ts';
import { LEASE_MS, type NodeStore } from '../store/nodes/store.ts';
import type { Service } from './lifecycle.ts';

/** Some beats may be late before a node is taken for dead. */
const BEAT_MS = LEASE_MS / 4;
/** How often what others change without a word is looked at. */
const REFRESH_MS = 60_000;

export interface NodeDeps {
  readonly store: NodeStore;
  readonly processes: Capabilities['processes'];
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a part of the server does because of other nodes. */
export interface NodeWork {
  /** Goes on with what nodes that are dead had to do. Rejects to be asked again. */
  takeOver(): Promise<void>;
  /** Looks at what others may have changed. */
  refresh?(): Promise<void>;
}

export class Node {
  readonly epoch: number;
  readonly #deps: NodeDeps;

  private constructor(deps: NodeDeps, epoch: number) {
    this.#deps = deps;
    this.epoch = epoch;
  }

  static async join(deps: NodeDeps): Promise<Node> {
    return new Node(deps, await deps.store.join(deps.clock.now()));
  }

  /** Epochs of the nodes that live, this one's among them; undefined where there can be no other. */
  get live(): (() => Promise<readonly number[]>) | undefined {
    if (this.#alone) return undefined;
    return async () => {
      const { store, clock } = this.#deps;
      const { live } = await store.known(clock.now());
      return live.includes(this.epoch) ? live : [...live, this.epoch];
    };
  }

  /** To be started before everything that this node may own something by, and stopped after it. */
  heartbeat(): Service {
    const { store, clock } = this.#deps;
    const loop = this.#loop(async () => {
      await store.beat(this.epoch, clock.now());
      return BEAT_MS;
    });
    return {
      start: async () => {
        if (!this.#alone) loop.start(0);
      },
      stop: async () => {
        await loop.stop();
        if (!this.#alone) await store.leave(this.epoch);
      },
    };
  }

  /** To be started after what does the work, and stopped before it. */
  watch(parts: readonly NodeWork[]): Service {
    const { store, clock } = this.#deps;
    let refreshAt = clock.now() + REFRESH_MS;
    const loop = this.#loop(async () => {
      const { dead } = await store.known(clock.now());
      if (dead.length > 0) {
        for (const part of parts) await part.takeOver();
        await store.forget(dead, clock.now());
      }
      if (clock.now() < refreshAt) return BEAT_MS;
      refreshAt = clock.now() + REFRESH_MS;
      for (const part of parts) await part.refresh?.();
      return BEAT_MS;
    });
    return {
      start: async () => {
        if (!this.#alone) loop.start(BEAT_MS);
      },
      stop: () => loop.stop(),
    };
  }

  get #alone(): boolean {
    return this.#deps.processes === 'one';
  }

  #loop(turn: () => Promise<number>): Loop {
    const { clock, log } = this.#deps;
    const failed = (error: unknown): void =>
      log.warn('could not look after the nodes', { error, epoch: this.epoch });
    return new Loop({ clock, turn, failed, retryMs: [BEAT_MS / 4, BEAT_MS] });
  }
}
