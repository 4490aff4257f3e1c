/** Functions and their waiting events in SQL; contract in ./store.ts. */
import type { FunctionConfig, FunctionRecord } from '../../function/config.ts';
import type { Place } from '../../ground/arn.ts';
import type { Instant } from '../../ground/time.ts';
import type { Database, Row, Value } from '../database.ts';
import { pageOf } from '../sql/page.ts';
import type { AsyncEvent, AsyncProgress, FunctionStore } from './store.ts';

const OF_FUNCTION = 'account = $1 AND region = $2 AND name = $3';
const INSERT = `INSERT INTO lambda_function
  (account, region, name, revision_id, config, code_hash, tags, reserved)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account, region, name) DO NOTHING`;
const REPLACE = `UPDATE lambda_function
  SET revision_id = $4, config = $5, code_hash = $6, tags = $7, reserved = $8
  WHERE ${OF_FUNCTION} AND revision_id = $9`;
const INSERT_EVENT = `INSERT INTO lambda_event
  (request_id, account, region, name, qualifier, payload, received_at, due, epoch, progress)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

export function sqlFunctionStore(db: Database): FunctionStore {
  return new SqlFunctionStore(db);
}

class SqlFunctionStore implements FunctionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  create(record: FunctionRecord): Promise<boolean> {
    return this.#write(INSERT, valuesOf(record), 1);
  }

  replace(from: string, record: FunctionRecord): Promise<boolean> {
    return this.#write(REPLACE, [...valuesOf(record), from], 1);
  }

  async delete({ account, region }: Place, name: string): Promise<boolean> {
    const params = [account, region, name];
    const outcome = await this.#db.write({
      guards: 1,
      statements: [
        { sql: `DELETE FROM lambda_function WHERE ${OF_FUNCTION}`, params },
        { sql: `DELETE FROM lambda_event WHERE ${OF_FUNCTION}`, params },
      ],
    });
    return outcome === 'ok';
  }

  async get({ account, region }: Place, name: string): Promise<FunctionRecord | undefined> {
    const sql = `SELECT * FROM lambda_function WHERE ${OF_FUNCTION}`;
    const [row] = await this.#db.read(sql, [account, region, name]);
    return row && recordOf(row);
  }

  async list({ account, region }: Place, after: string, limit: number): Promise<FunctionRecord[]> {
    const page = pageOf({
      select: 'SELECT * FROM lambda_function',
      where: [
        ['account = ?', account],
        ['region = ?', region],
      ],
      columns: ['name'],
      after: [after],
      limit,
    });
    const rows = await this.#db.read(page.sql, page.params);
    return rows.map(recordOf);
  }

  async reserved({ account, region }: Place, except: string): Promise<number> {
    const [row] = await this.#db.read(
      `SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) AS total FROM lambda_function
        WHERE account = $1 AND region = $2 AND name <> $3`,
      [account, region, except],
    );
    return Number(row!.total);
  }

  async codeHashes(): Promise<string[]> {
    const sql = 'SELECT DISTINCT code_hash FROM lambda_function WHERE code_hash IS NOT NULL';
    return (await this.#db.read(sql, [])).map((row) => row.code_hash as string);
  }

  async enqueue(event: AsyncEvent): Promise<void> {
    await this.#write(INSERT_EVENT, [
      event.requestId,
      event.place.account,
      event.place.region,
      event.functionName,
      event.qualifier ?? null,
      event.payload,
      event.receivedAt,
      event.due,
      event.epoch,
      JSON.stringify(event.progress),
    ]);
  }

  own(requestId: string, epoch: number, from = 0): Promise<boolean> {
    const sql = 'UPDATE lambda_event SET epoch = $2 WHERE request_id = $1 AND epoch = $3';
    return this.#write(sql, [requestId, epoch, from], 1);
  }

  async retry(requestId: string, due: Instant, progress: AsyncProgress): Promise<void> {
    const sql = `UPDATE lambda_event SET epoch = 0, due = $2, progress = $3 WHERE request_id = $1`;
    await this.#write(sql, [requestId, Math.ceil(due), JSON.stringify(progress)]);
  }

  async finish(requestId: string): Promise<void> {
    await this.#write('DELETE FROM lambda_event WHERE request_id = $1', [requestId]);
  }

  async due(now: Instant, limit: number): Promise<AsyncEvent[]> {
    const rows = await this.#db.read(
      'SELECT * FROM lambda_event WHERE epoch = 0 AND due <= $1 ORDER BY due, request_id LIMIT $2',
      [now, limit],
    );
    return rows.map(eventOf);
  }

  async nextDue(): Promise<Instant | undefined> {
    const sql = 'SELECT due FROM lambda_event WHERE epoch = 0 ORDER BY due LIMIT 1';
    const [row] = await this.#db.read(sql, []);
    return row?.due as number | undefined;
  }

  async lost(live: readonly number[], limit: number): Promise<AsyncEvent[]> {
    const known = [0, ...live];
    const epochs = known.map((_, i) => `$${i + 2}`).join(', ');
    const where = `WHERE epoch NOT IN (${epochs}) ORDER BY due, request_id LIMIT $1`;
    const rows = await this.#db.read(`SELECT * FROM lambda_event ${where}`, [limit, ...known]);
    return rows.map(eventOf);
  }

  async #write(sql: string, params: readonly Value[], guards = 0): Promise<boolean> {
    return (await this.#db.write({ guards, statements: [{ sql, params }] })) === 'ok';
  }
}

function valuesOf(record: FunctionRecord): Value[] {
  const { place, name, revisionId, config, tags, reservedConcurrency } = record;
  const hash = config.code.kind === 'zip' ? config.code.hash : null;
  return [
    place.account,
    place.region,
    name,
    revisionId,
    JSON.stringify(config),
    hash,
    JSON.stringify(tags),
    reservedConcurrency ?? null,
  ];
}

function recordOf(row: Row): FunctionRecord {
  return {
    place: { account: row.account as string, region: row.region as string },
    name: row.name as string,
    revisionId: row.revision_id as string,
    config: JSON.parse(row.config as string) as FunctionConfig,
    tags: JSON.parse(row.tags as string) as Record<string, string>,
    ...(row.reserved !== null && { reservedConcurrency: row.reserved as number }),
  };
}

function eventOf(row: Row): AsyncEvent {
  return {
    requestId: row.request_id as string,
    place: { account: row.account as string, region: row.region as string },
    functionName: row.name as string,
    qualifier: (row.qualifier as string | null) ?? undefined,
    payload: row.payload as Uint8Array,
    receivedAt: row.received_at as number,
    due: row.due as number,
    epoch: row.epoch as number,
    progress: JSON.parse(row.progress as string) as AsyncProgress,
  };
}
