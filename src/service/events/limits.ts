/** How much events carry, and how much of them is kept for who is slow. */

/** Input and output in one event, escaped. AWS's. */
export const EVENT_PAYLOAD_BYTES_MAX = 248 * 1024;
/** Of one subscriber, what waits for it; beyond either, new events pass it by. */
export const QUEUE_EVENTS_MAX = 1_000;
export const QUEUE_BYTES_MAX = 32 * 1024 * 1024;
