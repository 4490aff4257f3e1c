/** What is reckoned of an execution's head. */

/** Milliseconds it has taken, or has taken so far. */
export function elapsed(row: { startDate: number; stopDate?: number }, now: number): number {
  const end = row.stopDate === undefined ? now : row.stopDate * 1000;
  return Math.max(0, end - row.startDate * 1000);
}

/** Epoch seconds; where lists of the server have it: what ended by its end, what runs by its start. */
export function lastChange(row: {
  startDate: number;
  stopDate?: number;
  redriveDate?: number;
}): number {
  return row.stopDate ?? row.redriveDate ?? row.startDate;
}
