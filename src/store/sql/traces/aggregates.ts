/**
 * Statistics of the service graph, added up per minute and per hour. Rows are read once, changed in
 * memory and written back whole, so only one process may write them.
 */
import { LRUCache } from 'lru-cache';
import {
  addToPeriods,
  addToTally,
  type Contribution,
  type Periods,
  type Tally,
} from '../../../trace/graph.ts';
import { decodeHistogram, encodeHistogram, type Stats } from '../../../trace/stats.ts';
import type { Database, Row, Statement, Value } from '../../database.ts';
import { insertRows } from './rows.ts';

const MINUTE = 1;
const HOUR = 60;
const SPANS = [MINUTE, HOUR] as const;

/** Minutes and hours that are kept in memory because they are still added to. */
const BUCKETS_KEPT = 32;

const READ = `
  SELECT bucket, subject, seen, own, roots, ok, throttle, error, fault, response_us, first_us,
    last_us, response, duration
  FROM trace_stats WHERE place = $1 AND span = $2 AND bucket >= $3 AND bucket < $4`;
const INSERT = `INSERT INTO trace_stats (place, span, bucket, subject, seen, own, roots, ok, throttle,
  error, fault, response_us, first_us, last_us, response, duration)`;
const REPLACE = `ON CONFLICT (place, span, bucket, subject) DO UPDATE SET
  seen = excluded.seen, own = excluded.own, roots = excluded.roots, ok = excluded.ok,
  throttle = excluded.throttle, error = excluded.error, fault = excluded.fault,
  response_us = excluded.response_us, first_us = excluded.first_us, last_us = excluded.last_us,
  response = excluded.response, duration = excluded.duration`;

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
    const [row] = await this.#database.read('SELECT minute FROM trace_horizon WHERE id = 1', []);
    this.#horizonMinute = (row?.minute as number | undefined) ?? 0;
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
      Array.from(subjects, (subject) => [...head, subject, ...printRow(tally.get(subject)!)]),
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
    for (const { span, from, to } of partsOf(periods)) {
      for (const row of await this.#database.read(READ, [place, span, from, to])) {
        const minute = (row.bucket as number) * span;
        const share = { minute, subject: row.subject as string, stats: readRow(row) };
        addToPeriods(tallies, periods, share, 1);
      }
    }
    return tallies;
  }

  /** Deletes minutes and hours that end before `minute`. */
  async prune(minute: number): Promise<void> {
    const horizon = Math.floor(minute / HOUR) * HOUR;
    if (horizon <= this.#horizonMinute) return;
    await this.#database.write({
      guards: 0,
      statements: [
        {
          sql: `INSERT INTO trace_horizon (id, minute) VALUES (1, $1)
            ON CONFLICT (id) DO UPDATE SET minute = excluded.minute`,
          params: [horizon],
        },
      ],
    });
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
    for (const row of await this.#database.read(READ, [place, span, bucket, bucket + 1])) {
      tally.set(row.subject as string, readRow(row));
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

function printRow(stats: Stats): Value[] {
  return [
    stats.seen,
    stats.own,
    stats.roots,
    stats.ok,
    stats.throttle,
    stats.error,
    stats.fault,
    stats.responseUs,
    stats.firstUs,
    stats.lastUs,
    encodeHistogram(stats.response),
    encodeHistogram(stats.duration),
  ];
}

function readRow(row: Row): Stats {
  return {
    seen: row.seen as number,
    own: row.own as number,
    roots: row.roots as number,
    ok: row.ok as number,
    throttle: row.throttle as number,
    error: row.error as number,
    fault: row.fault as number,
    responseUs: row.response_us as number,
    firstUs: row.first_us as number,
    lastUs: row.last_us as number,
    response: decodeHistogram(row.response as Uint8Array),
    duration: decodeHistogram(row.duration as Uint8Array),
  };
}
