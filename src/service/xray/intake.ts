/**
 * The one door for segment documents, whoever sends them: the API, the daemon's port, our own
 * services. What is refused is answered, counted and kept with its reason; each reason is logged
 * once.
 */
import type { Place } from '../../ground/arn.ts';
import type { Logger } from '../../ground/log.ts';
import type { Instant } from '../../ground/time.ts';
import type { Clock } from '../../ground/tools.ts';
import type { TraceStore } from '../../store/traces/store.ts';
import { TRACE_BYTES_MAX } from '../../trace/limits.ts';
import {
  type AcceptedDocument,
  type Refusal,
  readDocuments,
  TRACE_FROZEN,
} from '../../trace/segment.ts';
import type { RetryingWrites } from '../retrying-writes.ts';
import { tooBusy } from './faults.ts';

export type SegmentSource = 'api' | 'daemon' | 'own';

export interface RefusedSegment {
  readonly at: Instant;
  readonly source: SegmentSource;
  readonly id: string | undefined;
  readonly code: string;
  readonly message: string;
}

export interface RefusedSegments {
  readonly total: number;
  /** How many for which reason. */
  readonly byCode: Readonly<Record<string, number>>;
  /** The last ones, newest first. */
  readonly recent: readonly RefusedSegment[];
}

export interface TraceIntakeDeps {
  readonly store: TraceStore;
  readonly retryingWrites: RetryingWrites;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

const RECENT_MAX = 100;
/** Reasons come from a short list, but a sender must not be able to grow it. */
const CODES_MAX = 50;
/** Documents that wait for the disk before outside senders are told to come again. */
const BACKLOG_BYTES_MAX = 64 * 1024 * 1024;

export class TraceIntake {
  readonly #deps: TraceIntakeDeps;
  readonly #byCode = new Map<string, number>();
  #recent: RefusedSegment[] = [];
  #accepted = 0;
  #refused = 0;

  constructor(deps: TraceIntakeDeps) {
    this.#deps = deps;
  }

  /** Documents accepted since the start. */
  get accepted(): number {
    return this.#accepted;
  }

  /**
   * Stores the documents of an outside sender; answers what was refused. Resolves when the others
   * are durable and visible. Throws a throttling fault, with nothing kept, while the disk is
   * behind.
   */
  async accept(
    place: Place,
    texts: readonly string[],
    source: SegmentSource,
  ): Promise<readonly Refusal[]> {
    if (this.#deps.store.backlogBytes > BACKLOG_BYTES_MAX) throw tooBusy();
    return this.#put(place, texts, source);
  }

  /** Stores documents of our own; waits as long as it takes. */
  async record(place: Place, texts: readonly string[]): Promise<void> {
    const put = (): Promise<unknown> => this.#put(place, texts, 'own', TRACE_BYTES_MAX);
    await this.#deps.retryingWrites.write('segments', put);
  }

  /** Notes something that is no document at all, such as a broken datagram. */
  refuse(source: SegmentSource, code: string, message: string): void {
    this.#note(source, { id: undefined, code, message });
  }

  refusedSegments(): RefusedSegments {
    return {
      total: this.#refused,
      byCode: Object.fromEntries(this.#byCode),
      recent: this.#recent.slice(-RECENT_MAX).reverse(),
    };
  }

  async #put(
    place: Place,
    texts: readonly string[],
    source: SegmentSource,
    bytesMax?: number,
  ): Promise<readonly Refusal[]> {
    const documents: AcceptedDocument[] = [];
    const refused: Refusal[] = [];
    for (const text of texts) {
      const reading = readDocuments(text, bytesMax);
      for (const document of reading.accepted) documents.push(document);
      for (const refusal of reading.refused) refused.push(refusal);
    }
    const { full } = await this.#deps.store.put(place, documents);
    for (const index of full) refused.push({ id: documents[index]!.id, ...TRACE_FROZEN });
    this.#accepted += documents.length - full.length;
    for (const refusal of refused) this.#note(source, refusal);
    return refused;
  }

  #note(source: SegmentSource, { id, code, message }: Refusal): void {
    this.#refused++;
    const seen = this.#byCode.get(code) ?? 0;
    if (seen > 0 || this.#byCode.size < CODES_MAX) this.#byCode.set(code, seen + 1);
    if (seen === 0) {
      this.#deps.log.warn('refused a segment; more of this kind are only counted', {
        source,
        code,
        message,
        id,
      });
    }
    this.#recent.push({ at: this.#deps.clock.now(), source, id, code, message });
    if (this.#recent.length > 2 * RECENT_MAX) this.#recent = this.#recent.slice(-RECENT_MAX);
  }
}
