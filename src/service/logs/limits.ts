/** CloudWatch Logs' quotas ("CloudWatch Logs quotas", and the API reference of PutLogEvents). */

export const BATCH_BYTES_MAX = 1_048_576;
/** Counted for each event beside its text. */
export const EVENT_OVERHEAD_BYTES = 26;
export const BATCH_SPAN_MS_MAX = 24 * 60 * 60 * 1_000;
export const EVENT_AGE_MS_MAX = 14 * 24 * 60 * 60 * 1_000;
export const EVENT_AHEAD_MS_MAX = 2 * 60 * 60 * 1_000;
/** Events and bytes of one page of GetLogEvents and FilterLogEvents. */
export const PAGE_EVENTS_MAX = 10_000;
export const PAGE_BYTES_MAX = 1_048_576;
/** Events that one call of FilterLogEvents looks at before it answers what it has. */
export const SCANNED_EVENTS_MAX = 50_000;
export const DESCRIBE_MAX = 50;
export const TAGS_MAX = 50;
export const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];
/** What the log writer holds in memory at most; beyond it events are dropped and counted. */
export const BUFFERED_BYTES_MAX = 32 * 1024 * 1024;
/** Above it the writer writes at once. */
export const BUFFERED_BYTES_SOON = 4 * 1024 * 1024;
export const FLUSH_AFTER_MS = 100;
