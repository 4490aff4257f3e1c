/**
 * Writes of what has already happened and nobody can be told to try again: a trace's segments, the
 * end of an Express execution, the outcome of an asynchronous invocation. While the disk is full
 * they wait and are tried again, until a stop ends their patience.
 */
import { Fault } from '../ground/fault.ts';
import type { Logger } from '../ground/log.ts';
import type { Clock } from '../ground/tools.ts';
import { DatabaseError } from '../store/database.ts';

export interface PersistenceDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

export const unavailable = (): Fault =>
  new Fault('ServiceUnavailable', 'The service is unable to write now. Try again.', {
    side: 'server',
    status: 503,
  });

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE']);

/** The fault where nothing but the disk said no, and may say yes later. */
export function unavailableOf(error: unknown): Fault | undefined {
  if (!(error instanceof Error)) return undefined;
  const retryable =
    error instanceof DatabaseError
      ? error.retryable
      : FULL.has((error as { code?: string }).code ?? '');
  return retryable ? unavailable() : undefined;
}

const AGAIN_AFTER_MS = 1_000;

export class RetryingWrites {
  readonly #deps: PersistenceDeps;
  /** Ends the pauses under way. */
  readonly #pauses = new Set<() => void>();
  #patient = true;

  constructor(deps: PersistenceDeps) {
    this.#deps = deps;
  }

  /** What cannot be written now is given up, after one last try. */
  giveUp(): void {
    this.#patient = false;
    for (const end of [...this.#pauses]) end();
  }

  /**
   * Resolves once `write` has. Rejects where another try would not help, or when there is no
   * patience left.
   */
  async write<T>(what: string, write: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await write();
      } catch (error) {
        const hopeful = error instanceof DatabaseError && error.retryable;
        if (!hopeful || !this.#patient) throw error;
        if (tries === 1) {
          this.#deps.log.warn(`could not write ${what}; it waits`, { error: error.message });
        }
        await this.#pause();
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const { clock } = this.#deps;
      const end = (): void => {
        cancel();
        this.#pauses.delete(end);
        resolve();
      };
      const cancel = clock.wake(clock.now() + AGAIN_AFTER_MS, end);
      this.#pauses.add(end);
    });
  }
}
