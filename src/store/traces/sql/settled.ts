/** Reads settled traces from the database: whether they exist, and their documents. */
import type { Database } from '../../database.ts';
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

const SETTLED = (list: string): string => `
  SELECT t.id, t.trace_id, t.block, t.slot, t.applied, t.revision, t.updated_us, t.flags, b.body
  FROM traces t JOIN trace_blocks b ON b.id = t.block
  WHERE t.place = $1 AND t.trace_id IN (${list})`;

/** The settled traces among these ids, with their documents. */
export async function readSettled(
  database: Database,
  place: number,
  ids: readonly string[],
): Promise<SettledTrace[]> {
  const reads = forKeys(SETTLED, ids, [place]).map(({ sql, params }) => database.read(sql, params));
  const rows = (await Promise.all(reads)).flat();
  const blocks = new Map<number, string[][]>();
  for (const row of rows) {
    const block = row.block as number;
    if (!blocks.has(block)) blocks.set(block, await unpackBlock(row.body as Uint8Array));
  }
  const found = new Map<string, SettledTrace>();
  for (const row of rows) {
    found.set(row.trace_id as string, {
      id: row.trace_id as string,
      row: row.id as number,
      applied: row.applied as number,
      revision: row.revision as number,
      updatedUs: row.updated_us as number,
      limitExceeded: ((row.flags as number) & FLAG.limitExceeded) !== 0,
      documents: blocks.get(row.block as number)![row.slot as number]!,
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
