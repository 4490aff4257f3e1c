/**
 * What can happen to an execution from outside. `decide` answers a signal with records; a stale or
 * repeated one (its scope or attempt is no longer open) with none.
 *
 * `attempt` is the event id of the attempt's …Scheduled event (task), or of the record that started
 * the timer; together with `scope` it names a pending thing once and for all.
 */
import type { ScopePath } from './record.ts';

interface Start {
  readonly type: 'Start';
  /** The caller's JSON text. */
  readonly input: string;
}

interface OfAttempt {
  readonly scope: ScopePath;
  readonly attempt: number;
}

interface Origin {
  /**
   * The answer came by task token or from a child, and not from the request itself: before
   * TaskSubmitted it is kept, and applied after it.
   */
  readonly byToken?: boolean;
}

export type Signal =
  | Start
  /** Goes on with a fold whose budget ran out. */
  | { readonly type: 'Continue' }
  /** A Wait or a retry back-off is due. */
  | ({ readonly type: 'TimerFired' } & OfAttempt)
  /** `at`: when the work really began; the record carries that time. */
  | ({
      readonly type: 'TaskStarted';
      readonly at: number;
      readonly workerName?: string;
    } & OfAttempt)
  /** The request of a `.sync` or `.waitForTaskToken` task was accepted. Output is JSON text. */
  | ({ readonly type: 'TaskSubmitted'; readonly output: string } & OfAttempt)
  | ({ readonly type: 'TaskSucceeded'; readonly output: string } & OfAttempt & Origin)
  | ({
      readonly type: 'TaskFailed';
      readonly error?: string | undefined;
      readonly cause?: string | undefined;
    } & OfAttempt &
      Origin)
  | ({ readonly type: 'TaskTimedOut'; readonly heartbeat: boolean } & OfAttempt)
  | ({ readonly type: 'TaskHeartbeat' } & OfAttempt)
  /** The process that ran the attempt died: outcome unknown. */
  | ({ readonly type: 'TaskLost' } & OfAttempt)
  /** The Map Run of a distributed Map is over; `attempt` is the event that began it. */
  | ({ readonly type: 'MapRunSucceeded'; readonly output: string } & OfAttempt)
  | ({ readonly type: 'MapRunFailed'; readonly error: string; readonly cause: string } & OfAttempt)
  /** The machine's TimeoutSeconds (or the service's limit) has passed. */
  | { readonly type: 'ExecutionTimedOut' }
  | { readonly type: 'Stop'; readonly error?: string; readonly cause?: string }
  /** A defect of this server keeps the execution from going on. */
  | { readonly type: 'Fail'; readonly error: string; readonly cause: string }
  /**
   * `after`: how many redrives there have been as far as the caller knows; with more it is stale.
   * The record keeps the token.
   */
  | {
      readonly type: 'Redrive';
      readonly after?: number;
      readonly clientToken?: string | undefined;
    };
