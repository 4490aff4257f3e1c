/** Logs in SQL; contract in ./store.ts. */
import type { Place } from '../../ground/arn.ts';
import { byteLength } from '../../ground/json.ts';
import type { Instant } from '../../ground/time.ts';
import type { Database, Row, Statement, Value } from '../database.ts';
import { pageOf, prefixPageOf } from '../sql/page.ts';
import { prune } from './sql-retention.ts';
import type {
  EventQuery,
  LogBatch,
  LogPosition,
  LogStore,
  NewLogEvent,
  StoredGroup,
  StoredLogEvent,
  StoredStream,
} from './store.ts';

const INSERT_GROUP = `INSERT INTO log_group
  (account, region, name, created_at, retention_days, class, tags, stored_bytes)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT (account, region, name) DO NOTHING`;
const OF_GROUP = 'account = $1 AND region = $2 AND name = $3';
const INSERT_STREAM = `INSERT INTO log_stream
  (group_id, name, created_at, first_at, last_at, ingested_at)
  VALUES ($1, $2, $3, 0, 0, 0) ON CONFLICT (group_id, name) DO NOTHING`;
const STREAM_OF_NAMES = `SELECT s.id, s.group_id FROM log_stream s
  JOIN log_group g ON g.id = s.group_id
  WHERE g.account = $1 AND g.region = $2 AND g.name = $3 AND s.name = $4`;
const TOUCH_STREAM = `UPDATE log_stream SET
  first_at = CASE WHEN first_at = 0 OR first_at > $2 THEN $2 ELSE first_at END,
  last_at = CASE WHEN last_at < $3 THEN $3 ELSE last_at END,
  ingested_at = $4 WHERE id = $1`;
const EVENTS = `SELECT e.id, e.at, e.ingested_at, e.message, s.name FROM log_event e
  JOIN log_stream s ON s.id = e.stream_id`;
const GROW_GROUP = 'UPDATE log_group SET stored_bytes = stored_bytes + $2 WHERE id = $1';

/** What CloudWatch Logs counts beside an event's text. */
const EVENT_OVERHEAD_BYTES = 26;
/** Events in one INSERT: few different texts, so that each is prepared once. */
const ROWS_MAX = 64;
const CACHED_STREAMS_MAX = 10_000;

interface StreamIds {
  readonly group: number;
  readonly stream: number;
}

export function sqlLogStore(db: Database): LogStore {
  return new SqlLogStore(db);
}

class SqlLogStore implements LogStore {
  readonly #db: Database;
  /** Ids of the streams that were written last. */
  readonly #ids = new Map<string, StreamIds>();

  constructor(db: Database) {
    this.#db = db;
  }

  createGroup(place: Place, group: Omit<StoredGroup, 'id' | 'storedBytes'>): Promise<boolean> {
    const { name, createdAt, retentionDays } = group;
    const tags = JSON.stringify(group.tags);
    const { account, region } = place;
    const kept = retentionDays ?? null;
    return this.#write(1, [
      {
        sql: INSERT_GROUP,
        params: [account, region, name, createdAt, kept, group.class, tags],
      },
    ]);
  }

  async group({ account, region }: Place, name: string): Promise<StoredGroup | undefined> {
    const sql = `SELECT * FROM log_group WHERE ${OF_GROUP}`;
    const [row] = await this.#db.read(sql, [account, region, name]);
    return row && groupOf(row);
  }

  async groups(
    { account, region }: Place,
    prefix: string,
    after: string,
    limit: number,
  ): Promise<StoredGroup[]> {
    const page = prefixPageOf({
      select: 'SELECT * FROM log_group',
      where: [
        ['account = ?', account],
        ['region = ?', region],
      ],
      column: 'name',
      prefix,
      after,
      limit,
    });
    const rows = await this.#db.read(page.sql, page.params);
    return rows.map(groupOf);
  }

  async deleteGroup(place: Place, name: string): Promise<boolean> {
    const group = await this.group(place, name);
    if (!group) return false;
    const deleted = await this.#write(1, [
      { sql: 'DELETE FROM log_group WHERE id = $1', params: [group.id] },
      { sql: 'DELETE FROM log_stream WHERE group_id = $1', params: [group.id] },
      { sql: 'INSERT INTO log_garbage (group_id) VALUES ($1)', params: [group.id] },
    ]);
    for (const [key, ids] of this.#ids) if (ids.group === group.id) this.#ids.delete(key);
    return deleted;
  }

  async setRetention(group: number, days: number | undefined): Promise<void> {
    const sql = 'UPDATE log_group SET retention_days = $2 WHERE id = $1';
    await this.#write(0, [{ sql, params: [group, days ?? null] }]);
  }

  async setTags(group: number, tags: Readonly<Record<string, string>>): Promise<void> {
    const sql = 'UPDATE log_group SET tags = $2 WHERE id = $1';
    await this.#write(0, [{ sql, params: [group, JSON.stringify(tags)] }]);
  }

  createStream(group: number, name: string, at: Instant): Promise<boolean> {
    return this.#write(1, [{ sql: INSERT_STREAM, params: [group, name, at] }]);
  }

  async stream(group: number, name: string): Promise<StoredStream | undefined> {
    const sql = 'SELECT * FROM log_stream WHERE group_id = $1 AND name = $2';
    const [row] = await this.#db.read(sql, [group, name]);
    return row && streamOf(row);
  }

  async streamsByName(
    group: number,
    query: { prefix: string; after: string | undefined; descending: boolean; limit: number },
  ): Promise<StoredStream[]> {
    const page = prefixPageOf({
      ...query,
      select: 'SELECT * FROM log_stream',
      where: [['group_id = ?', group]],
      column: 'name',
    });
    const rows = await this.#db.read(page.sql, page.params);
    return rows.map(streamOf);
  }

  async streamsByTime(
    group: number,
    query: { after: LogPosition | undefined; descending: boolean; limit: number },
  ): Promise<StoredStream[]> {
    const { after } = query;
    const page = pageOf({
      ...query,
      select: 'SELECT * FROM log_stream',
      where: [['group_id = ?', group]],
      columns: ['last_at', 'id'],
      after: after && [after.at, after.id],
    });
    const rows = await this.#db.read(page.sql, page.params);
    return rows.map(streamOf);
  }

  async deleteStream(group: number, name: string): Promise<boolean> {
    const stream = await this.stream(group, name);
    if (!stream) return false;
    const deleted = await this.#write(1, [
      { sql: 'DELETE FROM log_stream WHERE id = $1', params: [stream.id] },
      { sql: 'INSERT INTO log_garbage (stream_id) VALUES ($1)', params: [stream.id] },
    ]);
    for (const [key, ids] of this.#ids) if (ids.stream === stream.id) this.#ids.delete(key);
    return deleted;
  }

  async append(batches: readonly LogBatch[], now: Instant): Promise<void> {
    const written = batches.map(async (batch) => {
      if (batch.events.length === 0) return;
      const ids = await this.#idsOf(batch, now);
      await this.#db.write({ guards: 0, statements: appendStatements(ids, batch.events, now) });
    });
    await Promise.all(written);
  }

  async events(query: EventQuery): Promise<StoredLogEvent[]> {
    const { of, from, to, beyond } = query;
    const page = pageOf({
      ...query,
      select: EVENTS,
      where: [
        'stream' in of ? ['e.stream_id = ?', of.stream] : ['e.group_id = ?', of.group],
        ['e.at >= ?', from],
        ['e.at < ?', to],
      ],
      columns: ['e.at', 'e.id'],
      after: beyond && [beyond.at, beyond.id],
    });
    const rows = await this.#db.read(page.sql, page.params);
    return rows.map(eventOf);
  }

  async prune(now: Instant, before: Instant, limit: number): Promise<number> {
    const deleted = await prune(this.#db, now, before, limit);
    // Streams may be gone that were known here.
    this.#ids.clear();
    return deleted;
  }

  async #idsOf(batch: LogBatch, now: Instant): Promise<StreamIds> {
    const { account, region } = batch.place;
    const key = JSON.stringify([account, region, batch.group, batch.stream]);
    const cached = this.#ids.get(key);
    if (cached) return cached;
    const names = [account, region, batch.group, batch.stream];
    let [row] = await this.#db.read(STREAM_OF_NAMES, names);
    if (!row) {
      await this.#write(0, [
        {
          sql: INSERT_GROUP,
          params: [account, region, batch.group, now, null, 'STANDARD', '{}'],
        },
      ]);
      const group = await this.group(batch.place, batch.group);
      if (group) await this.createStream(group.id, batch.stream, now);
      [row] = await this.#db.read(STREAM_OF_NAMES, names);
    }
    // Deleted in this very moment: its events would be deleted as well.
    if (!row) return this.#idsOf(batch, now);
    const ids = { group: row.group_id as number, stream: row.id as number };
    if (this.#ids.size >= CACHED_STREAMS_MAX) this.#ids.delete(this.#ids.keys().next().value!);
    this.#ids.set(key, ids);
    return ids;
  }

  async #write(guards: number, statements: readonly Statement[]): Promise<boolean> {
    return (await this.#db.write({ guards, statements })) === 'ok';
  }
}

function appendStatements(
  ids: StreamIds,
  events: readonly NewLogEvent[],
  now: Instant,
): Statement[] {
  const statements: Statement[] = [];
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  let bytes = 0;
  for (let from = 0; from < events.length; ) {
    // Powers of two: seven texts serve every number of events.
    const count = 2 ** Math.floor(Math.log2(Math.min(ROWS_MAX, events.length - from)));
    const params: Value[] = [];
    for (const { at, message } of events.slice(from, from + count)) {
      const whole = Math.floor(at);
      params.push(ids.group, ids.stream, whole, now, message);
      first = Math.min(first, whole);
      last = Math.max(last, whole);
      bytes += byteLength(message) + EVENT_OVERHEAD_BYTES;
    }
    statements.push({ sql: insertEvents(count), params });
    from += count;
  }
  statements.push({ sql: TOUCH_STREAM, params: [ids.stream, first, last, now] });
  statements.push({ sql: GROW_GROUP, params: [ids.group, bytes] });
  return statements;
}

const inserts = new Map<number, string>();

function insertEvents(count: number): string {
  let sql = inserts.get(count);
  if (!sql) {
    const row = (i: number): string => {
      const n = i * 5;
      return `($${n + 1}, $${n + 2}, $${n + 3}, $${n + 4}, $${n + 5})`;
    };
    const rows = Array.from({ length: count }, (_, i) => row(i)).join(', ');
    sql = `INSERT INTO log_event (group_id, stream_id, at, ingested_at, message) VALUES ${rows}`;
    inserts.set(count, sql);
  }
  return sql;
}

function groupOf(row: Row): StoredGroup {
  return {
    id: row.id as number,
    name: row.name as string,
    createdAt: row.created_at as number,
    ...(row.retention_days !== null && { retentionDays: row.retention_days as number }),
    class: row.class as string,
    tags: JSON.parse(row.tags as string) as Record<string, string>,
    storedBytes: row.stored_bytes as number,
  };
}

function streamOf(row: Row): StoredStream {
  return {
    id: row.id as number,
    name: row.name as string,
    createdAt: row.created_at as number,
    firstEventAt: row.first_at as number,
    lastEventAt: row.last_at as number,
    lastIngestedAt: row.ingested_at as number,
  };
}

function eventOf(row: Row): StoredLogEvent {
  return {
    id: row.id as number,
    at: row.at as number,
    ingestedAt: row.ingested_at as number,
    message: row.message as string,
    streamName: row.name as string,
  };
}
