/** Tables of state machines and activities. */
import type { Migration } from '../migrate.ts';

const FIRST: readonly string[] = [
  'CREATE TABLE definition (hash TEXT PRIMARY KEY, text TEXT NOT NULL)',

  // `id` is the order of creation. `revision_id` is '' until the first update. Versions will be rows
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

export const machineMigrations: readonly Migration[] = [{ id: 1, name: 'machines', sql: FIRST }];
