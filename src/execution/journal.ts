/**
 * Records out of a stored journal: the one place where JSON becomes records. What this version
 * wrote is right by construction, and what earlier ones wrote stays readable (test/golden/journals).
 * A type that is not known here is of a later version; nothing can be said of its execution.
 */
import { isKnown } from './evolve.ts';
import type { HistoryRecord } from './record.ts';

export class UnknownRecord extends Error {
  override name = 'UnknownRecord';
}

/** `json`: the array that was stored. Throws UnknownRecord. */
export function readRecords(json: unknown): HistoryRecord[] {
  const records = json as HistoryRecord[];
  for (const { type } of records) {
    if (isKnown(type)) continue;
    throw new UnknownRecord(`the journal has a record of the type ${type}, of a later version`);
  }
  return records;
}
