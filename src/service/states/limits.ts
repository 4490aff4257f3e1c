/** Quotas of Step Functions that its operations hold. Source: the guide's page of quotas. */

/** Per state machine. */
export const VERSIONS_MAX = 1_000;
export const ALIASES_MAX = 100;

/** Of one execution, the latest ones; a redrive with one of these tokens is the one that was. */
export const REDRIVE_TOKENS_MAX = 10;
export const REDRIVE_TOKEN_MS = 15 * 60_000;
