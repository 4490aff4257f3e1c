/** How an execution on a real server ends. */
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { until } from './server.ts';

export function outcomeOf(
  sfn: SFNClient,
  executionArn: string | undefined,
): Promise<DescribeExecutionCommandOutput> {
  return until('the end', async () => {
    const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return found.status === 'RUNNING' ? undefined : found;
  });
}
