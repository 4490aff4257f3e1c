/** Tables of log groups, streams and events. */
import type { Migration } from '../migrate.ts';

export const logMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'first tables',
    sql: [
      `CREATE TABLE log_group (
        id INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        name TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        retention_days BIGINT,
        class TEXT NOT NULL,
        tags TEXT NOT NULL,
        stored_bytes BIGINT NOT NULL,
        UNIQUE (account, region, name)
      )`,
      // Times are 0 where the stream has no events.
      `CREATE TABLE log_stream (
        id INTEGER PRIMARY KEY,
        group_id BIGINT NOT NULL,
        name TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        first_at BIGINT NOT NULL,
        last_at BIGINT NOT NULL,
        ingested_at BIGINT NOT NULL,
        UNIQUE (group_id, name)
      )`,
      'CREATE INDEX log_stream_time ON log_stream (group_id, last_at, id)',
      `CREATE TABLE log_event (
        id INTEGER PRIMARY KEY,
        group_id BIGINT NOT NULL,
        stream_id BIGINT NOT NULL,
        at BIGINT NOT NULL,
        ingested_at BIGINT NOT NULL,
        message TEXT NOT NULL
      )`,
      'CREATE INDEX log_event_stream ON log_event (stream_id, at, id)',
      'CREATE INDEX log_event_group ON log_event (group_id, at, id)',
      // Streams and groups that are gone and whose events are still to be deleted.
      'CREATE TABLE log_garbage (id INTEGER PRIMARY KEY, group_id BIGINT, stream_id BIGINT)',
    ],
  },
];
