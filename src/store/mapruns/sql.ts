/** Map Runs in SQL; contract in ./store.ts. */
import type { ChildEnding } from '../../execution/maprun.ts';
import type { Page } from '../../ground/page.ts';
import type { Database, Row, Statement } from '../database.ts';
import { tellWork } from '../executions/sql-commit.ts';
import { readTokenPage } from '../sql/page.ts';
import type { MapRunCommit, MapRunStore, StoredMapRun } from './store.ts';

/** The database must have had `executionMigrations`. */
export function sqlMapRunStore(db: Database): MapRunStore {
  return new SqlMapRunStore(db);
}

/** What never changes. */
type Asked = Omit<StoredMapRun, 'id' | 'arn' | 'seq' | 'state'>;

const INSERT = `INSERT INTO map_run (id, arn, execution, asked, seq, stage, state)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (arn) DO NOTHING`;
const UPDATE = `UPDATE map_run SET seq = seq + 1, stage = $3, state = $4
  WHERE id = $1 AND seq = $2`;
const FORGET = 'DELETE FROM map_run_ending WHERE run = $1 AND item >= $2 AND item <= $3';
const SELECT = 'SELECT id, arn, asked, seq, state FROM map_run';

class SqlMapRunStore implements MapRunStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async create({ id, arn, seq, state, ...asked }: StoredMapRun): Promise<StoredMapRun | undefined> {
    const { execution } = asked;
    const params = [id, arn, execution.id, JSON.stringify(asked), seq, state.stage];
    const statements = [{ sql: INSERT, params: [...params, JSON.stringify(state)] }];
    const outcome = await this.#db.write({ guards: 1, statements });
    return outcome === 'ok' ? undefined : this.byArn(arn);
  }

  commit({ run, expectedSeq, state, counted, tell }: MapRunCommit): Promise<'ok' | 'conflict'> {
    const params = [run, expectedSeq, state.stage, JSON.stringify(state)];
    const statements: Statement[] = [{ sql: UPDATE, params }];
    for (const [from, to] of ranges(counted)) {
      statements.push({ sql: FORGET, params: [run, from, to] });
    }
    if (tell) statements.push(tellWork(tell));
    return this.#db.write({ guards: 1, statements });
  }

  async byArn(arn: string): Promise<StoredMapRun | undefined> {
    const [row] = await this.#db.read(`${SELECT} WHERE arn = $1`, [arn]);
    return row && runOf(row);
  }

  async open(after: number, limit: number): Promise<StoredMapRun[]> {
    const where = "WHERE stage <> 'closed' AND id > $1 ORDER BY id LIMIT $2";
    return (await this.#db.read(`${SELECT} ${where}`, [after, limit])).map(runOf);
  }

  ofExecution(execution: number, limit: number, token?: string): Promise<Page<StoredMapRun>> {
    return readTokenPage(this.#db, {
      purpose: `map runs ${execution}`,
      select: SELECT,
      where: [['execution = ?', execution]],
      column: 'id',
      descending: true,
      limit,
      token,
      of: runOf,
    });
  }

  async endings(run: number): Promise<ChildEnding[]> {
    const rows = await this.#db.read(
      `SELECT item, execution, items, status, redriven FROM map_run_ending
       WHERE run = $1 ORDER BY item`,
      [run],
    );
    return rows.map((row) => ({
      index: row.item as number,
      execution: row.execution as number,
      items: row.items as number,
      status: row.status as ChildEnding['status'],
      redriven: row.redriven === 1,
    }));
  }
}

/** Children that end together mostly have numbers that follow each other. */
function ranges(ascending: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const number of ascending) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found;
}

function runOf(row: Row): StoredMapRun {
  return {
    ...(JSON.parse(row.asked as string) as Asked),
    id: row.id as number,
    arn: row.arn as string,
    seq: row.seq as number,
    state: JSON.parse(row.state as string) as StoredMapRun['state'],
  };
}
