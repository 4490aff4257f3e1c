/** How much of a database is data; pages that wait to be used again do not count. */
import { type Database, DatabaseError } from './database.ts';

export async function usedBytes(database: Database): Promise<number> {
  const { vacuum } = database.capabilities;
  if (!vacuum) {
    throw new DatabaseError('this database does not say how much it holds', 'NO_VACUUM', false);
  }
  const [row] = await database.read(vacuum.used.sql, vacuum.used.params);
  return row!.bytes as number;
}
