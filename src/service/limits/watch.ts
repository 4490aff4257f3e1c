/**
 * Says when something has used four fifths of a limit: in the log once for each thing, a few lines
 * a minute at most, and as counts for whoever asks. Sees payloads and histories as they are
 * committed; of everything else it is told.
 */
import { LRUCache } from 'lru-cache';
import { type Limits, limitName } from '../../execution/limits.ts';
import { type HistoryRecord, payloadOf } from '../../execution/record.ts';
import { byteLength } from '../../ground/json.ts';
import type { Logger } from '../../ground/log.ts';
import type { Instant } from '../../ground/time.ts';
import type { Clock } from '../../ground/tools.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import type { Projector } from '../ports/projector.ts';

const SHARE = 0.8;
/** A UTF-16 unit is at most this many bytes in UTF-8. */
const BYTES_PER_UNIT = 3;
/** Things that are remembered to have been told of. */
const KNOWN_MAX = 10_000;
const LINES_MAX = 10;
const LINES_MS = 60_000;

/** What has come near one limit. */
export interface Nearness {
  readonly limit: number;
  /** Things that came near it. */
  readonly warnings: number;
  readonly latest?: { readonly of: string; readonly used: number; readonly at: Instant };
}

interface WatchDeps {
  readonly limits: Limits;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

export class LimitWatch implements Projector {
  readonly #deps: WatchDeps;
  readonly #known = new LRUCache<string, true>({ max: KNOWN_MAX });
  readonly #near = new Map<keyof Limits, Required<Omit<Nearness, 'limit'>>>();
  readonly #nearEvent: number;
  readonly #nearUnits: number;
  #lines = { since: Number.NEGATIVE_INFINITY, count: 0 };

  constructor(deps: WatchDeps) {
    this.#deps = deps;
    const { historyEvents, payloadBytes } = deps.limits;
    this.#nearEvent = Math.ceil(SHARE * historyEvents);
    this.#nearUnits = Math.floor((SHARE * payloadBytes) / BYTES_PER_UNIT);
  }

  get limits(): Limits {
    return this.#deps.limits;
  }

  /** By the name of the setting. */
  get report(): Readonly<Record<string, Nearness>> {
    const { limits } = this.#deps;
    const entries = (Object.keys(limits) as (keyof Limits)[]).map((key) => {
      const near = this.#near.get(key) ?? { warnings: 0 };
      return [limitName(key), { limit: limits[key], ...near }] as const;
    });
    return Object.fromEntries(entries);
  }

  project({ arn, type }: ExecutionHead, records: readonly HistoryRecord[]): void {
    for (const record of records) {
      const { id } = record;
      if (id === this.#nearEvent && type === 'STANDARD') this.note('historyEvents', arn, id);
      const payload = payloadOf(record);
      if (payload === undefined || payload.length < this.#nearUnits) continue;
      this.note('payloadBytes', arn, byteLength(payload));
    }
  }

  /** `of` has used as much of the limit; called with any amount, however often. */
  note(limit: keyof Limits, of: string, used: number): void {
    const most = this.#deps.limits[limit];
    if (used < SHARE * most) return;
    const key = `${limit} ${of}`;
    if (this.#known.get(key)) return;
    this.#known.set(key, true);
    const at = this.#deps.clock.now();
    const warnings = (this.#near.get(limit)?.warnings ?? 0) + 1;
    this.#near.set(limit, { warnings, latest: { of, used, at } });
    if (!this.#mayLog(at)) return;
    const fields = { limit: limitName(limit), of, used, most };
    this.#deps.log.warn('four fifths of a limit are used; --limits can raise it', fields);
  }

  #mayLog(now: Instant): boolean {
    if (now - this.#lines.since >= LINES_MS) this.#lines = { since: now, count: 0 };
    return this.#lines.count++ < LINES_MAX;
  }
}
