/** Numbers the processes that have worked on a database, so that rows tell whose they are. */
import type { Instant } from '../../ground/time.ts';
import type { Database } from '../database.ts';

const KEY = 'epoch';

/** A number higher than any taken before, whatever the clock says. Needs the table `meta`. */
export async function takeEpoch(database: Database, now: Instant): Promise<number> {
  const [row] = await database.read('SELECT value FROM meta WHERE key = $1', [KEY]);
  const epoch = Math.max(now, Number(row?.value ?? 0) + 1);
  const sql =
    'INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2';
  await database.write({ guards: 0, statements: [{ sql, params: [KEY, String(epoch)] }] });
  return epoch;
}
