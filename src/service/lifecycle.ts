/** Something that runs from start to stop. Both are idempotent and safe in any order. */
export interface Service {
  start(): Promise<void>;
  /** Stops accepting, lets work in flight finish within bounds, then releases everything. */
  stop(): Promise<void>;
}
