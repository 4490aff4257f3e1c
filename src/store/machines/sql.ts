/** State machines and activities in SQL; contract in ./store.ts. */
import type { Place } from '../../ground/arn.ts';
import type { Page } from '../../ground/page.ts';
import type { Database, Row, Statement } from '../database.ts';
import { readTokenPage, type Term } from '../sql/page.ts';
import {
  deletePartsOf,
  insertVersion,
  optional,
  REVISION_COLUMNS,
  revisionOf,
  revisionValues,
  SqlVersionStore,
} from './sql-versions.ts';
import type {
  ListPlace,
  MachineStore,
  StoredActivity,
  StoredMachine,
  Tag,
  WithRevision,
} from './store.ts';
import type { Revision, StoredVersion } from './versions.ts';

const INSERT_DEFINITION =
  'INSERT INTO definition (hash, text) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING';
const INSERT_MACHINE = `INSERT INTO machine
  (arn, account, region, name, type, created_at, tags, last_version, ${REVISION_COLUMNS})
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
  ON CONFLICT (arn) DO NOTHING`;
const REVISE = `UPDATE machine SET revision_id = $3, revised_at = $4, definition_hash = $5,
  role_arn = $6, logging = $7, tracing = $8, encryption = $9, last_version = $11
  WHERE arn = $1 AND revision_id = $2 AND revised_at = $10 AND last_version = $12
  AND deleting = 0`;
const TALLY = `SELECT
  (SELECT count(*) FROM machine WHERE account = $1 AND region = $2) AS machines,
  (SELECT count(*) FROM activity WHERE account = $1 AND region = $2) AS activities`;

const INSERT_ACTIVITY = `INSERT INTO activity
  (arn, account, region, name, created_at, tags, encryption)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (arn) DO NOTHING`;

export function sqlMachineStore(db: Database): MachineStore {
  return new SqlMachineStore(db);
}

class SqlMachineStore extends SqlVersionStore implements MachineStore {
  async create(
    machine: StoredMachine,
    definition: string,
    version?: StoredVersion,
  ): Promise<StoredMachine | undefined> {
    const { arn, account, region, name, type, createdAt, tags, revision, lastVersion } = machine;
    const own = [arn, account, region, name, type, createdAt, JSON.stringify(tags), lastVersion];
    const outcome = await this.write(1, [
      { sql: INSERT_MACHINE, params: [...own, ...revisionValues(revision)] },
      { sql: INSERT_DEFINITION, params: [revision.definitionHash, definition] },
      ...(version ? [insertVersion(version)] : []),
    ]);
    return outcome ? undefined : this.machine(arn);
  }

  revise(from: StoredMachine, to: Revision, more: WithRevision = {}): Promise<boolean> {
    const { arn, revision, lastVersion } = from;
    const { definition, version } = more;
    const values = [arn, revision.id ?? '', ...revisionValues(to), revision.at];
    const params = [...values, version?.number ?? lastVersion, lastVersion];
    const statements: Statement[] = [{ sql: REVISE, params }];
    if (definition !== undefined) {
      statements.push({ sql: INSERT_DEFINITION, params: [to.definitionHash, definition] });
    }
    if (version) statements.push(insertVersion(version));
    return this.write(1, statements);
  }

  beginDeleting(arn: string): Promise<boolean> {
    const sql = 'UPDATE machine SET deleting = 1 WHERE arn = $1 AND deleting = 0';
    return this.write(1, [{ sql, params: [arn] }]);
  }

  async listDeleting(): Promise<StoredMachine[]> {
    const rows = await this.db.read('SELECT * FROM machine WHERE deleting = 1 ORDER BY id', []);
    return rows.map(machineOf);
  }

  delete(arn: string): Promise<boolean> {
    const machine = { sql: 'DELETE FROM machine WHERE arn = $1', params: [arn] };
    return this.write(1, [machine, ...deletePartsOf(arn)]);
  }

  async machine(arn: string): Promise<StoredMachine | undefined> {
    const [row] = await this.db.read('SELECT * FROM machine WHERE arn = $1', [arn]);
    return row && machineOf(row);
  }

  list(query: ListPlace): Promise<Page<StoredMachine>> {
    return this.#list('machine', query, machineOf, [['deleting = 0']]);
  }

  async definition(hash: string): Promise<string | undefined> {
    const [row] = await this.db.read('SELECT text FROM definition WHERE hash = $1', [hash]);
    return row?.text as string | undefined;
  }

  async tally({ account, region }: Place): Promise<{ machines: number; activities: number }> {
    const [row] = await this.db.read(TALLY, [account, region]);
    return { machines: Number(row!.machines), activities: Number(row!.activities) };
  }

  async createActivity(activity: StoredActivity): Promise<StoredActivity | undefined> {
    const { arn, account, region, name, createdAt, tags, encryption } = activity;
    const tagText = JSON.stringify(tags);
    const params = [arn, account, region, name, createdAt, tagText, encryption ?? null];
    const outcome = await this.write(1, [{ sql: INSERT_ACTIVITY, params }]);
    return outcome ? undefined : this.activity(arn);
  }

  async deleteActivity(arn: string): Promise<void> {
    await this.write(0, [{ sql: 'DELETE FROM activity WHERE arn = $1', params: [arn] }]);
  }

  async activity(arn: string): Promise<StoredActivity | undefined> {
    const [row] = await this.db.read('SELECT * FROM activity WHERE arn = $1', [arn]);
    return row && activityOf(row);
  }

  listActivities(query: ListPlace): Promise<Page<StoredActivity>> {
    return this.#list('activity', query, activityOf);
  }

  async retag(arn: string, from: readonly Tag[], to: readonly Tag[]): Promise<boolean> {
    const params = [arn, JSON.stringify(from), JSON.stringify(to)];
    const table = arn.includes(':activity:') ? 'activity' : 'machine';
    const sql = `UPDATE ${table} SET tags = $3 WHERE arn = $1 AND tags = $2`;
    return this.write(1, [{ sql, params }]);
  }

  #list<T>(
    table: string,
    { account, region, limit, token }: ListPlace,
    of: (row: Row) => T,
    also: readonly Term[] = [],
  ): Promise<Page<T>> {
    return readTokenPage(this.db, {
      purpose: table,
      select: `SELECT * FROM ${table}`,
      where: [['account = ?', account], ['region = ?', region], ...also],
      column: 'id',
      limit,
      token,
      of,
    });
  }
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
    revision: revisionOf(row),
    lastVersion: row.last_version as number,
    ...(row.deleting === 1 && { deleting: true }),
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
