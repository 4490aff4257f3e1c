/**
 * Lists of executions, most recent first, by a cursor of (listed_at, id), so that a page costs the
 * same wherever it lies and nothing is skipped when executions come and go.
 */
import type { Page } from '../../ground/page.ts';
import type { Row, Value } from '../database.ts';
import { headOf, SELECT_HEAD } from './sql-rows.ts';
import type { ExecutionHead, ListQuery } from './store.ts';
import { cursorOf, tokenAfter } from './token.ts';

/** The statement for a page; one row more than asked for tells whether another page follows. */
export function listStatement(query: ListQuery): { sql: string; params: Value[] } {
  const params: Value[] = [query.account, query.region];
  const terms = ['account = $1', 'region = $2'];
  const add = (term: string, value: Value): void => {
    params.push(value);
    terms.push(term.replaceAll('?', `$${params.length}`));
  };
  const { machineArn, versionArn, aliasArn, mapRunArn, type, status } = query;
  if (machineArn !== undefined) add('machine_arn = ?', machineArn);
  if (versionArn !== undefined) add('version_arn = ?', versionArn);
  if (aliasArn !== undefined) add('alias_arn = ?', aliasArn);
  if (mapRunArn !== undefined) add('map_run_arn = ?', mapRunArn);
  if (type !== undefined) add('type = ?', type);
  if (status !== undefined) add('status = ?', status);
  // Said once more as a constant: only then may the index of these be used.
  if (status !== undefined && status !== 'SUCCEEDED') terms.push("status <> 'SUCCEEDED'");
  if (query.redriven !== undefined) terms.push(`redrive_count ${query.redriven ? '>' : '='} 0`);
  if (query.nameContains) {
    add("lower(name) LIKE ? ESCAPE '!'", `%${escapeLike(lowerAscii(query.nameContains))}%`);
  }
  // Nothing is listed before its start, which lets the walk along the index end early.
  if (query.startedFrom !== undefined) add('started_at >= ? AND listed_at >= ?', query.startedFrom);
  if (query.startedTo !== undefined) add('started_at <= ?', query.startedTo);
  const cursor = cursorOf(query);
  if (cursor) {
    params.push(cursor.listedAt, cursor.id);
    terms.push(`(listed_at, id) < ($${params.length - 1}, $${params.length})`);
  }
  params.push(query.limit + 1);
  const sql = `${SELECT_HEAD} WHERE ${terms.join(' AND ')}
    ORDER BY listed_at DESC, id DESC LIMIT $${params.length}`;
  return { sql, params };
}

export function pageOf(query: ListQuery, rows: readonly Row[]): Page<ExecutionHead> {
  const items = rows.slice(0, query.limit).map(headOf);
  if (rows.length <= query.limit) return { items };
  return { items, nextToken: tokenAfter(query, items.at(-1)!) };
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function escapeLike(text: string): string {
  return text.replace(/[!%_]/g, '!$&');
}
