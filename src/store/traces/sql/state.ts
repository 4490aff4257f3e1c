/** Single numbers about the whole store of traces. */
import type { Database, Statement } from '../../database.ts';

/** The highest number a log row ever had; the first minute whose statistics are kept. */
export type StateName = 'lastLog' | 'horizonMinute';

export async function readState(database: Database, name: StateName): Promise<number> {
  const sql = 'SELECT value FROM trace_state WHERE name = $1';
  const [row] = await database.read(sql, [name]);
  return (row?.value as number | undefined) ?? 0;
}

export function setState(name: StateName, value: number): Statement {
  return {
    sql: `INSERT INTO trace_state (name, value) VALUES ($1, $2)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    params: [name, value],
  };
}
