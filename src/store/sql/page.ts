/**
 * Pages of ordered rows by a cursor, the columns of the last row of the page before, so that a page
 * costs the same wherever it lies and nothing is skipped when rows come and go.
 */
import { Fault } from '../../ground/fault.ts';
import { decodeToken, encodeToken, type Page } from '../../ground/page.ts';
import type { Database, Row, Statement, Value } from '../database.ts';
import { compareTexts, prefixEnd } from './text.ts';

/** A term of a WHERE and its values: each `?` in it stands for the next one. */
export type Term = readonly [sql: string, ...values: Value[]];

export interface PageQuery {
  /** `SELECT … FROM …` */
  readonly select: string;
  readonly where: readonly Term[];
  /** What orders the rows; together they are unique. */
  readonly columns: readonly string[];
  /** Of the row after which the page begins, in the order of the page. */
  readonly after?: readonly Value[] | undefined;
  readonly descending?: boolean | undefined;
  readonly limit: number;
}

export function pageOf(query: PageQuery): Statement {
  const { select, columns, after, descending = false, limit } = query;
  const params: Value[] = [];
  const bind = (value: Value): string => `$${params.push(value)}`;
  const terms = query.where.map(([sql, ...values]) => {
    let next = 0;
    return sql.replaceAll('?', () => bind(values[next++]!));
  });
  if (after) {
    const values = after.map(bind).join(', ');
    terms.push(`(${columns.join(', ')}) ${descending ? '<' : '>'} (${values})`);
  }
  const order = columns.map((column) => (descending ? `${column} DESC` : column)).join(', ');
  const sql = `${select} WHERE ${terms.join(' AND ')} ORDER BY ${order} LIMIT ${bind(limit)}`;
  return { sql, params };
}

/** A page of the rows whose `column`, which orders them, begins with a text. */
export function prefixPageOf(
  query: Omit<PageQuery, 'columns' | 'after'> & {
    readonly column: string;
    readonly prefix: string;
    readonly after?: string | undefined;
  },
): Statement {
  const { column, prefix, after, descending = false } = query;
  const end = prefixEnd(prefix);
  const isWithin = (text: string): boolean =>
    descending ? end === undefined || compareTexts(text, end) < 0 : compareTexts(text, prefix) >= 0;
  const cursor = after !== undefined && isWithin(after) ? [after] : undefined;
  const where: Term[] = [...query.where];
  // One bound at each end: of two, a database would start its walk at either.
  if (prefix !== '' && (!cursor || descending)) where.push([`${column} >= ?`, prefix]);
  if (end !== undefined && (!cursor || !descending)) where.push([`${column} < ?`, end]);
  return pageOf({ ...query, where, columns: [column], after: cursor });
}

/** A list whose pages are asked for by tokens, over a number that orders its rows. */
export interface TokenQuery<T> extends Omit<PageQuery, 'columns' | 'after'> {
  readonly column: string;
  /** Of the list: a token of another one is refused. */
  readonly purpose: string;
  readonly token: string | undefined;
  readonly of: (row: Row) => T;
}

/** Throws InvalidToken. One row more than asked for tells whether another page follows. */
export async function readTokenPage<T>(db: Database, query: TokenQuery<T>): Promise<Page<T>> {
  const { purpose, token, column, limit, of } = query;
  const after = token === undefined ? undefined : [cursorOf(purpose, token)];
  const page = pageOf({ ...query, columns: [column], after, limit: limit + 1 });
  const rows = await db.read(page.sql, page.params);
  const items = rows.slice(0, limit).map(of);
  if (rows.length <= limit) return { items };
  return { items, nextToken: encodeToken(purpose, rows[limit - 1]![column]) };
}

function cursorOf(purpose: string, token: string): number {
  const cursor = decodeToken(purpose, token);
  if (typeof cursor !== 'number') throw new Fault('InvalidToken', "Invalid Token: 'Invalid token'");
  return cursor;
}
