/**
 * What is deleted when: closed executions after so many days, and the oldest ones while the data is
 * larger than allowed. In small pieces with pauses, so that nobody's commit stands behind a deletion.
 */
import type { Logger } from '../ground/log.ts';
import type { Clock } from '../ground/tools.ts';
import type { ExecutionStore } from '../store/executions.ts';
import type { Service } from './lifecycle.ts';

const FIRST_AFTER_MS = 30_000;
const EVERY_MS = 10 * 60_000;
const PIECE = 100;
const PAUSE_MS = 50;
const DAY_MS = 86_400_000;

export interface RetentionDeps {
  readonly executions: Pick<ExecutionStore, 'prune'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 keeps closed executions for ever. */
  readonly days: number;
  /** 0 is no limit. */
  readonly bytesMax: number;
  /** Bytes of the database that are in use; free pages do not count, they are used again. */
  usedBytes(): Promise<number>;
}

export class Retention implements Service {
  readonly #deps: RetentionDeps;
  #cancelWake: (() => void) | undefined;
  #endPause: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { days, bytesMax } = this.#deps;
    if (this.#cancelWake || (days === 0 && bytesMax === 0)) return;
    this.#stopped = false;
    this.#wakeIn(FIRST_AFTER_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    this.#endPause?.();
    await this.#running;
  }

  #wakeIn(ms: number): void {
    const { clock } = this.#deps;
    this.#cancelWake = clock.wake(clock.now() + ms, () => {
      this.#running = this.#run();
    });
  }

  async #run(): Promise<void> {
    try {
      await this.#pruneOld();
      await this.#pruneLarge();
    } catch (error) {
      this.#deps.log.warn('could not delete old executions', { error: String(error) });
    }
    if (!this.#stopped) this.#wakeIn(EVERY_MS);
  }

  async #pruneOld(): Promise<void> {
    const { days, clock, executions } = this.#deps;
    if (days === 0) return;
    const before = clock.now() - days * DAY_MS;
    while (!this.#stopped && (await executions.prune(before, PIECE)) > 0) await this.#pause();
  }

  async #pruneLarge(): Promise<void> {
    const { bytesMax, clock, executions } = this.#deps;
    if (bytesMax === 0) return;
    while (!this.#stopped && (await this.#deps.usedBytes()) > bytesMax) {
      if ((await executions.prune(clock.now(), PIECE)) === 0) {
        this.#deps.log.warn('the data is above its limit, and no execution is closed', {
          bytesMax,
        });
        return;
      }
      await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const { clock } = this.#deps;
      const cancel = clock.wake(clock.now() + PAUSE_MS, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }
}
