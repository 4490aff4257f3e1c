/**
 * Lists of executions, most recent first, by a cursor of (listed_at, id), so that a page costs the
 * same wherever it lies and nothing is skipped when executions come and go.
 */
import type { Page } from '../../ground/page.ts';
import type { Row, Statement } from '../database.ts';
import { pageOf, type Term } from '../sql/page.ts';
import { headOf, SELECT_HEAD } from './sql-rows.ts';
import type { ExecutionHead, ListQuery } from './store.ts';
import { cursorOf, tokenAfter } from './token.ts';

/** The statement for a page; one row more than asked for tells whether another page follows. */
export function listStatement(query: ListQuery): Statement {
  const where: Term[] = [
    ['account = ?', query.account],
    ['region = ?', query.region],
  ];
  const { machineArn, versionArn, aliasArn, mapRunArn, type, status } = query;
  if (machineArn !== undefined) where.push(['machine_arn = ?', machineArn]);
  if (versionArn !== undefined) where.push(['version_arn = ?', versionArn]);
  if (aliasArn !== undefined) where.push(['alias_arn = ?', aliasArn]);
  if (mapRunArn !== undefined) where.push(['map_run_arn = ?', mapRunArn]);
  if (type !== undefined) where.push(['type = ?', type]);
  if (status !== undefined) where.push(['status = ?', status]);
  // Said once more as a constant: only then may the index of these be used.
  if (status !== undefined && status !== 'SUCCEEDED') where.push(["status <> 'SUCCEEDED'"]);
  if (query.redriven !== undefined) where.push([`redrive_count ${query.redriven ? '>' : '='} 0`]);
  if (query.nameContains) {
    const pattern = `%${escapeLike(lowerAscii(query.nameContains))}%`;
    where.push(["lower(name) LIKE ? ESCAPE '!'", pattern]);
  }
  const { startedFrom: from, startedTo: to } = query;
  // Nothing is listed before its start, which lets the walk along the index end early.
  if (from !== undefined) where.push(['started_at >= ? AND listed_at >= ?', from, from]);
  if (to !== undefined) where.push(['started_at <= ?', to]);
  const cursor = cursorOf(query);
  return pageOf({
    select: SELECT_HEAD,
    where,
    columns: ['listed_at', 'id'],
    after: cursor && [cursor.listedAt, cursor.id],
    descending: true,
    limit: query.limit + 1,
  });
}

export function headsOf(query: ListQuery, rows: readonly Row[]): Page<ExecutionHead> {
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
