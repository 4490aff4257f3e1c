/**
 * Lists of traces: settled rows from the database and hot traces from memory, merged newest first.
 * Through a term that all matches have where the filter gives one, else along the index of the
 * time.
 */
import type { TraceFacts } from '../../../trace/facts.ts';
import { matches } from '../../../trace/match.ts';
import type { Database, Row, Value } from '../../database.ts';
import type { FoundPage, FoundTrace, TraceCursor, TraceQuery, TraceTime } from '../store.ts';
import { type Selection, toSql } from './select.ts';

/** Rows read at a time, and how many one page looks at before it is handed out short. */
const CHUNK_ROWS = 250;
const SCAN_MAX = 20_000;

const COLUMN: Readonly<Record<TraceTime, string>> = {
  start: 'start_us',
  update: 'updated_us',
  end: 'end_us',
};

export function timeOf(time: TraceTime, { facts, updatedAt }: FoundTrace): number {
  if (time === 'update') return updatedAt * 1000;
  return time === 'start' ? facts.startUs : facts.endUs;
}

/** Whether a hot trace belongs on a page of this query. */
export function isWanted(query: TraceQuery, trace: FoundTrace): boolean {
  const at = timeOf(query.time, trace);
  if (at < query.from * 1000 || at >= query.to * 1000) return false;
  if (query.after && !isAfter(query.after, at, trace.facts.id)) return false;
  return !query.filter || matches(query.filter, trace.facts);
}

function isAfter(cursor: TraceCursor, at: number, id: string): boolean {
  return at < cursor.timeUs || (at === cursor.timeUs && id < cursor.id);
}

/** `hot` are the wanted hot traces; rows of the ids in `hotIds` are passed over. */
export async function findPage(
  database: Database,
  place: number,
  query: TraceQuery,
  hot: FoundTrace[],
  hotIds: ReadonlySet<string>,
): Promise<FoundPage> {
  const cursorOf = (trace: FoundTrace): TraceCursor => ({
    timeUs: timeOf(query.time, trace),
    id: trace.facts.id,
  });
  hot.sort((a, b) => (isAfter(cursorOf(a), timeOf(query.time, b), b.facts.id) ? -1 : 1));
  const items: FoundTrace[] = [];
  let scanned = hot.length;
  let at = query.after;
  let taken = 0;
  const selection = toSql(query.filter, 6);
  const take = (until: TraceCursor | undefined): void => {
    while (taken < hot.length && items.length <= query.limit) {
      const next = hot[taken]!;
      if (until && isAfter(until, timeOf(query.time, next), next.facts.id)) return;
      items.push(next);
      taken++;
    }
  };
  for (;;) {
    const rows = await readChunk(database, place, query, selection, at);
    for (const row of rows) {
      if (items.length > query.limit) break;
      scanned++;
      at = { timeUs: row.at as number, id: row.trace_id as string };
      take(at);
      if (items.length > query.limit || hotIds.has(at.id)) continue;
      const facts = JSON.parse(row.facts as string) as TraceFacts;
      if (query.filter && !matches(query.filter, facts)) continue;
      items.push({
        facts,
        revision: row.revision as number,
        updatedAt: (row.updated_us as number) / 1000,
      });
    }
    if (rows.length < CHUNK_ROWS) take(undefined);
    const full = items.length > query.limit;
    if (full) return { items: items.slice(0, -1), scanned, next: cursorOf(items.at(-2)!) };
    if (rows.length < CHUNK_ROWS) return { items, scanned };
    if (scanned >= SCAN_MAX) return { items, scanned, next: at! };
  }
}

async function readChunk(
  database: Database,
  place: number,
  query: TraceQuery,
  selection: Selection,
  after: TraceCursor | undefined,
): Promise<readonly Row[]> {
  const column = COLUMN[query.time];
  const fromUs = query.from * 1000;
  const toUs = Math.min(query.to * 1000 - 1, after?.timeUs ?? Number.MAX_SAFE_INTEGER);
  const params: Value[] = [place, fromUs, toUs, after?.timeUs ?? toUs + 1, after?.id ?? ''];
  params.push(...selection.params);
  const byTerm = query.time === 'start' && selection.term !== undefined;
  if (byTerm) params.push(selection.term!);
  // The term's own index is in the order of the start, so a page ends after its last row.
  const source = byTerm
    ? `trace_terms d JOIN traces t ON t.id = d.trace
       WHERE d.place = $1 AND d.term = $${params.length} AND d.start_us BETWEEN $2 AND $3`
    : `traces t WHERE t.place = $1 AND t.${column} BETWEEN $2 AND $3`;
  const order = byTerm ? 'd.start_us' : `t.${column}`;
  return database.read(
    `SELECT t.trace_id, t.${column} AS at, t.revision, t.updated_us, t.facts
     FROM ${source} AND (t.${column} < $4 OR (t.${column} = $4 AND t.trace_id < $5))
       AND ${selection.sql}
     ORDER BY ${order} DESC, t.trace_id DESC LIMIT ${CHUNK_ROWS}`,
    params,
  );
}
