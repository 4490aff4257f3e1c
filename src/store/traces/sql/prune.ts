/** Retention: whole blocks of the oldest traces go, with their rows and terms, a few at a time. */
import type { Instant } from '../../../ground/time.ts';
import type { TraceFacts } from '../../../trace/facts.ts';
import type { Database, Statement } from '../../database.ts';
import type { Aggregates } from './aggregates.ts';
import { termsOf } from './select.ts';

const BLOCKS_PER_PIECE = 4;
const MINUTE_MS = 60_000;

const DELETE_TERM = `DELETE FROM trace_terms
  WHERE place = $1 AND term = $2 AND start_us = $3 AND trace = $4`;

/** Deletes some of the traces that changed last before `before`; answers how many. */
export async function pruneBlocks(
  database: Database,
  aggregates: Aggregates,
  before: Instant,
): Promise<number> {
  await aggregates.prune(Math.floor(before / MINUTE_MS));
  const blocks = await database.read(
    `SELECT id FROM trace_blocks WHERE updated_ms < $1
     ORDER BY updated_ms LIMIT ${BLOCKS_PER_PIECE}`,
    [before],
  );
  let count = 0;
  for (const { id } of blocks) {
    const rows = await database.read(
      'SELECT id, place, start_us, facts FROM traces WHERE block = $1',
      [id!],
    );
    const statements: Statement[] = [];
    for (const row of rows) {
      for (const term of termsOf(JSON.parse(row.facts as string) as TraceFacts)) {
        statements.push({ sql: DELETE_TERM, params: [row.place!, term, row.start_us!, row.id!] });
      }
    }
    statements.push({ sql: 'DELETE FROM traces WHERE block = $1', params: [id!] });
    statements.push({ sql: 'DELETE FROM trace_blocks WHERE id = $1', params: [id!] });
    await database.write({ guards: 0, statements });
    count += rows.length;
  }
  const { vacuum } = database.capabilities;
  if (vacuum && blocks.length > 0) {
    await database.write({ guards: 0, statements: [vacuum.giveBack] });
  }
  // A block may be left without rows when all its traces were stored anew.
  return blocks.length > 0 ? Math.max(count, 1) : 0;
}
