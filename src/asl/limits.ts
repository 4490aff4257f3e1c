/** Quotas of the language. Source: Step Functions developer guide, quotas and field references. */
export const STATE_NAME_LENGTH_MAX = 80;
export const VARIABLE_NAME_LENGTH_MAX = 80;
export const LABEL_LENGTH_MAX = 40;
export const DEFINITION_BYTES_MAX = 1_048_576;
/** Largest value of TimeoutSeconds, HeartbeatSeconds, Seconds, IntervalSeconds and MaxAttempts. */
export const SECONDS_MAX = 99_999_999;
export const MAX_DELAY_SECONDS_MAX = 31_622_400;
export const INTRINSIC_DEPTH_MAX = 10;
/** Longest text that Base64Encode, Base64Decode and Hash take, in UTF-16 units. */
export const INTRINSIC_TEXT_LENGTH_MAX = 10_000;
export const ARRAY_RANGE_ITEMS_MAX = 1000;
/** Deepest nesting of a definition's JSON. */
export const JSON_DEPTH_MAX = 1000;
