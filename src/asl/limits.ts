/** Quotas of the language. Source: Step Functions developer guide, quotas and field references. */
export const STATE_NAME_LENGTH_MAX = 80;
export const VARIABLE_NAME_LENGTH_MAX = 80;
export const LABEL_LENGTH_MAX = 40;
/** Largest value of TimeoutSeconds, HeartbeatSeconds, Seconds, IntervalSeconds and MaxAttempts. */
export const SECONDS_MAX = 99_999_999;
export const MAX_DELAY_SECONDS_MAX = 31_622_400;
/** Steps of one path. Ours. */
export const PATH_STEPS_MAX = 500;
/** Steps of work for the paths and functions of one field. Ours; some 20 ms. */
export const EFFORT_MAX = 1_000_000;
export const INTRINSIC_DEPTH_MAX = 10;
/** Longest text that Base64Encode, Base64Decode and Hash take, in UTF-16 units. */
export const INTRINSIC_TEXT_LENGTH_MAX = 10_000;
export const ARRAY_RANGE_ITEMS_MAX = 1000;
/** Deepest nesting of a definition's JSON. */
export const JSON_DEPTH_MAX = 1000;
/** Expressions: nesting of evaluations. Measured. */
export const JSONATA_DEPTH_MAX = 100;
/** Items of one list that an expression builds: 6,990,256 bytes at 8 each. Measured. */
export const JSONATA_ITEMS_MAX = 873_782;
/** Items of one `$range()`. Measured. */
export const JSONATA_RANGE_ITEMS_MAX = 360_145;
/** Characters of one text that an expression builds: 6,990,256 bytes at 1 each. Measured. */
export const JSONATA_TEXT_LENGTH_MAX = 6_990_256;
/** Characters of all long texts that one evaluation builds together. Ours. */
export const JSONATA_TEXT_TOTAL_MAX = 64_000_000;
/**
 * Steps of one evaluation (jsonata/budget.ts). Ours: AWS ends an evaluation after a second on its
 * own machines; this takes a second or two on one of today.
 */
export const JSONATA_STEPS_MAX = 1_000_000;
/** Size of an expression's result: characters of its texts, and 8 for any other value. Measured. */
export const JSONATA_RESULT_SIZE_MAX = 6_990_256;
