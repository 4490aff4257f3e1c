/**
 * Who lives outside the server and does not die with it. An actor makes a call again until some
 * process answers it; what is answered then has happened, whatever becomes of the process.
 */

import type { ManualClock } from '../src/service/engine/testing.ts';
import type { AllStates } from '../src/service/states/testing.ts';
import { Random } from './random.ts';
import type { Options, Server } from './server.ts';
import type { Truth } from './truth.ts';

export interface World {
  readonly options: Options;
  readonly clock: ManualClock;
  readonly server: Server;
  readonly truth: Truth;
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

  /** Rejects with what the server says no with. */
  async call<T>(use: (handlers: AllStates) => Promise<T>): Promise<T> {
    for (;;) {
      const process = await this.world.server.reach();
      if (process) {
        const answer = use(this.random.pick(process.nodes).handlers).then((value) => ({ value }));
        const answered = await Promise.race([answer, process.death]);
        if (answered) return answered.value;
      }
      await this.sleep(this.random.between(1, 50));
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
