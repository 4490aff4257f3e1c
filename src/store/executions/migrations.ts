/**
 * Tables of executions. What grows without end (`execution`, `journal`) is only ever appended to on
 * the way of a commit; the keys that are changed there (`work`, `lag`) belong to young executions,
 * so that a batch touches few pages however much data there is.
 */
import type { Migration } from '../migrate.ts';

const FIRST: readonly string[] = [
  // The next id that no process has been given.
  'CREATE TABLE id_block (next BIGINT NOT NULL)',
  'INSERT INTO id_block (next) VALUES (1)',

  // `arn_key`: first bytes of the ARN's SHA-256. Names are random, so this is the one index that
  // each start hits at a random place: an eighth of the ARN's length keeps it in memory for long.
  // `listed_at`: where lists order it, stop else redrive else start. `origin`: JSON of what no
  // query asks for. The fence `seq` is the execution's last row in `journal`.
  `CREATE TABLE execution (
    id INTEGER PRIMARY KEY,
    arn_key BLOB NOT NULL UNIQUE,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    arn TEXT NOT NULL,
    name TEXT NOT NULL,
    machine_arn TEXT NOT NULL,
    version_arn TEXT,
    alias_arn TEXT,
    map_run_arn TEXT,
    type TEXT NOT NULL,
    origin TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    listed_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    stopped_at BIGINT,
    redrive_count BIGINT NOT NULL,
    redriven_at BIGINT,
    error TEXT,
    cause TEXT,
    output TEXT,
    input TEXT NOT NULL
  )`,
  'CREATE INDEX execution_place ON execution (account, region, listed_at)',
  'CREATE INDEX execution_machine ON execution (account, region, machine_arn, listed_at)',
  `CREATE INDEX execution_version ON execution (account, region, version_arn, listed_at)
    WHERE version_arn IS NOT NULL`,
  `CREATE INDEX execution_alias ON execution (account, region, alias_arn, listed_at)
    WHERE alias_arn IS NOT NULL`,
  `CREATE INDEX execution_map_run ON execution (account, region, map_run_arn, listed_at)
    WHERE map_run_arn IS NOT NULL`,
  // Most succeed and are found by the lists above; the others are what one searches for.
  `CREATE INDEX execution_status ON execution (account, region, status, listed_at)
    WHERE status <> 'SUCCEEDED'`,
  'CREATE INDEX execution_stopped ON execution (stopped_at) WHERE stopped_at IS NOT NULL',

  // A row per commit. `last_event_id`: the highest event id of this row and all before it.
  `CREATE TABLE journal (
    execution BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    last_event_id BIGINT NOT NULL,
    records BLOB NOT NULL,
    PRIMARY KEY (execution, seq)
  )`,

  // `wake`: when somebody is to look at the row. 0 = now (ready), NULL = nobody (owned, or waiting
  // for an answer that has no deadline).
  `CREATE TABLE work (
    id INTEGER PRIMARY KEY,
    execution BIGINT NOT NULL,
    scope TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    wake BIGINT,
    due BIGINT,
    activity TEXT,
    payload TEXT,
    UNIQUE (execution, scope, attempt, kind)
  )`,
  'CREATE INDEX work_wake ON work (wake) WHERE wake IS NOT NULL',
  'CREATE INDEX work_activity ON work (activity) WHERE activity IS NOT NULL',

  // Executions whose projectors have not seen everything: how far they are of how far they must.
  `CREATE TABLE lag (
    execution INTEGER PRIMARY KEY,
    seq BIGINT NOT NULL,
    projected BIGINT NOT NULL
  )`,
];

const MAP_RUNS: readonly string[] = [
  // `asked`: JSON of what was asked for; `state`: JSON of how far it is. `attempt` and `stage` stand
  // in the state too. A run goes with its execution.
  `CREATE TABLE map_run (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    execution BIGINT NOT NULL,
    asked TEXT NOT NULL,
    seq BIGINT NOT NULL,
    stage TEXT NOT NULL,
    state TEXT NOT NULL
  )`,
  'CREATE INDEX map_run_execution ON map_run (execution, id)',
  "CREATE INDEX map_run_open ON map_run (id) WHERE stage <> 'closed'",

  // Children that have closed and that their run has not counted.
  `CREATE TABLE map_run_ending (
    run BIGINT NOT NULL,
    item BIGINT NOT NULL,
    execution BIGINT NOT NULL,
    items BIGINT NOT NULL,
    status TEXT NOT NULL,
    redriven BIGINT NOT NULL,
    PRIMARY KEY (run, item)
  )`,
  // In the order of their start, for results and redrives.
  `CREATE INDEX execution_child ON execution (map_run_arn, id) WHERE map_run_arn IS NOT NULL`,
];

export const executionMigrations: readonly Migration[] = [
  { id: 1, name: 'executions', sql: FIRST },
  { id: 2, name: 'map runs', sql: MAP_RUNS },
];
