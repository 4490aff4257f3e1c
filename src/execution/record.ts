/**
 * A record: one AWS history event plus the private fields that AWS's answer leaves out.
 *
 * Records are the journal. GetExecutionHistory, X-Ray segments, log events, metrics and redrive are
 * views of them, and folding them with `evolve` gives an execution's state exactly.
 */
import type { JsonObject } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';

/**
 * Where in the execution something happens: '' is the execution itself; entering a branch or an
 * iteration appends `/<entered event id>.<index>`, so that every scope has its own name for ever and
 * the scopes below one share its text as a prefix.
 */
export type ScopePath = string;

export interface HistoryRecord {
  /** AWS's event type, or a private type (lower case first letter) that AWS does not show. */
  readonly type: string;
  /** AWS's event id from 1 without a hole; 0 for private records. */
  readonly id: number;
  readonly previousEventId: number;
  readonly at: Instant;
  /** Contents of AWS's `…EventDetails`; undefined where AWS has no such member. */
  readonly details?: JsonObject;
  readonly scope: ScopePath;
  /** Private fields by record type; documented where the type is made (see execution/event.ts). */
  readonly hidden?: JsonObject;
}
