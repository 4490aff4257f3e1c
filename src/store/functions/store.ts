/**
 * Functions, and the asynchronous invocations that wait for them. Returned objects belong to the
 * caller.
 */
import type { FunctionRecord } from '../../function/config.ts';
import type { AttemptSummary } from '../../function/segments.ts';
import type { Place } from '../../ground/arn.ts';
import type { Instant } from '../../ground/time.ts';

/** One asynchronous invocation from its acknowledgement to its end. */
export interface AsyncEvent {
  readonly requestId: string;
  readonly place: Place;
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly payload: Uint8Array;
  readonly receivedAt: Instant;
  /** When the next attempt is to begin. */
  readonly due: Instant;
  /** Epoch of the process that runs an attempt; 0 where none does. */
  readonly epoch: number;
  readonly progress: AsyncProgress;
}

export interface AsyncProgress {
  /** X-Amzn-Trace-Id as the caller sent it. */
  readonly traceHeader?: string;
  /** The decision that was made when the event came in. */
  readonly trace?: {
    readonly traceId: string;
    readonly parentId?: string;
    readonly sampled: boolean;
  };
  /** When the event was stored. */
  readonly enqueuedAt: Instant;
  readonly attempts: readonly AttemptSummary[];
  /** Attempts that were throttled; they do not count as attempts. */
  readonly throttles: number;
}

export interface FunctionStore {
  /** False where a function of that name exists; nothing is written then. */
  create(record: FunctionRecord): Promise<boolean>;
  /** Replaces the record whose revision is `from`; false where it is gone or changed. */
  replace(from: string, record: FunctionRecord): Promise<boolean>;
  /** True where there was one. Its waiting events go with it. */
  delete(place: Place, name: string): Promise<boolean>;
  get(place: Place, name: string): Promise<FunctionRecord | undefined>;
  /** By name, after `after`. */
  list(place: Place, after: string, limit: number): Promise<FunctionRecord[]>;
  /** Everything the place's functions keep reserved, other than `except`. */
  reserved(place: Place, except: string): Promise<number>;
  /** Hashes of all code that any function uses. */
  codeHashes(): Promise<string[]>;

  enqueue(event: AsyncEvent): Promise<void>;
  /** Moves an event from `from` (default: nobody) to `epoch`; false where it is gone or taken. */
  own(requestId: string, epoch: number, from?: number): Promise<boolean>;
  /** Puts an event back for a later attempt. */
  retry(requestId: string, due: Instant, progress: AsyncProgress): Promise<void>;
  /** The event has had its outcome. */
  finish(requestId: string): Promise<void>;
  /** Events that nobody runs and that are due, the longest due first. */
  due(now: Instant, limit: number): Promise<AsyncEvent[]>;
  /** When the next waiting event is due. */
  nextDue(): Promise<Instant | undefined>;
  /** Events whose attempt ran in another node than these. */
  lost(live: readonly number[], limit: number): Promise<AsyncEvent[]>;
}
