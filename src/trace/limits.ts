/** Every quota of X-Ray that we keep, and the bounds of our own. Source: AWS X-Ray quotas. */
export const DOCUMENT_BYTES_MAX = 64 * 1024;
/** Brackets within brackets; more could not be printed again. */
export const DOCUMENT_DEPTH_MAX = 1_000;
export const NAME_LENGTH_MAX = 200;
/** Distinct indexed annotations of a trace; more stay in the documents, unindexed. */
export const ANNOTATIONS_PER_TRACE_MAX = 50;
export const ANNOTATION_KEY_LENGTH_MAX = 500;
export const ANNOTATION_VALUE_LENGTH_MAX = 1_000;

/**
 * AWS freezes a trace at 500 KB. A long Map writes more than that, so here the bound is only what
 * one trace may cost in memory.
 */
export const TRACE_BYTES_MAX = 20 * 1024 * 1024;
/** Subsegments deeper than this hang under the one at this depth. */
export const TREE_DEPTH_MAX = 200;
/** Segments and edges of one trace that `service()` and `edge()` look at. */
export const SEGMENT_FACTS_MAX = 1_000;
export const SERVICES_PER_TRACE_MAX = 500;
export const USERS_PER_TRACE_MAX = 100;
export const RESOURCES_PER_TRACE_MAX = 100;
/** Distinct root causes of one kind in a summary. */
export const ROOT_CAUSES_MAX = 10;
/** Entries of one answered histogram; above it neighbours are merged. */
export const HISTOGRAM_ENTRIES_MAX = 1_000;

export const BATCH_GET_TRACES_MAX = 5;
export const SUMMARIES_RANGE_MS_MAX = 24 * 3_600_000;
export const GRAPH_RANGE_MS_MAX = 6 * 3_600_000;
export const SAMPLING_RULES_MAX = 25;
export const GROUPS_MAX = 25;
/** Share of the root's time that makes an entity part of a response time root cause. */
export const ROOT_CAUSE_COVERAGE_MIN = 0.3;
/** Nested parentheses and braces of a filter expression. */
export const FILTER_DEPTH_MAX = 50;
export const FILTER_LENGTH_MAX = 2_000;

/** Clients report every 10 s, get a quota for 5 minutes, and are forgotten when silent. */
export const SAMPLING_INTERVAL_SECONDS = 10;
export const SAMPLING_TTL_SECONDS = 300;
export const SAMPLING_CLIENT_SILENCE_MS = 60_000;
