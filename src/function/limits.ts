/** Lambda's quotas, as the AWS Lambda developer guide ("Lambda quotas") gives them. */

/** Request and response of a synchronous invocation: 6 MB and what the envelope may add. */
export const SYNC_PAYLOAD_BYTES_MAX = 6_291_556;
/** Payload of an asynchronous invocation. */
export const ASYNC_PAYLOAD_BYTES_MAX = 1_048_576;
/** A zip that is sent in the call itself. */
export const ZIP_BYTES_MAX = 52_428_800;
export const UNZIPPED_BYTES_MAX = 262_144_000;
/** Not an AWS quota: keeps a zip of millions of empty files from filling the disk with names. */
export const ZIP_ENTRIES_MAX = 50_000;
export const ENVIRONMENT_BYTES_MAX = 4_096;
/** Without the parts of an ARN around it. */
export const FUNCTION_NAME_MAX = 64;
export const TIMEOUT_SECONDS_MAX = 900;
export const TIMEOUT_SECONDS_DEFAULT = 3;
export const MEMORY_MB_MAX = 10_240;
export const MEMORY_MB_DEFAULT = 128;
export const EPHEMERAL_STORAGE_MB_DEFAULT = 512;
export const EPHEMERAL_STORAGE_MB_MAX = 10_240;
/** Concurrent invocations of one account and region. */
export const ACCOUNT_CONCURRENCY = 1_000;
/** What must stay unreserved of them. */
export const UNRESERVED_CONCURRENCY_MIN = 100;
/** Initialization on demand; what takes longer runs again inside the first invocation. */
export const INIT_TIMEOUT_MS = 10_000;
/** The part of the log that LogType Tail answers. */
export const LOG_TAIL_BYTES = 4_096;
/** An error cause that a runtime may send for X-Ray. */
export const XRAY_CAUSE_BYTES_MAX = 65_536;
export const TAGS_MAX = 50;
/** ListFunctions answers at most this many a page, whatever MaxItems says. */
export const LIST_FUNCTIONS_PAGE_MAX = 50;
/** Waits before the first and the second retry of a failed asynchronous invocation. */
export const ASYNC_RETRY_WAITS_MS = [60_000, 120_000] as const;
/** A throttled asynchronous event stays in the queue for at most six hours. */
export const ASYNC_EVENT_AGE_MS_MAX = 6 * 60 * 60 * 1_000;
export const ASYNC_THROTTLE_WAIT_MS_MIN = 1_000;
export const ASYNC_THROTTLE_WAIT_MS_MAX = 5 * 60 * 1_000;
