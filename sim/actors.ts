/**
 * Who lives outside the server and does not die with it. An actor makes a call again until some
 * process answers it; what is answered then has happened, whatever becomes of the process.
 */

import { isFault } from '../src/ground/fault.ts';
import type { ManualClock } from '../src/service/engine/testing.ts';
import type { AllStates } from '../src/service/states/testing.ts';
import type { Marks } from './marks.ts';
import type { Process } from './process.ts';
import { Random } from './random.ts';
import type { Options, Server } from './server.ts';
import type { Truth } from './truth.ts';

export interface World {
  readonly options: Options;
  readonly clock: ManualClock;
  readonly server: Server;
  readonly truth: Truth;
  readonly marks: Marks;
  /** Says what must not have happened. */
  problem(text: string): void;
}

export class Actors {
  readonly world: World;
  readonly random: Random;
  /** Who still has something to do, idle workers excepted. */
  busy = 0;

  constructor(world: World) {
    this.world = world;
    this.random = new Random(world.options.seed, 'outside');
  }

  sleep(ms: number): Promise<void> {
    const { clock } = this.world;
    return new Promise((resolve) => clock.wake(clock.now() + ms, resolve));
  }

  /** Rejects with what the server says no with. `by` hears which process has answered. */
  async call<T>(
    use: (handlers: AllStates) => Promise<T>,
    by?: (process: Process) => void,
  ): Promise<T> {
    for (;;) {
      const process = await this.world.server.reach(this.random);
      const answered = process && (await this.#ask(process, use));
      if (answered) {
        by?.(process);
        return answered.value;
      }
      await this.sleep(this.random.between(1, 50));
    }
  }

  /** Undefined where it dies before it answers, or stops. */
  async #ask<T>(
    process: Process,
    use: (handlers: AllStates) => Promise<T>,
  ): Promise<{ readonly value: T } | undefined> {
    try {
      const answer = use(process.states.handlers).then((value) => ({ value }));
      return (await Promise.race([answer, process.death])) ?? undefined;
    } catch (error) {
      if (isFault(error) && error.code === 'ServiceUnavailable') return undefined;
      throw error;
    }
  }

  /** Keeps the world from ending before it has. */
  act(work: () => Promise<void>): void {
    this.busy++;
    this.idly(async () => {
      await work();
      this.busy--;
    });
  }

  /** The world may end before it has. */
  idly(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.world.problem(`an actor failed: ${error instanceof Error ? error.stack : error}`);
    });
  }
}
