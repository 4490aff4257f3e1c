/** How many of the newest executions the overview looks at. */
export const RECENT = 500;
export const HOUR_MS = 3_600_000;
