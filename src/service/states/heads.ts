/** Standard executions by their ARNs. */
import type { ExecutionHead } from '../../store/executions/store.ts';
import { executionArnOf } from './arns.ts';
import type { StatesDeps } from './deps.ts';
import { executionMissing } from './faults.ts';

/** Throws InvalidArn and ExecutionDoesNotExist. */
export async function headOf(deps: StatesDeps, executionArn: string): Promise<ExecutionHead> {
  const arn = executionArnOf(executionArn);
  const head = await deps.executions.headByArn(arn);
  if (!head) throw executionMissing(arn);
  return head;
}
