/** How much of a SQLite database is data; pages that wait to be used again do not count. */
import type { Database } from '../database.ts';

const USED = `SELECT (page_count - freelist_count) * page_size AS bytes
  FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`;

export async function usedBytes(database: Database): Promise<number> {
  const [row] = await database.read(USED, []);
  return row!.bytes as number;
}
