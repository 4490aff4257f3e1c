/** Tables of configured things. */
import type { Migration } from '../migrate.ts';

export const resourceMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'resources',
    sql: [
      // The number of the last unit that changed something of a service. It is taken first in each
      // unit, so that units of one service come one after the other and their numbers ascend.
      `CREATE TABLE resource_clock (
        service TEXT PRIMARY KEY,
        change BIGINT NOT NULL
      )`,

      // `body` and `tags`: JSON. `change`: of the unit that wrote the row.
      `CREATE TABLE resource (
        service TEXT NOT NULL,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        body TEXT NOT NULL,
        tags TEXT NOT NULL,
        revision TEXT NOT NULL,
        change BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        PRIMARY KEY (service, account, region, kind, name)
      )`,
      'CREATE INDEX resource_change ON resource (service, change)',

      // What other processes have yet to hear of; the last ones only.
      `CREATE TABLE resource_removal (
        service TEXT NOT NULL,
        change BIGINT NOT NULL,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (service, change, account, region, kind, name)
      )`,

      `CREATE TABLE resource_tag (
        service TEXT NOT NULL,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (service, account, region, kind, name, key)
      )`,
      `CREATE INDEX resource_tag_value
        ON resource_tag (account, region, key, value, service, kind, name)`,
    ],
  },
];
