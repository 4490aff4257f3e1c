/** How much one engine holds, does at once, and waits. */

/**
 * Task attempts in flight in this process at once; further ones wait as `ready` rows. What a kind
 * of task can bear at once is its integration's business.
 */
export const TASK_SLOTS = 50_000;
/** Cached states of idle executions leave above this sum. */
export const STATE_BYTES_MAX = 256 * 1024 * 1024;
/** Records of one commit after which the rest of the mailbox waits for the next one. */
export const TURN_RECORDS_MAX = 500;
export const TURN_MAILS_MAX = 500;
/** A …Started record waits this long for company. */
export const STARTED_WAITS_MS = 50;
/** After the store failed, an execution is tried again this much later. */
export const RETRY_AFTER_MS = 1_000;
/** Due times up to this far ahead are held in memory. */
export const WINDOW_MS = 60_000;
export const WINDOW_ROWS_MAX = 1_000;
/** Where there are more rows, the next are read when no more executions than these hear theirs. */
export const HEARING_FEW = 100;
export const HEARING_WAIT_MS = 2;
/** Units and bytes waiting for the disk above which new executions are refused. */
export const BACKLOG_UNITS_MAX = 20_000;
export const BACKLOG_BYTES_MAX = 256 * 1024 * 1024;
/** Commits whose projection is unfinished, above which executions wait for theirs. */
export const PROJECTIONS_MAX = 5_000;
