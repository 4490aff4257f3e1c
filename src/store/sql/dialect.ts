/**
 * What little differs between the SQL texts of the two databases. Everything else is written in the
 * subset that both understand.
 */

/** `$1` is a name to SQLite and would be numbered by its first appearance; `?1` is a position. */
export function sqliteText(sql: string): string {
  return sql.replace(/\$(\d+)/g, '?$1');
}

/** Column types are written as SQLite knows them; PostgreSQL's integers would be too short. */
export function postgresText(sql: string): string {
  return sql.replace(/\bBLOB\b/g, 'BYTEA').replace(/\bINTEGER\b/g, 'BIGINT');
}
