/** Tables of functions and of the asynchronous invocations that wait for them. */
import type { Migration } from '../migrate.ts';

export const functionMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'first tables',
    sql: [
      // `config`: JSON of a FunctionConfig. `code_hash`: where the code is a deployed zip.
      `CREATE TABLE lambda_function (
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        name TEXT NOT NULL,
        revision_id TEXT NOT NULL,
        config TEXT NOT NULL,
        code_hash TEXT,
        tags TEXT NOT NULL,
        reserved BIGINT,
        PRIMARY KEY (account, region, name)
      )`,
      // `epoch`: the process that runs an attempt, 0 = nobody.
      `CREATE TABLE lambda_event (
        request_id TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        name TEXT NOT NULL,
        qualifier TEXT,
        payload BLOB NOT NULL,
        received_at BIGINT NOT NULL,
        due BIGINT NOT NULL,
        epoch BIGINT NOT NULL,
        progress TEXT NOT NULL
      )`,
      'CREATE INDEX lambda_event_due ON lambda_event (epoch, due)',
    ],
  },
];
