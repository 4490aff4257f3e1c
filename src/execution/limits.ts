/** Quotas of one execution. Source: Step Functions developer guide, "Service quotas". */

/** Input, output and intermediate data of a state, in UTF-8 bytes. */
export const DATA_BYTES_MAX = 262_144;
/** All variables of an execution together, in UTF-8 bytes. */
export const VARIABLES_BYTES_MAX = 10_485_760;
/** The event with this number is ExecutionFailed (measured). Standard executions only. */
export const HISTORY_EVENTS_MAX = 25_000;
/**
 * Rough size of the history of an Express execution, which has no number of events it must not
 * exceed; but here it is in memory.
 */
export const EXPRESS_HISTORY_BYTES_MAX = 128 * 1024 * 1024;
export const STANDARD_DURATION_MS_MAX = 365 * 24 * 3_600_000;
export const EXPRESS_DURATION_MS_MAX = 5 * 60_000;
/** A Wait that ends later than this many seconds from now is refused (recorded). */
export const WAIT_SECONDS_MAX = 2 ** 31 - 1;
/** Iterations of an inline Map at once where MaxConcurrency is 0. */
export const INLINE_MAP_CONCURRENCY_MAX = 40;
export const ERROR_LENGTH_MAX = 256;
export const CAUSE_LENGTH_MAX = 32_768;
export const TASK_TOKEN_LENGTH_MAX = 2048;
/** A closed execution can be redriven for this long. */
export const REDRIVE_PERIOD_MS = 14 * 24 * 3_600_000;

/** How much one fold may do before others have their turn. */
export const FOLD_EVENTS_MAX = 500;
export const FOLD_BYTES_MAX = 1_048_576;
export const FOLD_MS_MAX = 10;

/** Children of a Map Run at once; also what MaxConcurrency 0 means. */
export const MAP_RUN_CONCURRENCY_MAX = 10_000;
export const MAP_RUN_REDRIVES_MAX = 1_000;
/** Larger values of MaxItems count as this one (recorded). */
export const READER_ITEMS_MAX = 100_000_000;
