/**
 * What a record asks of the world. `effectsOf(record)` derives these from the record alone, so
 * there is no second list of commands; the engine turns them into work rows of the same commit and
 * acts on them after it.
 */
import type { Instant } from '../ground/time.ts';
import type { MapRunOrder, MapRunRedrive } from './maprun-order.ts';
import type { ScopePath } from './record.ts';

export interface TaskOrder {
  /** The definition's Resource text. */
  readonly resource: string;
  readonly stateName: string;
  /** JSON text of the resolved parameters (an activity's or function's input). */
  readonly parameters: string;
  /** Present where the task may be answered by token. */
  readonly token?: string;
  /** Seconds; the engine's deadline counts from the …Started record. */
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  /** Retry count of this state entry, 0 on the first attempt. */
  readonly retryCount: number;
  readonly credentialsRoleArn?: string;
  /** Present where a test case answers: the number of the attempt among the state's own. */
  readonly mock?: number;
}

export type Effect =
  /** Run this attempt. One work row from now until it is settled or cancelled. */
  | {
      readonly type: 'task';
      readonly scope: ScopePath;
      readonly attempt: number;
      readonly order: TaskOrder;
    }
  /** The attempt's row waits for an answer (token, child, activity worker), no process owns it. */
  | { readonly type: 'await'; readonly scope: ScopePath; readonly attempt: number }
  /** Sets, moves or clears (undefined) the attempt's next deadline. */
  | {
      readonly type: 'deadline';
      readonly scope: ScopePath;
      readonly attempt: number;
      readonly due: Instant | undefined;
      readonly heartbeat: boolean;
    }
  /** Signal TimerFired at `due`. */
  | {
      readonly type: 'timer';
      readonly scope: ScopePath;
      readonly attempt: number;
      readonly due: Instant;
    }
  /** The pending thing has had its outcome; its row goes. */
  | { readonly type: 'settle'; readonly scope: ScopePath; readonly attempt: number }
  /** Everything pending at or below this scope is void; running work is told to stop. */
  | { readonly type: 'cancel'; readonly scope: ScopePath }
  /**
   * A Map Run begins, or goes on after a redrive. One work row until it is over or void.
   */
  | {
      readonly type: 'mapRun';
      readonly scope: ScopePath;
      readonly attempt: number;
      readonly note: MapRunOrder | MapRunRedrive;
    }
  /** The Map Run has had its outcome; its row goes. */
  | { readonly type: 'mapRunOver'; readonly scope: ScopePath; readonly attempt: number }
  /** Signal ExecutionTimedOut at `due`. */
  | { readonly type: 'executionDeadline'; readonly due: Instant }
  /** Signal Continue as soon as others had their turn. */
  | { readonly type: 'continue' }
  | {
      readonly type: 'finish';
      readonly status: ClosedStatus;
      readonly at: Instant;
      readonly output?: string;
      readonly error?: string;
      readonly cause?: string;
    }
  /** The execution runs again after a redrive. */
  | { readonly type: 'reopen'; readonly redriveCount: number; readonly at: Instant };

export type ClosedStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
export type ExecutionStatus = ClosedStatus | 'RUNNING' | 'PENDING_REDRIVE';
