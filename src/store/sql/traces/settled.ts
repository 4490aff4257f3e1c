/** Reads settled traces from the database: whether they exist, and their documents. */
import type { Database, Row } from '../../database.ts';
import { compile, HotTrace } from './hot.ts';
import { unpackBlock } from './pack.ts';
import { forKeys } from './rows.ts';
import { FLAG } from './select.ts';

export interface SettledTrace {
  readonly id: string;
  readonly row: number;
  readonly applied: number;
  readonly revision: number;
  readonly updatedUs: number;
  readonly limitExceeded: boolean;
  readonly documents: readonly string[];
}

const HEADS = (list: string): string => `
  SELECT id, trace_id, block, slot, applied, revision, updated_us, flags
  FROM traces WHERE place = $1 AND trace_id IN (${list})`;

/** The settled traces among these ids, with their documents. */
export async function readSettled(
  database: Database,
  place: number,
  ids: readonly string[],
): Promise<SettledTrace[]> {
  const heads: Row[] = [];
  const reads = forKeys(HEADS, ids, [place]).map(({ sql, params }) => database.read(sql, params));
  for (const rows of await Promise.all(reads)) heads.push(...rows);
  if (heads.length === 0) return [];
  const blocks = new Map<number, string[][]>();
  for (const block of new Set(heads.map((row) => row.block as number))) {
    const [row] = await database.read('SELECT body FROM trace_blocks WHERE id = $1', [block]);
    if (row) blocks.set(block, await unpackBlock(row.body as Uint8Array));
  }
  const found = new Map<string, SettledTrace>();
  for (const row of heads) {
    const documents = blocks.get(row.block as number)?.[row.slot as number];
    // Retention may have taken the block in between: then the trace is gone.
    if (!documents) continue;
    found.set(row.trace_id as string, {
      id: row.trace_id as string,
      row: row.id as number,
      applied: row.applied as number,
      revision: row.revision as number,
      updatedUs: row.updated_us as number,
      limitExceeded: ((row.flags as number) & FLAG.limitExceeded) !== 0,
      documents,
    });
  }
  return [...found.values()];
}

/** The trace as a hot one, with what the aggregates hold of it. */
export function reheat(place: number, settled: SettledTrace): HotTrace {
  const trace = new HotTrace(place, settled.id);
  for (const text of settled.documents) {
    const document = JSON.parse(text) as { id: string; end_time?: unknown };
    trace.apply({ id: document.id, text, inProgress: typeof document.end_time !== 'number' });
  }
  trace.applied = settled.applied;
  trace.revision = settled.revision;
  trace.limitExceeded = settled.limitExceeded;
  trace.updatedMs = settled.updatedUs / 1000;
  trace.base = { row: settled.row, ...compile(settled.id, settled.documents) };
  return trace;
}
