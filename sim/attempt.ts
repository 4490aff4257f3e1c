/** Which attempt, or timer, a record is about. */
import type { HistoryRecord } from '../src/execution/record.ts';

/** Undefined for records that are about none. */
export const attemptOf = ({ hidden }: HistoryRecord): number | undefined =>
  hidden && 'attempt' in hidden ? hidden.attempt : undefined;
