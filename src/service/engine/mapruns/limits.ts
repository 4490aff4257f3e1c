/** How much a Map Run does at once. */

/** Children that one commit starts at most, and endings that it counts. */
export const CHILDREN_PER_COMMIT = 1_000;
/** Batches of children that are being begun while the cursor before them is written. */
export const BATCHES_MAX = 3;
/** Children are begun for this long before others have their turn. */
export const SLICE_MS = 8;
/** After the store or a service failed, it is tried again this much later. */
export const RETRY_AFTER_MS = 500;
/** How often the store is asked for endings that nobody here has told. */
export const LOOK_AFTER_MS = 5_000;
/** Signals to children that are under way together. */
export const SIGNALS_MAX = 200;
