/** What sees every commit of executions: segments, logs, feeds and events are made of it. */
import type { HistoryRecord } from '../../execution/record.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';

/** Sees every commit's records once, after the commit; at boot heads behind are shown again. */
export interface Projector {
  /** Which executions it must not miss a record of; absent = all. */
  wants?(head: ExecutionHead): boolean;
  project(head: ExecutionHead, records: readonly HistoryRecord[]): void | Promise<void>;
}
