/** Tables of log groups, streams and events. */
import type { Migration } from '../migrate.ts';

/**
 * Events of a deleted group or stream wait under its id until they are swept, so no id may be given
 * twice (AUTOINCREMENT). Before this migration the highest one was: what waits under an id that is
 * in use again is told apart by the time at which it came, and no longer waits.
 */
const IDS_ONCE: readonly string[] = [
  `DELETE FROM log_event WHERE
    (stream_id IN (SELECT stream_id FROM log_garbage WHERE stream_id IS NOT NULL)
      OR group_id IN (SELECT group_id FROM log_garbage WHERE group_id IS NOT NULL))
    AND ingested_at < (SELECT created_at FROM log_stream s WHERE s.id = log_event.stream_id)`,
  `DELETE FROM log_garbage WHERE group_id IN (SELECT id FROM log_group)
    OR stream_id IN (SELECT id FROM log_stream)`,

  `CREATE TABLE log_group_2 (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
  // A row that comes and goes: ids go on behind the highest that was ever given.
  `INSERT INTO log_group_2 (id, account, region, name, created_at, class, tags, stored_bytes)
    SELECT id, '', '', '', 0, '', '', 0 FROM (SELECT MAX(group_id) AS id FROM
      (SELECT group_id FROM log_event UNION ALL SELECT group_id FROM log_garbage) AS given) AS last
    WHERE id IS NOT NULL`,
  'DELETE FROM log_group_2',
  `INSERT INTO log_group_2 SELECT id, account, region, name, created_at, retention_days, class,
    tags, stored_bytes FROM log_group`,
  'DROP TABLE log_group',
  'ALTER TABLE log_group_2 RENAME TO log_group',

  `CREATE TABLE log_stream_2 (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    ingested_at BIGINT NOT NULL,
    UNIQUE (group_id, name)
  )`,
  `INSERT INTO log_stream_2 (id, group_id, name, created_at, first_at, last_at, ingested_at)
    SELECT id, 0, '', 0, 0, 0, 0 FROM (SELECT MAX(stream_id) AS id FROM
      (SELECT stream_id FROM log_event UNION ALL SELECT stream_id FROM log_garbage) AS given)
      AS last WHERE id IS NOT NULL`,
  'DELETE FROM log_stream_2',
  `INSERT INTO log_stream_2 SELECT id, group_id, name, created_at, first_at, last_at, ingested_at
    FROM log_stream`,
  'DROP TABLE log_stream',
  'ALTER TABLE log_stream_2 RENAME TO log_stream',
  'CREATE INDEX log_stream_time ON log_stream (group_id, last_at, id)',
];

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
  { id: 2, name: 'ids given once', sql: IDS_ONCE },
];
