/** Tables of state machines and activities. */
import type { Migration } from '../migrate.ts';

const FIRST: readonly string[] = [
  'CREATE TABLE definition (hash TEXT PRIMARY KEY, text TEXT NOT NULL)',

  // `id` is the order of creation. `revision_id` is '' until the first update. Versions are rows
  // of a table of their own with the same revision columns.
  `CREATE TABLE machine (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    tags TEXT NOT NULL,
    revision_id TEXT NOT NULL,
    revised_at BIGINT NOT NULL,
    definition_hash TEXT NOT NULL,
    role_arn TEXT NOT NULL,
    logging TEXT,
    tracing TEXT,
    encryption TEXT
  )`,
  'CREATE INDEX machine_place ON machine (account, region, id)',

  `CREATE TABLE activity (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    tags TEXT NOT NULL,
    encryption TEXT
  )`,
  'CREATE INDEX activity_place ON activity (account, region, id)',
];

const VERSIONS: readonly string[] = [
  // The highest number that a version was given; numbers are never given twice.
  'ALTER TABLE machine ADD COLUMN last_version BIGINT NOT NULL DEFAULT 0',

  `CREATE TABLE machine_version (
    machine_arn TEXT NOT NULL,
    number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    description TEXT,
    revision_id TEXT NOT NULL,
    revised_at BIGINT NOT NULL,
    definition_hash TEXT NOT NULL,
    role_arn TEXT NOT NULL,
    logging TEXT,
    tracing TEXT,
    encryption TEXT,
    PRIMARY KEY (machine_arn, number)
  )`,

  // `id` is the order of creation. The second version is NULL where all starts go to the first.
  `CREATE TABLE machine_alias (
    id INTEGER PRIMARY KEY,
    machine_arn TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version_1 BIGINT NOT NULL,
    weight_1 BIGINT NOT NULL,
    version_2 BIGINT,
    weight_2 BIGINT,
    UNIQUE (machine_arn, name)
  )`,
];

const DELETING: readonly string[] = [
  // 1 from the request to delete the machine until its executions have ended; then the row goes.
  'ALTER TABLE machine ADD COLUMN deleting BIGINT NOT NULL DEFAULT 0',
  'CREATE INDEX machine_deleting ON machine (id) WHERE deleting = 1',
];

export const machineMigrations: readonly Migration[] = [
  { id: 1, name: 'machines', sql: FIRST },
  { id: 2, name: 'versions and aliases', sql: VERSIONS },
  { id: 3, name: 'deletion in two steps', sql: DELETING },
];
