/** State machines and activities in SQL; contract in ../machines.ts. */
import { Fault } from '../../ground/fault.ts';
import { decodeToken, encodeToken, type Page } from '../../ground/page.ts';
import type { Database, Row, Statement, Value } from '../database.ts';
import type {
  ListPlace,
  MachineStore,
  Revision,
  StoredActivity,
  StoredMachine,
  Tag,
} from '../machines.ts';

const REVISION_COLUMNS =
  'revision_id, revised_at, definition_hash, role_arn, logging, tracing, encryption';
const INSERT_DEFINITION =
  'INSERT INTO definition (hash, text) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING';
const INSERT_MACHINE = `INSERT INTO machine
  (arn, account, region, name, type, created_at, tags, ${REVISION_COLUMNS})
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
  ON CONFLICT (arn) DO NOTHING`;
const REVISE = `UPDATE machine SET revision_id = $3, revised_at = $4, definition_hash = $5,
  role_arn = $6, logging = $7, tracing = $8, encryption = $9
  WHERE arn = $1 AND revision_id = $2 AND revised_at = $10`;
const INSERT_ACTIVITY = `INSERT INTO activity
  (arn, account, region, name, created_at, tags, encryption)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (arn) DO NOTHING`;

export function sqlMachineStore(db: Database): MachineStore {
  return new SqlMachineStore(db);
}

class SqlMachineStore implements MachineStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async create(machine: StoredMachine, definition: string): Promise<StoredMachine | undefined> {
    const { arn, account, region, name, type, createdAt, tags, revision } = machine;
    const params = [arn, account, region, name, type, createdAt, JSON.stringify(tags)];
    const outcome = await this.#write(1, [
      { sql: INSERT_MACHINE, params: [...params, ...revisionValues(revision)] },
      { sql: INSERT_DEFINITION, params: [revision.definitionHash, definition] },
    ]);
    return outcome ? undefined : this.machine(arn);
  }

  revise(arn: string, from: Revision, to: Revision, definition?: string): Promise<boolean> {
    const params = [arn, from.id ?? '', ...revisionValues(to), from.at];
    const statements: Statement[] = [{ sql: REVISE, params }];
    if (definition !== undefined) {
      statements.push({ sql: INSERT_DEFINITION, params: [to.definitionHash, definition] });
    }
    return this.#write(1, statements);
  }

  delete(arn: string): Promise<boolean> {
    return this.#write(1, [{ sql: 'DELETE FROM machine WHERE arn = $1', params: [arn] }]);
  }

  async machine(arn: string): Promise<StoredMachine | undefined> {
    const [row] = await this.#db.read('SELECT * FROM machine WHERE arn = $1', [arn]);
    return row && machineOf(row);
  }

  list(query: ListPlace): Promise<Page<StoredMachine>> {
    return this.#list('machine', query, machineOf);
  }

  async definition(hash: string): Promise<string | undefined> {
    const [row] = await this.#db.read('SELECT text FROM definition WHERE hash = $1', [hash]);
    return row?.text as string | undefined;
  }

  async createActivity(activity: StoredActivity): Promise<StoredActivity | undefined> {
    const { arn, account, region, name, createdAt, tags, encryption } = activity;
    const tagText = JSON.stringify(tags);
    const params = [arn, account, region, name, createdAt, tagText, encryption ?? null];
    const outcome = await this.#write(1, [{ sql: INSERT_ACTIVITY, params }]);
    return outcome ? undefined : this.activity(arn);
  }

  async deleteActivity(arn: string): Promise<void> {
    await this.#write(0, [{ sql: 'DELETE FROM activity WHERE arn = $1', params: [arn] }]);
  }

  async activity(arn: string): Promise<StoredActivity | undefined> {
    const [row] = await this.#db.read('SELECT * FROM activity WHERE arn = $1', [arn]);
    return row && activityOf(row);
  }

  listActivities(query: ListPlace): Promise<Page<StoredActivity>> {
    return this.#list('activity', query, activityOf);
  }

  async retag(arn: string, from: readonly Tag[], to: readonly Tag[]): Promise<boolean> {
    const params = [arn, JSON.stringify(from), JSON.stringify(to)];
    const table = arn.includes(':activity:') ? 'activity' : 'machine';
    const sql = `UPDATE ${table} SET tags = $3 WHERE arn = $1 AND tags = $2`;
    return this.#write(1, [{ sql, params }]);
  }

  async #write(guards: number, statements: readonly Statement[]): Promise<boolean> {
    return (await this.#db.write({ guards, statements })) === 'ok';
  }

  async #list<T>(table: string, query: ListPlace, of: (row: Row) => T): Promise<Page<T>> {
    const { account, region, limit, token } = query;
    const after = token === undefined ? 0 : cursorOf(table, token);
    const rows = await this.#db.read(
      `SELECT * FROM ${table} WHERE account = $1 AND region = $2 AND id > $3 ORDER BY id LIMIT $4`,
      [account, region, after, limit + 1],
    );
    const items = rows.slice(0, limit).map(of);
    if (rows.length <= limit) return { items };
    return { items, nextToken: encodeToken(table, rows[limit - 1]!.id) };
  }
}

function cursorOf(purpose: string, token: string): number {
  const cursor = decodeToken(purpose, token);
  if (typeof cursor !== 'number') throw new Fault('InvalidToken', "Invalid Token: 'Invalid token'");
  return cursor;
}

function revisionValues(revision: Revision): Value[] {
  const { id = '', at, definitionHash, roleArn, logging, tracing, encryption } = revision;
  return [id, at, definitionHash, roleArn, logging ?? null, tracing ?? null, encryption ?? null];
}

function optional(row: Row, ...columns: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const column of columns) {
    if (row[column] !== null) found[column] = row[column] as string;
  }
  return found;
}

function machineOf(row: Row): StoredMachine {
  return {
    arn: row.arn as string,
    account: row.account as string,
    region: row.region as string,
    name: row.name as string,
    type: row.type as StoredMachine['type'],
    createdAt: row.created_at as number,
    tags: JSON.parse(row.tags as string) as Tag[],
    revision: {
      ...(row.revision_id !== '' && { id: row.revision_id as string }),
      at: row.revised_at as number,
      definitionHash: row.definition_hash as string,
      roleArn: row.role_arn as string,
      ...optional(row, 'logging', 'tracing', 'encryption'),
    },
  };
}

function activityOf(row: Row): StoredActivity {
  return {
    arn: row.arn as string,
    account: row.account as string,
    region: row.region as string,
    name: row.name as string,
    createdAt: row.created_at as number,
    tags: JSON.parse(row.tags as string) as Tag[],
    ...optional(row, 'encryption'),
  };
}
