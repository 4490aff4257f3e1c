/**
 * RedriveExecution, and whether an execution can be redriven. A redrive keeps the client token it
 * was asked for with in the history, where a repeated request finds it.
 */
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { redriveRefusal, redriveToken } from '../../execution/redrive.ts';
import { invariant } from '../../ground/invariant.ts';
import type { Instant } from '../../ground/time.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import { notRedrivable } from './faults.ts';
import { headOf } from './heads.ts';
import { REDRIVE_TOKEN_MS, REDRIVE_TOKENS_MAX } from './limits.ts';

export function redriveHandlers(deps: StatesDeps) {
  return {
    RedriveExecution: async ({ executionArn, clientToken }) => ({
      redriveDate: new Date(await redrive(deps, executionArn!, clientToken)),
    }),
  } satisfies StatesHandlers;
}

async function redrive(
  deps: StatesDeps,
  executionArn: string,
  clientToken: string | undefined,
): Promise<Instant> {
  let head = await headOf(deps, executionArn);
  for (;;) {
    const before = await redrivenBefore(deps, head, clientToken);
    if (before !== undefined) return before;
    const refusal = await refusalOf(deps, head);
    if (refusal !== undefined) throw notRedrivable(refusal);
    deps.engine.refuseToReopen(head);
    const { redriveCount } = head;
    const signal = { type: 'Redrive', after: redriveCount, clientToken } as const;
    const done = await deps.engine.signal(head.id, signal);
    head = await headOf(deps, executionArn);
    if (done) return head.redrivenAt!;
    invariant(head.redriveCount > redriveCount, 'only another redrive comes before a redrive');
  }
}

/** When a redrive with this token was made, as long as the token counts. */
async function redrivenBefore(
  deps: StatesDeps,
  head: ExecutionHead,
  clientToken: string | undefined,
): Promise<Instant | undefined> {
  const since = deps.tools.now() - REDRIVE_TOKEN_MS;
  if (clientToken === undefined || (head.redrivenAt ?? since) <= since) return undefined;
  let seen = 0;
  let from = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const page = { from, limit: 1_000, reverse: true };
    const records = await deps.executions.history(head.id, page);
    for (const record of records) {
      if (record.at <= since || seen === REDRIVE_TOKENS_MAX) return undefined;
      if (record.type !== 'ExecutionRedriven') continue;
      if (redriveToken(record) === clientToken) return record.at;
      seen++;
    }
    if (records.length < page.limit) return undefined;
    from = records.at(-1)!.id - 1;
  }
}

/** As DescribeExecution tells it. */
export async function redriveStatus(
  deps: StatesDeps,
  head: ExecutionHead,
): Promise<Pick<DescribeExecutionOutput, 'redriveStatus' | 'redriveStatusReason'>> {
  if (ofMapRun(head)) return { redriveStatus: 'REDRIVABLE_BY_MAP_RUN' };
  const reason = await refusalOf(deps, head);
  if (reason === undefined) return { redriveStatus: 'REDRIVABLE' };
  return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason };
}

/** Why not, in AWS's words; what costs a look elsewhere is asked only where it decides. */
async function refusalOf(deps: StatesDeps, head: ExecutionHead): Promise<string | undefined> {
  if (ofMapRun(head)) return 'Execution can only be redriven by its Map Run';
  const now = deps.tools.now();
  const facts = { ...head, events: 0, machineDeleting: false };
  const refusal = redriveRefusal(facts, now, deps.limits);
  if (refusal !== undefined) return refusal;
  const machine = await deps.catalog.find(head.machineArn);
  const last = { from: Number.MAX_SAFE_INTEGER, limit: 1, reverse: true };
  const [record] = await deps.executions.history(head.id, last);
  return redriveRefusal(
    {
      ...facts,
      events: record?.id ?? 0,
      machineDeleting: !machine || machine.deleting === true || machine.createdAt > head.startedAt,
    },
    now,
    deps.limits,
  );
}

/** Closed without success as a child of a Map Run, which alone redrives it. */
const ofMapRun = ({ mapRunArn, status }: ExecutionHead): boolean =>
  mapRunArn !== undefined && status !== 'RUNNING' && status !== 'SUCCEEDED';
