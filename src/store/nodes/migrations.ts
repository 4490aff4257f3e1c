/** The table of nodes. `beat_at`: milliseconds since the epoch; 0 of one that has left. */
import type { Migration } from '../migrate.ts';

export const nodeMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'nodes',
    sql: ['CREATE TABLE nodes (epoch BIGINT PRIMARY KEY, beat_at BIGINT NOT NULL)'],
  },
];
