/**
 * A commit as statements. The fence is the journal itself: the new row is made from its
 * predecessor, so it comes into being only where that exists and no other has followed it.
 */
import type { Statement, Unit, Value } from '../database.ts';
import { lastEventId, packRecords } from './journal.ts';
import { CHANGE_COLUMNS, HEAD_COLUMNS, headValues, wakeOf } from './sql-rows.ts';
import type { Commit, ExecutionHead, HeadChange, WorkChange, WorkRow } from './store.ts';

const INSERT_HEAD = `INSERT INTO execution (${HEAD_COLUMNS.join(', ')})
  VALUES (${HEAD_COLUMNS.map((_, i) => `$${i + 1}`).join(', ')})
  ON CONFLICT (arn_key) DO NOTHING`;

const INSERT_FIRST =
  'INSERT INTO journal (execution, seq, last_event_id, records) VALUES ($1, 1, $2, $3)';

const INSERT_NEXT = `INSERT INTO journal (execution, seq, last_event_id, records)
  SELECT execution, seq + 1, CASE WHEN $3 > last_event_id THEN $3 ELSE last_event_id END, $4
  FROM journal WHERE execution = $1 AND seq = $2
  ON CONFLICT (execution, seq) DO NOTHING`;

const LAG = `INSERT INTO lag (execution, seq, projected) VALUES ($1, $2, $3)
  ON CONFLICT (execution) DO UPDATE SET seq = excluded.seq`;

/** The row stays what it was, unseen, where somebody is already behind. */
const LAG_SEEN = 'UPDATE lag SET seq = $2 WHERE execution = $1';

const WORK_COLUMNS = 'execution, scope, attempt, kind, status, epoch, wake, due, activity, payload';
const PUT_CONFLICT = `ON CONFLICT (execution, scope, attempt, kind) DO UPDATE SET
  status = excluded.status, epoch = excluded.epoch, wake = excluded.wake, due = excluded.due,
  activity = excluded.activity, payload = excluded.payload`;

const PUT_WORK = `INSERT INTO work (${WORK_COLUMNS})
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ${PUT_CONFLICT}`;

/** A closed execution waits for nothing, so nothing is told to it. */
const TELL_WORK = `INSERT INTO work (${WORK_COLUMNS})
  SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM execution
  WHERE id = $1 AND stopped_at IS NULL ${PUT_CONFLICT}`;

const REMOVE_WORK =
  'DELETE FROM work WHERE execution = $1 AND scope = $2 AND attempt = $3 AND kind = $4';
/** `0` follows `/`, so the range holds exactly the texts that begin with `$2/`. */
const CANCEL_WORK = `DELETE FROM work WHERE execution = $1
  AND (scope = $2 OR (scope > $3 AND scope < $4))`;
const CLEAR_WORK = 'DELETE FROM work WHERE execution = $1';

/** The head as the first commit leaves it. Its ARN is the unit's guard. */
export function createUnit(head: ExecutionHead, commit: Commit): Unit {
  const { records } = commit;
  const statements: Statement[] = [
    { sql: INSERT_HEAD, params: headValues({ ...head, ...commit.head }) },
    { sql: INSERT_FIRST, params: [head.id, lastEventId(records), packRecords(records)] },
  ];
  if (!commit.projected) statements.push({ sql: LAG, params: [head.id, 1, 0] });
  // A new execution has no rows that could be removed.
  if (!commit.work.clear) put(statements, head.id, commit.work);
  tell(statements, commit);
  return { guards: 1, statements };
}

export function commitUnit(commit: Commit): Unit {
  const { execution, expectedSeq, records } = commit;
  const fence = [execution, expectedSeq, lastEventId(records), packRecords(records)];
  const statements: Statement[] = [{ sql: INSERT_NEXT, params: fence }];
  if (commit.head) change(statements, execution, commit.head);
  const seq = expectedSeq + 1;
  statements.push(
    commit.projected
      ? { sql: LAG_SEEN, params: [execution, seq] }
      : { sql: LAG, params: [execution, seq, expectedSeq] },
  );
  if (commit.work.clear) statements.push({ sql: CLEAR_WORK, params: [execution] });
  else changeWork(statements, execution, commit.work);
  tell(statements, commit);
  return { guards: 1, statements };
}

function change(statements: Statement[], execution: number, head: HeadChange): void {
  const params: Value[] = [execution];
  const place: Partial<Record<keyof HeadChange, string>> = {};
  const sets: string[] = [];
  for (const name of Object.keys(CHANGE_COLUMNS) as (keyof HeadChange)[]) {
    if (!(name in head)) continue;
    params.push(head[name] ?? null);
    place[name] = `$${params.length}`;
    sets.push(`${CHANGE_COLUMNS[name]} = ${place[name]}`);
  }
  if (sets.length === 0) return;
  const { stoppedAt = 'stopped_at', redrivenAt = 'redriven_at' } = place;
  sets.push(`listed_at = COALESCE(${stoppedAt}, ${redrivenAt}, started_at)`);
  statements.push({ sql: `UPDATE execution SET ${sets.join(', ')} WHERE id = $1`, params });
}

function changeWork(statements: Statement[], execution: number, work: WorkChange): void {
  for (const scope of work.cancel) {
    statements.push({ sql: CANCEL_WORK, params: [execution, scope, `${scope}/`, `${scope}0`] });
  }
  for (const { scope, attempt, kind } of work.remove) {
    statements.push({ sql: REMOVE_WORK, params: [execution, scope, attempt, kind] });
  }
  put(statements, execution, work);
}

function put(statements: Statement[], execution: number, work: WorkChange): void {
  for (const row of work.put) {
    statements.push({ sql: PUT_WORK, params: workValues(execution, row) });
  }
}

const INSERT_ENDING = `INSERT INTO map_run_ending (run, item, execution, items, status, redriven)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (run, item) DO UPDATE SET
  items = excluded.items, status = excluded.status, redriven = excluded.redriven`;

function tell(statements: Statement[], commit: Commit): void {
  for (const row of commit.tell ?? []) {
    statements.push(tellWork(row));
  }
  if (!commit.ended) return;
  const { run, child } = commit.ended;
  const { index, execution, items, status, redriven } = child;
  const params = [run, index, execution, items, status, redriven ? 1 : 0];
  statements.push({ sql: INSERT_ENDING, params });
}

export const tellWork = (row: WorkRow): Statement => ({
  sql: TELL_WORK,
  params: workValues(row.execution, row),
});

function workValues(execution: number, row: Omit<WorkRow, 'execution'>): Value[] {
  return [
    execution,
    row.scope,
    row.attempt,
    row.kind,
    row.status,
    row.epoch,
    wakeOf(row),
    row.due ?? null,
    row.activity ?? null,
    row.payload ?? null,
  ];
}
