/** Map Runs: describe, list, update. */
import type { MapRunExecutionCounts, UpdateMapRunInput } from '@aws-sdk/client-sfn';
import { countsOf, type MapRunCounts } from '../../execution/maprun.ts';
import type { StoredMapRun } from '../../store/mapruns/store.ts';
import { mapRunArnOf } from './arns.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import { resourceMissing, validation } from './faults.ts';
import { headOf } from './heads.ts';
import { pageLimit } from './paging.ts';

export function mapRunHandlers(deps: StatesDeps) {
  return {
    DescribeMapRun: async ({ mapRunArn }) => described(await mapRunOf(deps, mapRunArn!)),
    ListMapRuns: async ({ executionArn, maxResults, nextToken }) => {
      const head = await headOf(deps, executionArn!);
      const limit = pageLimit(maxResults);
      const page = await deps.mapRunStore.ofExecution(head.id, limit, nextToken);
      return {
        mapRuns: page.items.map((run) => ({
          executionArn: head.arn,
          mapRunArn: run.arn,
          stateMachineArn: run.machineArn,
          ...datesOf(run),
        })),
        nextToken: page.nextToken,
      };
    },
    UpdateMapRun: async (input) => {
      await update(deps, input);
      return {};
    },
  } satisfies StatesHandlers;
}

/** Throws InvalidArn and ResourceNotFound. */
export async function mapRunOf(deps: StatesDeps, text: string): Promise<StoredMapRun> {
  const arn = mapRunArnOf(text);
  const run = deps.mapRuns.held(arn) ?? (await deps.mapRunStore.byArn(arn));
  if (!run) throw resourceMissing(arn);
  return run;
}

function datesOf({ state }: StoredMapRun) {
  return {
    startDate: new Date(state.startedAt),
    ...(state.stoppedAt !== undefined && { stopDate: new Date(state.stoppedAt) }),
  };
}

function described(run: StoredMapRun) {
  const { state, order } = run;
  const counts = countsOf(state, order.batcher !== undefined);
  return {
    mapRunArn: run.arn,
    executionArn: run.execution.arn,
    status: state.status,
    ...datesOf(run),
    maxConcurrency: state.maxConcurrency,
    toleratedFailurePercentage: state.toleratedFailurePercentage ?? 0,
    toleratedFailureCount: state.toleratedFailureCount ?? 0,
    itemCounts: shown(counts.items),
    executionCounts: shown(counts.executions),
    redriveCount: state.redriveCount,
    ...(state.redrivenAt !== undefined && { redriveDate: new Date(state.redrivenAt) }),
  };
}

/** What only a redrive makes is told where there is any of it. */
function shown({ pendingRedrive, ...counts }: MapRunCounts): MapRunExecutionCounts {
  return { ...counts, ...(pendingRedrive > 0 && { pendingRedrive }) };
}

async function update(deps: StatesDeps, input: UpdateMapRunInput): Promise<void> {
  const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = input;
  const change = { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage };
  mapRunArnOf(input.mapRunArn!);
  if (Object.values(change).every((value) => value === undefined)) {
    throw validation(
      'At least one of maxConcurrency, toleratedFailureCount and toleratedFailurePercentage ' +
        'must be specified.',
      'MISSING_REQUIRED_PARAMETER',
    );
  }
  const { arn } = await mapRunOf(deps, input.mapRunArn!);
  if (await deps.mapRuns.update(arn, { type: 'Update', ...change })) return;
  throw validation(
    'The Map Run has completed and cannot be updated.',
    'CANNOT_UPDATE_COMPLETED_MAP_RUN',
  );
}
