/** Statements for many rows at once; few distinct texts, so that they stay prepared. */
import type { Statement, Value } from '../../database.ts';

const ROWS_PER_STATEMENT = 16;

/** `head` is `INSERT INTO t (a, b)`, `tail` what follows the values. */
export function insertRows(
  head: string,
  rows: readonly (readonly Value[])[],
  tail = '',
): Statement[] {
  const statements: Statement[] = [];
  const columns = rows[0]?.length ?? 0;
  let at = 0;
  while (at < rows.length) {
    const count = rows.length - at >= ROWS_PER_STATEMENT ? ROWS_PER_STATEMENT : 1;
    const sql = `${head} VALUES ${placeholders(count, columns)} ${tail}`;
    statements.push({ sql, params: rows.slice(at, at + count).flat() });
    at += count;
  }
  return statements;
}

const KEYS_PER_STATEMENT = 16;

/** `sql` says what to do with `key IN (…)`; the last key is repeated where there are fewer. */
export function forKeys(
  sql: (list: string) => string,
  keys: readonly Value[],
  first: readonly Value[] = [],
): Statement[] {
  const statements: Statement[] = [];
  for (let at = 0; at < keys.length; at += KEYS_PER_STATEMENT) {
    const some = keys.slice(at, at + KEYS_PER_STATEMENT);
    while (some.length < KEYS_PER_STATEMENT) some.push(some.at(-1)!);
    const list = some.map((_, index) => `$${first.length + index + 1}`).join(', ');
    statements.push({ sql: sql(list), params: [...first, ...some] });
  }
  return statements;
}

const texts = new Map<string, string>();

function placeholders(rows: number, columns: number): string {
  const key = `${rows} ${columns}`;
  let text = texts.get(key);
  if (text === undefined) {
    const row = (start: number): string =>
      `(${Array.from({ length: columns }, (_, column) => `$${start + column + 1}`).join(', ')})`;
    text = Array.from({ length: rows }, (_, index) => row(index * columns)).join(', ');
    texts.set(key, text);
  }
  return text;
}
