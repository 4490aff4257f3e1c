/** The executions that a Map Run starts. */
import { executionArn, expressArn } from '../../../ground/arn.ts';
import { traceId, uuidFrom } from '../../../ground/id.ts';
import type { Tools } from '../../../ground/tools.ts';
import type { ExecutionHead } from '../../../store/executions/store.ts';
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import type { NewExecution } from '../engine.ts';
import type { ChildInput } from './inputs.ts';

/** Between the hash of a definition and the Map state in it whose processor is meant. */
export const PROCESSOR = '#';

/** Whose definition a child runs: that of a Map state's processor. */
export function processorHash(
  { definitionHash }: Pick<ExecutionHead, 'definitionHash'>,
  stateName: string,
): string {
  return `${definitionHash.split(PROCESSOR, 1)[0]}${PROCESSOR}${stateName}`;
}

/**
 * Name and ARN follow from the Map Run and the child's number, so that starting it again finds the
 * one that is there. A child has a trace of its own, sampled as its parent's is: thousands of them
 * in one trace would be more than a trace can hold.
 */
export function childOf(
  run: StoredMapRun,
  parent: ExecutionHead,
  index: number,
  { input, items }: ChildInput,
  tools: Pick<Tools, 'digest' | 'now'>,
): NewExecution {
  const { account, region, machineArn, machineName, order } = run;
  const hex = tools.digest('SHA-256', `${run.arn}\n${index}`);
  const name = uuidFrom(hex);
  const startedAt = tools.now();
  const { executionType: type, stateName } = order;
  return {
    account,
    region,
    arn:
      type === 'STANDARD'
        ? executionArn(run, machineName, name)
        : expressArn(run, machineName, name, uuidFrom(hex.slice(32))),
    name,
    machineArn,
    machineName,
    type,
    roleArn: parent.roleArn,
    definitionHash: processorHash(parent, stateName),
    mapRunArn: run.arn,
    mapItem: { run: run.id, index, items },
    input,
    startedAt,
    tracingEnabled: parent.tracingEnabled,
    ...(parent.trace && {
      trace: { traceId: traceId(startedAt, hex), sampled: parent.trace.sampled },
    }),
    ...(parent.revisionId !== undefined && { revisionId: parent.revisionId }),
    ...(parent.revisedAt !== undefined && { revisedAt: parent.revisedAt }),
    ...(parent.logging !== undefined && { logging: parent.logging }),
    ...(parent.testCase !== undefined && { testCase: parent.testCase }),
  };
}
