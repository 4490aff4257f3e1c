/** Executions of both kinds as they are read beyond AWS's operations, wherever they are kept. */
import type { HistoryRecord } from '../../execution/record.ts';
import type { Page } from '../../ground/page.ts';
import type { ExecutionHead, ListQuery } from '../../store/executions/store.ts';

export interface ExecutionReads {
  list(query: ListQuery): Promise<Page<ExecutionHead>>;
  headByArn(arn: string): Promise<ExecutionHead | undefined>;
  /** Numbered records from event id `from` on; descending from `from` down when `reverse`. */
  history(
    head: ExecutionHead,
    page: { from: number; limit: number; reverse: boolean },
  ): Promise<readonly HistoryRecord[]>;
  /** Text of the definition that this execution runs. */
  definition(head: ExecutionHead): Promise<string | undefined>;
}
