/** Deletes log events that nobody is to see any more, in pieces. */
import type { Instant } from '../../ground/time.ts';
import type { Database, Statement, Value } from '../database.ts';

const DAY_MS = 86_400_000;
const DELETED_AT_ONCE = 500;

const EVENT_OVERHEAD_BYTES = 26;
const SHRINK = `UPDATE log_group SET stored_bytes =
  CASE WHEN stored_bytes > $2 THEN stored_bytes - $2 ELSE 0 END WHERE id = $1`;
const EMPTY_STREAMS = `DELETE FROM log_stream WHERE group_id = $1 AND last_at < $2 AND created_at < $2
  AND NOT EXISTS (SELECT 1 FROM log_event e WHERE e.stream_id = log_stream.id)`;

/** Answers how many events were deleted; fewer than the limit: nothing is left to do. */
export async function prune(
  db: Database,
  now: Instant,
  before: Instant,
  limit: number,
): Promise<number> {
  let deleted = await pruneGarbage(db, limit);
  const groups = await db.read('SELECT id, retention_days FROM log_group', []);
  for (const group of groups) {
    if (deleted >= limit) break;
    const days = group.retention_days as number | null;
    const end = days === null ? before : now - days * DAY_MS;
    const where = 'group_id = $1 AND at < $2';
    deleted += await deleteEvents(db, where, [group.id!, end], limit - deleted);
    if (deleted < limit) await write(db, [{ sql: EMPTY_STREAMS, params: [group.id!, end] }]);
  }
  return deleted;
}

async function pruneGarbage(db: Database, limit: number): Promise<number> {
  let deleted = 0;
  const rows = await db.read('SELECT * FROM log_garbage ORDER BY id LIMIT 100', []);
  for (const row of rows) {
    const column = row.group_id === null ? 'stream_id' : 'group_id';
    const owner = (row.group_id ?? row.stream_id)!;
    deleted += await deleteEvents(db, `${column} = $1`, [owner], limit - deleted);
    if (deleted >= limit) break;
    await write(db, [{ sql: 'DELETE FROM log_garbage WHERE id = $1', params: [row.id!] }]);
  }
  return deleted;
}

/** All of one group; the group's size shrinks with them. */
async function deleteEvents(
  db: Database,
  where: string,
  params: readonly Value[],
  limit: number,
): Promise<number> {
  const rows = await db.read(
    `SELECT id, group_id, LENGTH(message) AS size FROM log_event
      WHERE ${where} ORDER BY at, id LIMIT $${params.length + 1}`,
    [...params, limit],
  );
  for (let from = 0; from < rows.length; from += DELETED_AT_ONCE) {
    const piece = rows.slice(from, from + DELETED_AT_ONCE);
    const marks = piece.map((_, i) => `$${i + 1}`).join(', ');
    const bytes = piece.reduce((sum, row) => sum + (row.size as number) + EVENT_OVERHEAD_BYTES, 0);
    await write(db, [
      { sql: `DELETE FROM log_event WHERE id IN (${marks})`, params: piece.map((row) => row.id!) },
      { sql: SHRINK, params: [piece[0]!.group_id!, bytes] },
    ]);
  }
  return rows.length;
}

async function write(db: Database, statements: readonly Statement[]): Promise<void> {
  await db.write({ guards: 0, statements });
}
