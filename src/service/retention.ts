/**
 * What is deleted when: each kind of data after so many days, and the oldest closed executions
 * while their data is larger than allowed. In small pieces with pauses, so that nobody's commit stands
 * behind a deletion.
 */
import type { Logger } from '../ground/log.ts';
import { Loop } from '../ground/loop.ts';
import type { Instant } from '../ground/time.ts';
import type { Clock } from '../ground/tools.ts';
import type { Service } from './lifecycle.ts';

const FIRST_AFTER_MS = 30_000;
const EVERY_MS = 10 * 60_000;
const PIECE = 100;
const PAUSE_MS = 50;
const DAY_MS = 86_400_000;

/** Deletes at most `limit` things that ended before `before`, oldest first; answers how many. */
export type Prune = (before: Instant, limit: number) => Promise<number>;

/** What a service has that grows. */
export interface Kept {
  /** As the log names it. */
  readonly what: string;
  /**
   * How long it is kept where not as long as everything else. 0 keeps it for ever, but for what it
   * forgets by rules of its own.
   */
  readonly days?: number;
  readonly prune: Prune;
  /** It also goes, oldest first, while its database is too large. */
  readonly bounded?: boolean;
}

export interface RetentionDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly kept: readonly Kept[];
  /** How long things are kept that do not say it themselves. */
  readonly days: number;
  /** What is bounded goes while `usedBytes` is above it; 0 is no limit. */
  readonly bytesMax: number;
  /** Bytes of the database that are in use; free pages do not count, they are used again. */
  usedBytes(): Promise<number>;
}

export class Retention implements Service {
  readonly #deps: RetentionDeps;
  readonly #loop: Loop;

  constructor(deps: RetentionDeps) {
    const { clock, log } = deps;
    this.#deps = deps;
    this.#loop = new Loop({
      clock,
      turn: () => this.#deleteOld(),
      failed: (error) => log.error('could not delete what is old', { error }),
      retryMs: [EVERY_MS, EVERY_MS],
    });
  }

  async start(): Promise<void> {
    this.#loop.start(FIRST_AFTER_MS);
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #deleteOld(): Promise<number> {
    const { clock, kept } = this.#deps;
    for (const { what, days = this.#deps.days, prune } of kept) {
      const before = days === 0 ? 0 : clock.now() - days * DAY_MS;
      await this.#try(what, () => this.#pruneAll(prune, before));
    }
    await this.#try('what is too much', () => this.#pruneLarge());
    return EVERY_MS;
  }

  async #try(what: string, prune: () => Promise<void>): Promise<void> {
    try {
      await prune();
    } catch (error) {
      this.#deps.log.warn(`could not delete old ${what}`, { error: String(error) });
    }
  }

  async #pruneAll(prune: Prune, before: Instant): Promise<void> {
    while (!this.#loop.stopped && (await prune(before, PIECE)) > 0)
      await this.#loop.pause(PAUSE_MS);
  }

  async #pruneLarge(): Promise<void> {
    const { bytesMax, clock, log } = this.#deps;
    if (bytesMax === 0) return;
    while (!this.#loop.stopped && (await this.#deps.usedBytes()) > bytesMax) {
      if ((await this.#pruneBounded(clock.now())) === 0) {
        log.warn('the data is above its limit, and nothing in it may go', { bytesMax });
        return;
      }
      await this.#loop.pause(PAUSE_MS);
    }
  }

  async #pruneBounded(before: Instant): Promise<number> {
    let gone = 0;
    for (const { prune } of this.#deps.kept.filter(({ bounded }) => bounded)) {
      gone += await prune(before, PIECE);
    }
    return gone;
  }
}
