/**
 * Log groups, their streams and events. Events of a stream or group are in the order of their time,
 * and among equal times in the order in which they came. Returned objects belong to the caller.
 */
import type { Place } from '../../ground/arn.ts';
import type { Instant } from '../../ground/time.ts';

export interface StoredGroup {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Instant;
  readonly retentionDays?: number;
  readonly class: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly storedBytes: number;
}

export interface StoredStream {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Instant;
  /** 0 where it has no events. */
  readonly firstEventAt: Instant;
  readonly lastEventAt: Instant;
  readonly lastIngestedAt: Instant;
}

export interface NewLogEvent {
  readonly at: Instant;
  readonly message: string;
}

/** Where an event stands in the order of events. */
export interface LogPosition {
  readonly at: Instant;
  readonly id: number;
}

export interface StoredLogEvent extends LogPosition {
  readonly ingestedAt: Instant;
  readonly message: string;
  readonly streamName: string;
}

export interface LogBatch {
  readonly place: Place;
  readonly group: string;
  readonly stream: string;
  readonly events: readonly NewLogEvent[];
}

export interface EventQuery {
  /** A stream's or a whole group's events. */
  readonly of: { readonly stream: number } | { readonly group: number };
  /** From, included; to, excluded. */
  readonly from: Instant;
  readonly to: Instant;
  /** Only what stands behind (in front of, where `descending`) this position. */
  readonly beyond: LogPosition | undefined;
  readonly descending: boolean;
  readonly limit: number;
}

export interface LogStore {
  /** False where there is one of that name. */
  createGroup(place: Place, group: Omit<StoredGroup, 'id' | 'storedBytes'>): Promise<boolean>;
  group(place: Place, name: string): Promise<StoredGroup | undefined>;
  /** By name, after `after`, names beginning with `prefix`. */
  groups(place: Place, prefix: string, after: string, limit: number): Promise<StoredGroup[]>;
  /** Its events go in the background (`prune`). False where there is none. */
  deleteGroup(place: Place, name: string): Promise<boolean>;
  setRetention(group: number, days: number | undefined): Promise<void>;
  setTags(group: number, tags: Readonly<Record<string, string>>): Promise<void>;

  /** False where there is one of that name. */
  createStream(group: number, name: string, at: Instant): Promise<boolean>;
  stream(group: number, name: string): Promise<StoredStream | undefined>;
  /** By name, after `after`. */
  streamsByName(
    group: number,
    query: { prefix: string; after: string | undefined; descending: boolean; limit: number },
  ): Promise<StoredStream[]>;
  /** By the time of the last event, then by id, after `after`. */
  streamsByTime(
    group: number,
    query: { after: LogPosition | undefined; descending: boolean; limit: number },
  ): Promise<StoredStream[]>;
  deleteStream(group: number, name: string): Promise<boolean>;

  /** Adds events, making groups and streams that are not there. Resolves once they are durable. */
  append(batches: readonly LogBatch[], now: Instant): Promise<void>;
  events(query: EventQuery): Promise<StoredLogEvent[]>;
  /**
   * Deletes events past their group's retention (or older than `before` in any group) and those of
   * deleted streams, at most about `limit`; answers how many.
   */
  prune(now: Instant, before: Instant, limit: number): Promise<number>;
}
