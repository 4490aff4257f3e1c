/**
 * Executions in a relational database. A commit is one unit of two to four statements; everything
 * else here is reads.
 */
import type { HistoryRecord } from '../../execution/record.ts';
import type { Page } from '../../ground/page.ts';
import type { Instant } from '../../ground/time.ts';
import type { Database, Row, Statement, Value } from '../database.ts';
import { IdBlocks } from '../sql/id-blocks.ts';
import { unpackRecords } from './journal.ts';
import { commitUnit, createUnit } from './sql-commit.ts';
import { headsOf, listStatement } from './sql-list.ts';
import { arnKey, HEAD_FIELDS, headOf, SELECT_HEAD, SELECT_WORK, workOf } from './sql-rows.ts';
import type {
  Commit,
  ExecutionHead,
  ExecutionStore,
  ListQuery,
  WorkKey,
  WorkRow,
} from './store.ts';

/** The database must have had `executionMigrations`. */
export async function sqlExecutionStore(db: Database): Promise<ExecutionStore> {
  return new SqlExecutionStore(db, await IdBlocks.open(db));
}

/** The first commit whose events reach `event`: `last_event_id` grows with `seq`, so bisect. */
const seqReaching = (event: string): string => `(
  WITH RECURSIVE part (low, high) AS (
    SELECT min(seq), max(seq) FROM journal WHERE execution = $1
    UNION ALL
    SELECT
      CASE WHEN (SELECT last_event_id FROM journal
        WHERE execution = $1 AND seq = (low + high) / 2) < ${event}
      THEN (low + high) / 2 + 1 ELSE low END,
      CASE WHEN (SELECT last_event_id FROM journal
        WHERE execution = $1 AND seq = (low + high) / 2) < ${event}
      THEN high ELSE (low + high) / 2 END
    FROM part WHERE low < high
  ) SELECT low FROM part WHERE low = high)`;

const HISTORY = `SELECT records FROM journal WHERE execution = $1
  AND seq >= ${seqReaching('$2')} AND seq <= ${seqReaching('$3')} ORDER BY seq`;

const LAST_EVENT =
  'SELECT last_event_id FROM journal WHERE execution = $1 ORDER BY seq DESC LIMIT 1';

const OWN = `UPDATE work SET status = 'owned', epoch = $5, wake = NULL
  WHERE execution = $1 AND scope = $2 AND attempt = $3 AND kind = $4
  AND (status <> 'owned' OR (epoch = $6 AND epoch <> $5))`;

const COUNTS = `SELECT (SELECT count(*) FROM execution) AS total,
  (SELECT count(*) FROM execution WHERE stopped_at IS NOT NULL) AS closed`;

/**
 * Leaps from place to place in an index, then looks at what has not succeeded in each; once, which
 * a table that is not materialized would be asked to do for every use of its column.
 */
const RUNNING = `WITH RECURSIVE place (account, region) AS (
    SELECT account, region FROM
      (SELECT account, region FROM execution WHERE account > ''
        ORDER BY account, region LIMIT 1) AS first
    UNION ALL
    SELECT e.account, e.region FROM place JOIN execution e ON e.id =
      (SELECT n.id FROM execution n WHERE (n.account, n.region) > (place.account, place.region)
       ORDER BY n.account, n.region LIMIT 1)
  ), found AS MATERIALIZED (
    SELECT account, region, (SELECT count(*) FROM execution e
      WHERE e.account = place.account AND e.region = place.region
      AND e.status = 'RUNNING' AND e.status <> 'SUCCEEDED'
      AND e.type = 'STANDARD' AND e.map_run_arn IS NULL) AS count
    FROM place
  ) SELECT account, region, count FROM found WHERE count > 0`;

/** A Map Run that is open will ask for the outputs of its children. */
const PRUNABLE = `SELECT id FROM execution WHERE stopped_at IS NOT NULL AND stopped_at < $1
  AND (map_run_arn IS NULL OR NOT EXISTS
    (SELECT 1 FROM map_run WHERE arn = map_run_arn AND stage <> 'closed'))
  ORDER BY stopped_at LIMIT $2`;

const keyParams = ({ execution, scope, attempt, kind }: WorkKey): Value[] => [
  execution,
  scope,
  attempt,
  kind,
];

/** A condition on epochs whose parameters are numbered from `first`. */
function notOf(epochs: readonly number[], first: number): string {
  if (epochs.length === 0) return '';
  return `AND epoch NOT IN (${epochs.map((_, i) => `$${first + i}`).join(', ')})`;
}

class SqlExecutionStore implements ExecutionStore {
  readonly #db: Database;
  readonly #ids: IdBlocks;

  constructor(db: Database, ids: IdBlocks) {
    this.#db = db;
    this.#ids = ids;
  }

  nextId(): number {
    return this.#ids.next();
  }

  async create(
    head: ExecutionHead,
    commit: Commit,
  ): Promise<{ existing: ExecutionHead | undefined }> {
    const outcome = await this.#db.write(createUnit(head, commit));
    return { existing: outcome === 'ok' ? undefined : await this.headByArn(head.arn) };
  }

  commit(commit: Commit): Promise<'ok' | 'conflict'> {
    return this.#db.write(commitUnit(commit));
  }

  async load(
    id: number,
  ): Promise<{ head: ExecutionHead; records: HistoryRecord[]; work: WorkRow[] } | undefined> {
    const [row] = await this.#db.read(`${SELECT_HEAD} WHERE id = $1`, [id]);
    if (!row) return undefined;
    const head = headOf(row);
    // Read after the head, so that nothing of its number is missing. What a commit adds meanwhile is
    // cut off; whoever holds rows of a later one cannot commit with this number.
    const [journal, work] = await Promise.all([
      this.#db.read('SELECT seq, records FROM journal WHERE execution = $1 ORDER BY seq', [id]),
      this.#work('WHERE execution = $1 ORDER BY id', [id]),
    ]);
    const records = journal
      .filter(({ seq }) => (seq as number) <= head.seq)
      .flatMap((entry) => unpackRecords(entry.records as Uint8Array));
    return { head, records, work };
  }

  async outline(
    id: number,
  ): Promise<{ head: ExecutionHead; lastEventId: number; work: WorkRow[] } | undefined> {
    const [row] = await this.#db.read(`${SELECT_HEAD} WHERE id = $1`, [id]);
    if (!row) return undefined;
    const work = await this.#work('WHERE execution = $1 ORDER BY id', [id]);
    return { head: headOf(row), lastEventId: await this.#lastEvent(id), work };
  }

  async headByArn(arn: string): Promise<ExecutionHead | undefined> {
    const [row] = await this.#db.read(`${SELECT_HEAD} WHERE arn_key = $1`, [arnKey(arn)]);
    return row && headOf(row);
  }

  async history(
    id: number,
    page: { from: number; limit: number; reverse: boolean },
  ): Promise<HistoryRecord[]> {
    const { limit, reverse } = page;
    const from = reverse ? Math.min(page.from, await this.#lastEvent(id)) : page.from;
    const low = reverse ? from - limit + 1 : from;
    const high = reverse ? from : from + limit - 1;
    const rows = await this.#db.read(HISTORY, [id, Math.max(low, 1), high]);
    const records = rows
      .flatMap((row) => unpackRecords(row.records as Uint8Array))
      .filter((record) => record.id > 0 && record.id >= low && record.id <= high);
    return reverse ? records.reverse() : records;
  }

  async list(query: ListQuery): Promise<Page<ExecutionHead>> {
    const { sql, params } = listStatement(query);
    return headsOf(query, await this.#db.read(sql, params));
  }

  async children(
    mapRunArn: string,
    after: number | undefined,
    limit: number,
  ): Promise<ExecutionHead[]> {
    const order = after === undefined ? 'DESC' : 'ASC';
    const rows = await this.#db.read(
      `${SELECT_HEAD} WHERE map_run_arn = $1 AND id > $2 ORDER BY id ${order} LIMIT $3`,
      [mapRunArn, after ?? 0, limit],
    );
    return rows.map(headOf);
  }

  due(now: Instant, limit: number, others: readonly number[] = []): Promise<WorkRow[]> {
    const where = `WHERE wake IS NOT NULL AND wake <= $1 ${notOf(others, 3)}`;
    return this.#work(`${where} ORDER BY wake, id LIMIT $2`, [now, limit, ...others]);
  }

  async nextDue(now: Instant, others: readonly number[] = []): Promise<Instant | undefined> {
    const where = `WHERE wake IS NOT NULL AND wake > $1 ${notOf(others, 2)}`;
    const sql = `SELECT wake FROM work ${where} ORDER BY wake LIMIT 1`;
    const [row] = await this.#db.read(sql, [Math.max(now, 0), ...others]);
    return row && (row.wake as Instant);
  }

  /**
   * Asked at a start and after a death, over what is open only, so it needs no index that every
   * task would pay for.
   */
  lost(live: readonly number[], limit: number): Promise<WorkRow[]> {
    const where = `WHERE status = 'owned' ${notOf(live, 2)}`;
    return this.#work(`${where} ORDER BY id LIMIT $1`, [limit, ...live]);
  }

  async work(key: WorkKey): Promise<WorkRow | undefined> {
    const [row] = await this.#work(
      'WHERE execution = $1 AND scope = $2 AND attempt = $3 AND kind = $4',
      keyParams(key),
    );
    return row;
  }

  activityQueue(activity: string, limit: number): Promise<WorkRow[]> {
    return this.#work('WHERE activity = $1 ORDER BY id LIMIT $2', [activity, limit]);
  }

  async own(row: WorkKey & Pick<WorkRow, 'epoch'>, epoch: number): Promise<boolean> {
    const statement = { sql: OWN, params: [...keyParams(row), epoch, row.epoch] };
    return (await this.#db.write({ guards: 1, statements: [statement] })) === 'ok';
  }

  async markProjected(
    marks: readonly { readonly id: number; readonly seq: number }[],
  ): Promise<void> {
    const statements = marks.flatMap(({ id, seq }): Statement[] => [
      { sql: 'DELETE FROM lag WHERE execution = $1 AND seq <= $2', params: [id, seq] },
      {
        sql: 'UPDATE lag SET projected = $2 WHERE execution = $1 AND projected < $2',
        params: [id, seq],
      },
    ]);
    if (statements.length > 0) await this.#db.write({ guards: 0, statements });
  }

  async behind(limit: number): Promise<{ head: ExecutionHead; projected: number }[]> {
    const rows = await this.#db.read(
      `SELECT ${HEAD_FIELDS}, projected FROM lag JOIN execution ON id = execution
       ORDER BY execution LIMIT $1`,
      [limit],
    );
    return rows.map((row) => ({ head: headOf(row), projected: row.projected as number }));
  }

  async prune(before: Instant, limit: number): Promise<number> {
    const rows = await this.#db.read(PRUNABLE, [before, limit]);
    await Promise.all(rows.map(({ id }) => this.#prune(id as number, before)));
    return rows.length;
  }

  forget(id: number): Promise<void> {
    return this.#prune(id, Number.MAX_SAFE_INTEGER);
  }

  async counts(): Promise<{ open: number; closed: number }> {
    const [row] = await this.#db.read(COUNTS, []);
    const { total, closed } = row as { total: number; closed: number };
    return { open: total - closed, closed };
  }

  async running(): Promise<{ account: string; region: string; count: number }[]> {
    const rows = await this.#db.read(RUNNING, []);
    return rows.map(({ account, region, count }) => ({
      account: account as string,
      region: region as string,
      count: Number(count),
    }));
  }

  /** A unit each, so that it goes in small pieces; one that was redriven meanwhile stays. */
  async #prune(id: number, before: Instant): Promise<void> {
    const gone = 'DELETE FROM execution WHERE id = $1 AND stopped_at < $2';
    await this.#db.write({
      guards: 1,
      statements: [
        { sql: gone, params: [id, before] },
        ...['journal', 'work', 'lag', 'map_run'].map((table) => ({
          sql: `DELETE FROM ${table} WHERE execution = $1`,
          params: [id],
        })),
      ],
    });
  }

  async #lastEvent(id: number): Promise<number> {
    const [row] = await this.#db.read(LAST_EVENT, [id]);
    return row ? (row.last_event_id as number) : 0;
  }

  async #work(where: string, params: readonly Value[]): Promise<WorkRow[]> {
    const rows: readonly Row[] = await this.#db.read(`${SELECT_WORK} ${where}`, params);
    return rows.map(workOf);
  }
}
