/** A child as result files and uncompacted results show it (documented shape). */
import type { JsonObject } from '../../../ground/json.ts';
import { printInstant } from '../../../ground/time.ts';
import type { ExecutionHead } from '../../../store/executions/store.ts';

export function recordOf(child: ExecutionHead): JsonObject {
  const { status, error, cause, output, startedAt, stoppedAt } = child;
  const redrivable = status !== 'SUCCEEDED' && status !== 'RUNNING';
  return {
    ...(cause !== undefined && { Cause: cause }),
    ...(error !== undefined && { Error: error }),
    ...named(child.arn, child.name, child.input),
    ...(output !== undefined && { Output: output }),
    OutputDetails: { Included: true },
    RedriveCount: child.redriveCount,
    ...(redrivable
      ? { RedriveStatus: 'REDRIVABLE_BY_MAP_RUN' }
      : {
          RedriveStatus: 'NOT_REDRIVABLE',
          RedriveStatusReason: `Execution is ${status} and cannot be redriven`,
        }),
    StartDate: printInstant(startedAt),
    StateMachineArn: child.machineArn,
    Status: status,
    ...(stoppedAt !== undefined && { StopDate: printInstant(stoppedAt) }),
  };
}

/** A child that never ran. */
export function pendingRecordOf(
  child: Pick<ExecutionHead, 'arn' | 'name' | 'input' | 'machineArn'>,
): JsonObject {
  return {
    ...named(child.arn, child.name, child.input),
    StateMachineArn: child.machineArn,
    Status: 'PENDING',
  };
}

const named = (arn: string, name: string, input: string): JsonObject => ({
  ExecutionArn: arn,
  Input: input,
  InputDetails: { Included: true },
  Name: name,
});
