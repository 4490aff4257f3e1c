import { expect, test } from 'vitest';
import { wrapped } from '../../test/support/wrapped-database.ts';
import { openSqliteInProcess } from './sqlite/in-process.ts';
import { usedBytes } from './used-bytes.ts';

test('grows with what is written and shrinks with what is deleted', async () => {
  const sql = 'CREATE TABLE t (body BLOB)';
  const database = await openSqliteInProcess({
    migrations: { t: [{ id: 1, name: 't', sql: [sql] }] },
  });
  const write = (text: string, params: (string | Uint8Array)[] = []) =>
    database.write({ guards: 0, statements: [{ sql: text, params }] });
  const empty = await usedBytes(database);
  await write('INSERT INTO t VALUES ($1)', [new Uint8Array(1_000_000)]);
  expect(await usedBytes(database)).toBeGreaterThan(empty + 900_000);
  await write('DELETE FROM t');
  expect(await usedBytes(database)).toBeLessThan(empty + 100_000);
  await database.close();
});

test('is not guessed of a database that does not say it', async () => {
  const database = await openSqliteInProcess();
  const mute = wrapped(database, { capabilities: { processes: 'one' } });
  await expect(usedBytes(mute)).rejects.toThrow('does not say how much it holds');
});
