/**
 * Traces: the documents of each, lists of them by time and filter, and the statistics of the
 * service graph per minute.
 *
 * Every query sees every document whose `put` has resolved. Documents of one trace are told apart
 * by their id: a later complete one replaces an earlier one, one in progress never replaces a
 * complete one. Putting the same again changes nothing but the revision. What comes back belongs to
 * the caller.
 */
import type { Place } from '../../ground/arn.ts';
import type { Instant } from '../../ground/time.ts';
import type { Filter } from '../../trace/expression.ts';
import type { TraceFacts } from '../../trace/facts.ts';
import type { Periods, Tally } from '../../trace/graph.ts';
import type { AcceptedDocument } from '../../trace/segment.ts';

export interface StoredTrace {
  readonly id: string;
  /** Texts of its documents, as they were sent, oldest first. */
  readonly documents: readonly string[];
  /** The trace is full: documents were refused. */
  readonly limitExceeded: boolean;
}

/** By the earliest start, by the arrival of the last document, or by the latest end. */
export type TraceTime = 'start' | 'update' | 'end';

/** After this trace: its time in microseconds, and its id among those of the same time. */
export interface TraceCursor {
  readonly timeUs: number;
  readonly id: string;
}

export interface TraceQuery {
  readonly place: Place;
  readonly time: TraceTime;
  /** From, included, to, excluded. */
  readonly from: Instant;
  readonly to: Instant;
  readonly filter?: Filter | undefined;
  readonly limit: number;
  readonly after?: TraceCursor | undefined;
}

export interface FoundTrace {
  readonly facts: TraceFacts;
  readonly revision: number;
  readonly updatedAt: Instant;
}

export interface FoundPage {
  /** Newest first. May be empty though more follow. */
  readonly items: readonly FoundTrace[];
  /** How many were looked at, those that do not match included. */
  readonly scanned: number;
  /** Where to go on; absent at the end. */
  readonly next?: TraceCursor;
}

/** Minutes since the epoch; a period begins at a multiple of its length. */
export interface TallyQuery extends Periods {
  readonly place: Place;
}

export interface TraceChange {
  readonly place: Place;
  readonly traceIds: readonly string[];
}

export interface TraceCounts {
  readonly traces: number;
  /** Those kept in memory because documents may still come. */
  readonly hot: number;
}

export interface TraceStore {
  /**
   * Resolves when all are durable and visible. The answer has the ids of documents that found their
   * trace full, by position; they are not kept.
   */
  put(place: Place, documents: readonly AcceptedDocument[]): Promise<{ full: readonly number[] }>;
  /** Documents that wait to be written, in bytes: what senders are held back by. */
  readonly backlogBytes: number;
  /** Those of the ids that exist. */
  get(place: Place, ids: readonly string[]): Promise<readonly StoredTrace[]>;
  find(query: TraceQuery): Promise<FoundPage>;
  /** Statistics by the first minute of their period; periods without any are absent. */
  tallies(query: TallyQuery): Promise<ReadonlyMap<number, Tally>>;
  /**
   * Deletes traces whose last document came before `before`, a bounded number of them; answers how
   * many, 0 when none is left.
   */
  prune(before: Instant): Promise<number>;
  counts(): Promise<TraceCounts>;
  /** Calls back after every change; the returned function ends that. */
  onChange(listener: (change: TraceChange) => void): () => void;
}
