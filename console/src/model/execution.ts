/** What is reckoned of an execution's head. */

/** Milliseconds it has taken, or has taken so far. */
export function elapsed(row: { startDate: number; stopDate?: number }, now: number): number {
  const end = row.stopDate === undefined ? now : row.stopDate * 1000;
  return Math.max(0, end - row.startDate * 1000);
}
