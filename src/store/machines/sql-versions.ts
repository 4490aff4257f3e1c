/** Versions and aliases of state machines in SQL; contract in ./versions.ts. */
import type { Page } from '../../ground/page.ts';
import type { Database, Row, Statement, Value } from '../database.ts';
import { readTokenPage, type Term } from '../sql/page.ts';
import type {
  MachinePart,
  Revision,
  Route,
  StoredAlias,
  StoredVersion,
  VersionStore,
} from './versions.ts';

export const REVISION_COLUMNS =
  'revision_id, revised_at, definition_hash, role_arn, logging, tracing, encryption';

/** Whatever changes a machine's versions and aliases takes its row first, one after the other. */
const TAKE_MACHINE = 'UPDATE machine SET last_version = last_version WHERE arn = $1';
const TAKE_LIVING_MACHINE = `${TAKE_MACHINE} AND deleting = 0`;
const TAKE_NUMBER = `UPDATE machine SET last_version = $2 WHERE arn = $1 AND last_version = $3
  AND revision_id = $4 AND revised_at = $5 AND deleting = 0`;
const INSERT_VERSION = `INSERT INTO machine_version
  (machine_arn, number, created_at, description, ${REVISION_COLUMNS})
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
const DELETE_VERSION = `DELETE FROM machine_version WHERE machine_arn = $1 AND number = $2
  AND NOT EXISTS (SELECT 1 FROM machine_alias
    WHERE machine_arn = $1 AND (version_1 = $2 OR version_2 = $2))`;
const INSERT_ALIAS = `INSERT INTO machine_alias (machine_arn, name, description, created_at,
  updated_at, version_1, weight_1, version_2, weight_2)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
  WHERE (SELECT COUNT(*) FROM machine_version
    WHERE machine_arn = $1 AND number IN ($6, $8)) = $10
  ON CONFLICT (machine_arn, name) DO NOTHING`;
const UPDATE_ALIAS = `UPDATE machine_alias SET description = $3, updated_at = $4,
  version_1 = $5, weight_1 = $6, version_2 = $7, weight_2 = $8
  WHERE machine_arn = $1 AND name = $2 AND (SELECT COUNT(*) FROM machine_version
    WHERE machine_arn = $1 AND number IN ($5, $7)) = $9`;
const COUNTS = `SELECT
  (SELECT COUNT(*) FROM machine_version WHERE machine_arn = $1) AS versions,
  (SELECT COUNT(*) FROM machine_alias WHERE machine_arn = $1) AS aliases`;

/** What goes with a machine. */
export const deletePartsOf = (machineArn: string): Statement[] => [
  { sql: 'DELETE FROM machine_version WHERE machine_arn = $1', params: [machineArn] },
  { sql: 'DELETE FROM machine_alias WHERE machine_arn = $1', params: [machineArn] },
];

export function insertVersion(version: StoredVersion): Statement {
  const { machineArn, number, createdAt, description = null, revision } = version;
  const params = [machineArn, number, createdAt, description, ...revisionValues(revision)];
  return { sql: INSERT_VERSION, params };
}

export class SqlVersionStore implements VersionStore {
  protected readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  publish(version: StoredVersion): Promise<boolean> {
    const { machineArn, number, revision } = version;
    const params = [machineArn, number, number - 1, revision.id ?? '', revision.at];
    return this.write(1, [{ sql: TAKE_NUMBER, params }, insertVersion(version)]);
  }

  async version(machineArn: string, number: number): Promise<StoredVersion | undefined> {
    const sql = 'SELECT * FROM machine_version WHERE machine_arn = $1 AND number = $2';
    const [row] = await this.db.read(sql, [machineArn, number]);
    return row && versionOf(row);
  }

  async versionOf(machineArn: string, revision: Revision): Promise<StoredVersion | undefined> {
    const [row] = await this.db.read(
      `SELECT * FROM machine_version
        WHERE machine_arn = $1 AND revision_id = $2 AND revised_at = $3`,
      [machineArn, revision.id ?? '', revision.at],
    );
    return row && versionOf(row);
  }

  deleteVersion(machineArn: string, number: number): Promise<boolean> {
    return this.write(2, [
      { sql: TAKE_MACHINE, params: [machineArn] },
      { sql: DELETE_VERSION, params: [machineArn, number] },
    ]);
  }

  listVersions({ machineArn, limit, token }: MachinePart): Promise<Page<StoredVersion>> {
    return readTokenPage(this.db, {
      purpose: `versions of ${machineArn}`,
      select: 'SELECT * FROM machine_version',
      where: [['machine_arn = ?', machineArn]],
      column: 'number',
      descending: true,
      limit,
      token,
      of: versionOf,
    });
  }

  createAlias(alias: StoredAlias): Promise<boolean> {
    const { machineArn, name, description = null, createdAt, updatedAt, routes } = alias;
    const params = [machineArn, name, description, createdAt, updatedAt];
    return this.write(2, [
      { sql: TAKE_LIVING_MACHINE, params: [machineArn] },
      { sql: INSERT_ALIAS, params: [...params, ...routeValues(routes), routes.length] },
    ]);
  }

  updateAlias(alias: StoredAlias): Promise<boolean> {
    const { machineArn, name, description = null, updatedAt, routes } = alias;
    const params = [machineArn, name, description, updatedAt];
    return this.write(2, [
      { sql: TAKE_LIVING_MACHINE, params: [machineArn] },
      { sql: UPDATE_ALIAS, params: [...params, ...routeValues(routes), routes.length] },
    ]);
  }

  async alias(machineArn: string, name: string): Promise<StoredAlias | undefined> {
    const sql = 'SELECT * FROM machine_alias WHERE machine_arn = $1 AND name = $2';
    const [row] = await this.db.read(sql, [machineArn, name]);
    return row && aliasOf(row);
  }

  async deleteAlias(machineArn: string, name: string): Promise<void> {
    const sql = 'DELETE FROM machine_alias WHERE machine_arn = $1 AND name = $2';
    await this.write(0, [{ sql, params: [machineArn, name] }]);
  }

  listAliases(query: MachinePart & { readonly version?: number }): Promise<Page<StoredAlias>> {
    const { machineArn, limit, token, version } = query;
    const where: Term[] = [['machine_arn = ?', machineArn]];
    if (version !== undefined) where.push(['(version_1 = ? OR version_2 = ?)', version, version]);
    return readTokenPage(this.db, {
      purpose: `aliases of ${machineArn} ${version ?? ''}`,
      select: 'SELECT * FROM machine_alias',
      where,
      column: 'id',
      limit,
      token,
      of: aliasOf,
    });
  }

  async counts(machineArn: string): Promise<{ versions: number; aliases: number }> {
    const [row] = await this.db.read(COUNTS, [machineArn]);
    return { versions: Number(row!.versions), aliases: Number(row!.aliases) };
  }

  protected async write(guards: number, statements: readonly Statement[]): Promise<boolean> {
    return (await this.db.write({ guards, statements })) === 'ok';
  }
}

export function revisionValues(revision: Revision): Value[] {
  const { id = '', at, definitionHash, roleArn, logging, tracing, encryption } = revision;
  return [id, at, definitionHash, roleArn, logging ?? null, tracing ?? null, encryption ?? null];
}

export function revisionOf(row: Row): Revision {
  return {
    ...(row.revision_id !== '' && { id: row.revision_id as string }),
    at: row.revised_at as number,
    definitionHash: row.definition_hash as string,
    roleArn: row.role_arn as string,
    ...optional(row, 'logging', 'tracing', 'encryption'),
  };
}

export function optional(row: Row, ...columns: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const column of columns) {
    if (row[column] !== null) found[column] = row[column] as string;
  }
  return found;
}

function routeValues([first, second]: StoredAlias['routes']): Value[] {
  return [first.version, first.weight, second?.version ?? null, second?.weight ?? null];
}

function versionOf(row: Row): StoredVersion {
  return {
    machineArn: row.machine_arn as string,
    number: row.number as number,
    createdAt: row.created_at as number,
    ...optional(row, 'description'),
    revision: revisionOf(row),
  };
}

function aliasOf(row: Row): StoredAlias {
  const first: Route = { version: row.version_1 as number, weight: row.weight_1 as number };
  const second = { version: row.version_2 as number, weight: row.weight_2 as number };
  return {
    machineArn: row.machine_arn as string,
    name: row.name as string,
    ...optional(row, 'description'),
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
    routes: row.version_2 === null ? [first] : [first, second],
  };
}
