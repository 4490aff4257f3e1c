/** Fixed numbers of the operations of Step Functions. */

/** Of one execution, the latest ones; a redrive with one of these tokens is the one that was. */
export const REDRIVE_TOKENS_MAX = 10;
export const REDRIVE_TOKEN_MS = 15 * 60_000;
