import { expect, test } from 'vitest';
import { onEveryDatabase } from '../../../test/support/every-database.ts';
import { wrapped } from '../../../test/support/wrapped-database.ts';
import { openSqliteInProcess } from '../sqlite/in-process.ts';
import { exerciseNodeStore } from './contract.ts';
import { nodeMigrations } from './migrations.ts';
import { sqlNodeStore } from './sql.ts';

const migrations = { nodes: nodeMigrations };

for (const processes of ['one', 'several'] as const) {
  onEveryDatabase(
    'nodes',
    migrations,
    (db) => sqlNodeStore(wrapped(db, { capabilities: { ...db.capabilities, processes } })),
    (name, newStore) => exerciseNodeStore(name, processes, newStore),
  );
}

test('goes on from the number that earlier versions have counted', async () => {
  const db = await openSqliteInProcess({ migrations });
  const sql = "INSERT INTO meta (key, value) VALUES ('epoch', '1700000000000')";
  await db.write({ guards: 0, statements: [{ sql, params: [] }] });
  expect(await sqlNodeStore(db).join(5)).toBe(1_700_000_000_001);
  await db.close();
});
