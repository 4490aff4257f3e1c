/** Tables of the traces' own database file. */
import type { Migration } from '../migrate.ts';

const places = `CREATE TABLE trace_places (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL
)`;

/** Documents as they arrived, until their traces are settled; texts joined by NUL. */
const log = `CREATE TABLE trace_log (
  id INTEGER PRIMARY KEY,
  place INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  body BLOB NOT NULL
)`;

/** Documents of some settled traces, compressed together and deleted together. */
const blocks = `CREATE TABLE trace_blocks (
  id INTEGER PRIMARY KEY,
  updated_ms INTEGER NOT NULL,
  body BLOB NOT NULL
)`;

/** \`applied\` is the number of the last log row that is part of what is stored. */
const traces = `CREATE TABLE traces (
  id INTEGER PRIMARY KEY,
  place INTEGER NOT NULL,
  trace_id TEXT NOT NULL,
  block INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  applied INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  updated_us INTEGER NOT NULL,
  start_us INTEGER NOT NULL,
  end_us INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  response_us INTEGER,
  duration_us INTEGER NOT NULL,
  status INTEGER,
  facts TEXT NOT NULL
)`;

/** What a filter may ask for by equality: services, users, annotations. */
const terms = `CREATE TABLE trace_terms (
  place INTEGER NOT NULL,
  term TEXT NOT NULL,
  start_us INTEGER NOT NULL,
  trace INTEGER NOT NULL,
  PRIMARY KEY (place, term, start_us, trace)
) WITHOUT ROWID`;

/** Statistics of the service graph: one row per minute or hour and node or edge. */
const stats = `CREATE TABLE trace_stats (
  place INTEGER NOT NULL,
  span INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (place, span, bucket, subject)
) WITHOUT ROWID`;

/** Single numbers; see state.ts. */
const state = `CREATE TABLE trace_state (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
)`;

const settings = `CREATE TABLE xray_settings (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, kind, name)
)`;

export const traceMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'traces',
    sql: [
      places,
      log,
      blocks,
      traces,
      'CREATE UNIQUE INDEX traces_by_trace_id ON traces (place, trace_id)',
      `CREATE INDEX traces_by_start
        ON traces (place, start_us, flags, response_us, duration_us, status)`,
      'CREATE INDEX traces_by_update ON traces (place, updated_us)',
      'CREATE INDEX traces_by_end ON traces (place, end_us)',
      'CREATE INDEX traces_by_block ON traces (block)',
      'CREATE INDEX trace_blocks_by_update ON trace_blocks (updated_ms)',
      terms,
      stats,
      state,
      settings,
    ],
  },
];
