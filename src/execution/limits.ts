/**
 * Quotas of executions and of what belongs to them. Source: Step Functions developer guide,
 * "Service quotas".
 */

/** The quotas that a server may have others of than AWS. */
export interface Limits {
  /** Input, output and intermediate data of a state, in UTF-8 bytes. */
  readonly payloadBytes: number;
  /** All variables of an execution together, in UTF-8 bytes. */
  readonly variablesBytes: number;
  /** The event with this number is ExecutionFailed (measured). Standard executions only. */
  readonly historyEvents: number;
  /**
   * Rough size of the history of an Express execution, which has no number of events it must not
   * exceed; but here it is in memory. Ours.
   */
  readonly expressHistoryBytes: number;
  /** Characters of a definition. */
  readonly definitionLength: number;
  /** Standard executions that run, without the children of Map Runs. */
  readonly openExecutions: number;
  readonly openMapRuns: number;
  /** Children of a Map Run at once; also what MaxConcurrency 0 means. */
  readonly mapRunChildren: number;
  readonly mapRunRedrives: number;
  /** Iterations of an inline Map at once where MaxConcurrency is 0. */
  readonly inlineMapIterations: number;
  readonly stateMachines: number;
  readonly activities: number;
  /** Of one state machine. */
  readonly versions: number;
  readonly aliases: number;
  /** Of one state machine or activity. */
  readonly tags: number;
  /** Workers that wait for a task of one activity. */
  readonly activityWorkers: number;
}

export const AWS_LIMITS: Limits = {
  payloadBytes: 262_144,
  variablesBytes: 10_485_760,
  historyEvents: 25_000,
  expressHistoryBytes: 128 * 1024 * 1024,
  definitionLength: 1_048_576,
  openExecutions: 1_000_000,
  openMapRuns: 1_000,
  mapRunChildren: 10_000,
  mapRunRedrives: 1_000,
  inlineMapIterations: 40,
  stateMachines: 100_000,
  activities: 100_000,
  versions: 1_000,
  aliases: 100,
  tags: 50,
  activityWorkers: 1_000,
};

/** As settings and log lines call it: `payload-bytes`. */
export const limitName = (limit: keyof Limits): string =>
  limit.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** "One year": the longest there is, so that a Wait of 365 days still ends within it. */
export const STANDARD_DURATION_MS_MAX = 366 * 24 * 3_600_000;
export const EXPRESS_DURATION_MS_MAX = 5 * 60_000;
/** A Wait that ends later than this many seconds from now is refused (recorded). */
export const WAIT_SECONDS_MAX = 2 ** 31 - 1;
export const ERROR_LENGTH_MAX = 256;
export const CAUSE_LENGTH_MAX = 32_768;
export const TASK_TOKEN_LENGTH_MAX = 2048;
/** A closed execution can be redriven for this long. */
export const REDRIVE_PERIOD_MS = 14 * 24 * 3_600_000;

/** How much one fold may do before others have their turn. */
export const FOLD_EVENTS_MAX = 500;
export const FOLD_BYTES_MAX = 1_048_576;
export const FOLD_MS_MAX = 10;

/** Larger values of MaxItems count as this one (recorded). */
export const READER_ITEMS_MAX = 100_000_000;
