/**
 * Statistics of the service graph, added up per minute and per hour. Rows are read once, changed in
 * memory and written back whole, so only one process may write them.
 */
import { LRUCache } from 'lru-cache';
import {
  addToTally,
  type Contribution,
  type Periods,
  statsIn,
  type Tally,
} from '../../../trace/graph.ts';
import { addPrinted, type PrintedStats, printStats, readStats } from '../../../trace/stats.ts';
import type { Database, Statement, Value } from '../../database.ts';
import { insertRows } from './rows.ts';
import { readState, setState } from './state.ts';

const MINUTE = 1;
const HOUR = 60;
const SPANS = [MINUTE, HOUR] as const;

/** Minutes and hours that are kept in memory because they are still added to. */
const BUCKETS_KEPT = 32;

/** One row per subject and period; `string_agg` puts its minutes or hours into one JSON text. */
const READ = `
  SELECT subject, bucket * $2 / CAST($5 AS INTEGER) AS period, string_agg(body, ',') AS bodies
  FROM trace_stats WHERE place = $1 AND span = $2 AND bucket >= $3 AND bucket < $4
  GROUP BY period, subject`;
const READ_BUCKET = `
  SELECT subject, body FROM trace_stats WHERE place = $1 AND span = $2 AND bucket = $3`;
const INSERT = 'INSERT INTO trace_stats (place, span, bucket, subject, body)';
const REPLACE = 'ON CONFLICT (place, span, bucket, subject) DO UPDATE SET body = excluded.body';

export interface Addition {
  readonly place: number;
  readonly contribution: Contribution;
  readonly sign: 1 | -1;
}

export class Aggregates {
  readonly #database: Database;
  readonly #buckets = new LRUCache<string, Tally>({ max: BUCKETS_KEPT });
  /** Earlier minutes are pruned: nothing is added to them, and nothing taken away. */
  #horizonMinute = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  async load(): Promise<void> {
    this.#horizonMinute = await readState(this.#database, 'horizonMinute');
  }

  /**
   * Adds contributions and answers the statements that store the sums. Where these are not written,
   * `forget` must be called.
   */
  async add(additions: readonly Addition[]): Promise<Statement[]> {
    const touched = new Map<string, { tally: Tally; head: Value[]; subjects: Set<string> }>();
    for (const { place, contribution, sign } of additions) {
      for (const { minute, subject, stats } of contribution) {
        if (minute < this.#horizonMinute) continue;
        for (const span of SPANS) {
          const bucket = Math.floor(minute / span);
          const key = `${place} ${span} ${bucket}`;
          let bucketOf = touched.get(key);
          if (!bucketOf) {
            const tally = await this.#bucket(key, place, span, bucket);
            bucketOf = { tally, head: [place, span, bucket], subjects: new Set() };
            touched.set(key, bucketOf);
          }
          addToTally(bucketOf.tally, subject, stats, sign);
          bucketOf.subjects.add(subject);
        }
      }
    }
    const rows = [...touched.values()].flatMap(({ tally, head, subjects }) =>
      Array.from(subjects, (subject) => [
        ...head,
        subject,
        JSON.stringify(printStats(tally.get(subject)!)),
      ]),
    );
    return insertRows(INSERT, rows, REPLACE);
  }

  /** What is in memory may differ from what is stored: read it again. */
  forget(): void {
    this.#buckets.clear();
  }

  /** Statistics of whole minutes, by the first minute of their period. */
  async tallies(place: number, periods: Periods): Promise<Map<number, Tally>> {
    const tallies = new Map<number, Tally>();
    const { fromMinute, periodMinutes } = periods;
    for (const { span, from, to } of partsOf(periods)) {
      const params = [place, span, from, to, periodMinutes ?? Number.MAX_SAFE_INTEGER];
      for (const row of await this.#database.read(READ, params)) {
        const minute = periodMinutes ? (row.period as number) * periodMinutes : fromMinute;
        let tally = tallies.get(minute);
        if (!tally) {
          tally = new Map();
          tallies.set(minute, tally);
        }
        const sum = statsIn(tally, row.subject as string);
        for (const stats of JSON.parse(`[${row.bodies}]`) as PrintedStats[]) addPrinted(sum, stats);
      }
    }
    return tallies;
  }

  /** Deletes minutes and hours that end before `minute`. */
  async prune(minute: number): Promise<void> {
    const horizon = Math.floor(minute / HOUR) * HOUR;
    if (horizon <= this.#horizonMinute) return;
    const statements = [setState('horizonMinute', horizon)];
    await this.#database.write({ guards: 0, statements });
    this.#horizonMinute = horizon;
    this.forget();
    for (const { id } of await this.#database.read('SELECT id FROM trace_places', [])) {
      await this.#pruneSpans(id!, horizon);
    }
  }

  async #pruneSpans(place: Value, horizon: number): Promise<void> {
    for (const span of SPANS) {
      await this.#database.write({
        guards: 0,
        statements: [
          {
            sql: 'DELETE FROM trace_stats WHERE place = $1 AND span = $2 AND bucket < $3',
            params: [place, span, horizon / span],
          },
        ],
      });
    }
  }

  async #bucket(key: string, place: number, span: number, bucket: number): Promise<Tally> {
    const known = this.#buckets.get(key);
    if (known) return known;
    const tally: Tally = new Map();
    for (const row of await this.#database.read(READ_BUCKET, [place, span, bucket])) {
      const stats = JSON.parse(row.body as string) as PrintedStats;
      tally.set(row.subject as string, readStats(stats));
    }
    this.#buckets.set(key, tally);
    return tally;
  }
}

/** Minutes up to the first whole hour, whole hours, minutes after the last. */
function partsOf(periods: Periods): { span: number; from: number; to: number }[] {
  const { fromMinute, toMinute, periodMinutes } = periods;
  const useHours = periodMinutes === undefined || periodMinutes % HOUR === 0;
  const firstHour = Math.ceil(fromMinute / HOUR);
  const lastHour = Math.floor(toMinute / HOUR);
  if (!useHours || lastHour <= firstHour) {
    return [{ span: MINUTE, from: fromMinute, to: toMinute }];
  }
  return [
    { span: MINUTE, from: fromMinute, to: firstHour * HOUR },
    { span: HOUR, from: firstHour, to: lastHour },
    { span: MINUTE, from: lastHour * HOUR, to: toMinute },
  ].filter(({ from, to }) => from < to);
}
