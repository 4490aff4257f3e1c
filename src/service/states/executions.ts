/** Executions: start, stop, describe, list, history. */
import type {
  DescribeExecutionOutput,
  ExecutionListItem,
  GetExecutionHistoryInput,
  HistoryEvent,
  ListExecutionsInput,
  StartSyncExecutionInput,
} from '@aws-sdk/client-sfn';
import { historyEvent } from '../../execution/history.ts';
import { decodeToken, encodeToken } from '../../ground/page.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import type { StoredMapRun } from '../../store/mapruns/store.ts';
import type { CallContext } from '../../wire/operations.ts';
import { machineName } from './arns.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import { invalidToken, machineMissing, typeNotSupported, validation } from './faults.ts';
import { headOf } from './heads.ts';
import { mapRunOf } from './map-runs.ts';
import { pageLimit, pageQuery } from './paging.ts';
import { redriveStatus } from './redrive.ts';
import { aliasArn, likeliest, targetOf, versionArn } from './targets.ts';

export function executionHandlers(deps: StatesDeps) {
  return {
    StartExecution: async ({ stateMachineArn, name, input, traceHeader }, context) => {
      const { arn, startedAt } = await deps.starter.start({
        stateMachineArn: stateMachineArn!,
        name,
        input,
        traceHeader: context.traceHeader ?? traceHeader,
      });
      return { executionArn: arn, startDate: new Date(startedAt) };
    },
    StartSyncExecution: (input, context) => startSync(deps, input, context),
    StopExecution: async ({ executionArn, error, cause }) => {
      const head = await headOf(deps, executionArn!);
      await deps.engine.signal(head.id, {
        type: 'Stop',
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
      });
      const { stoppedAt } = await headOf(deps, executionArn!);
      return { stopDate: new Date(stoppedAt ?? deps.tools.now()) };
    },
    DescribeExecution: async ({ executionArn, includedData }) =>
      described(deps, await headOf(deps, executionArn!), includedData !== 'METADATA_ONLY'),
    ListExecutions: (input, context) => listExecutions(deps, input, context),
    GetExecutionHistory: (input) => getHistory(deps, input),
  } satisfies StatesHandlers;
}

async function startSync(deps: StatesDeps, request: StartSyncExecutionInput, context: CallContext) {
  const { stateMachineArn, name, input, traceHeader, includedData } = request;
  const machine = await deps.starter.target(stateMachineArn!);
  if (machine.type !== 'EXPRESS') throw typeNotSupported();
  const header = context.traceHeader ?? traceHeader;
  const execution = await deps.starter.execution(machine, {
    stateMachineArn: stateMachineArn!,
    name,
    input,
    traceHeader: header,
  });
  const head = await deps.express.run(execution);
  const duration = Math.max(head.stoppedAt! - head.startedAt, 1);
  const withData = includedData !== 'METADATA_ONLY';
  return {
    executionArn: head.arn,
    stateMachineArn: head.machineArn,
    name: head.name,
    startDate: new Date(head.startedAt),
    stopDate: new Date(head.stoppedAt!),
    status: head.status as 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT',
    ...(withData && { input: head.input }),
    inputDetails: { included: withData },
    ...(withData && head.output !== undefined && { output: head.output }),
    outputDetails: { included: withData },
    ...(withData && failureOf(head)),
    ...(header !== undefined && { traceHeader: header }),
    billingDetails: {
      billedDurationInMilliseconds: Math.ceil(duration / 100) * 100,
      billedMemoryUsedInMB: 64,
    },
  };
}

const failureOf = ({ error, cause }: ExecutionHead): { error?: string; cause?: string } => ({
  ...(error !== undefined && { error }),
  ...(cause !== undefined && { cause }),
});

/** Fields of a head that several answers share. */
function commonFields(head: ExecutionHead) {
  return {
    executionArn: head.arn,
    stateMachineArn: head.machineArn,
    name: head.name,
    status: head.status,
    startDate: new Date(head.startedAt),
    ...(head.stoppedAt !== undefined && { stopDate: new Date(head.stoppedAt) }),
    ...(head.mapRunArn !== undefined && { mapRunArn: head.mapRunArn }),
    ...(head.versionArn !== undefined && { stateMachineVersionArn: head.versionArn }),
    ...(head.aliasArn !== undefined && { stateMachineAliasArn: head.aliasArn }),
    redriveCount: head.redriveCount,
    ...(head.redrivenAt !== undefined && { redriveDate: new Date(head.redrivenAt) }),
  };
}

async function described(
  deps: StatesDeps,
  head: ExecutionHead,
  withData: boolean,
): Promise<Omit<DescribeExecutionOutput, '$metadata'>> {
  return {
    ...commonFields(head),
    ...(withData && { input: head.input }),
    inputDetails: { included: withData },
    ...(head.output !== undefined && {
      ...(withData && { output: head.output }),
      outputDetails: { included: withData },
    }),
    ...(withData && failureOf(head)),
    ...(head.traceHeader !== undefined && { traceHeader: head.traceHeader }),
    ...(await redriveStatus(deps, head)),
  };
}

async function listExecutions(
  deps: StatesDeps,
  input: ListExecutionsInput,
  { account, region }: CallContext,
) {
  const { stateMachineArn, mapRunArn, statusFilter, redriveFilter, maxResults } = input;
  if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
    throw validation('Exactly one of stateMachineArn and mapRunArn must be specified.');
  }
  if (stateMachineArn === undefined) return listChildren(deps, input);
  if (statusFilter === 'PENDING_REDRIVE') {
    throw validation('PENDING_REDRIVE is only supported when listing by mapRunArn.');
  }
  const name = machineName(stateMachineArn);
  if (name.label !== undefined) throw machineMissing(name.arn);
  const { version, alias, ...machine } = await targetOf(deps.catalog, name, likeliest);
  if (machine.type === 'EXPRESS') throw typeNotSupported();
  const page = await deps.executions.list({
    ...pageQuery({ account, region }, maxResults, input.nextToken),
    machineArn: machine.arn,
    ...(alias ? { aliasArn: aliasArn(alias) } : version && { versionArn: versionArn(version) }),
    ...(statusFilter && { status: statusFilter }),
    ...(redriveFilter && { redriven: redriveFilter === 'REDRIVEN' }),
  });
  return {
    executions: page.items.map((head): ExecutionListItem => commonFields(head)),
    nextToken: page.nextToken,
  };
}

/** Of a Map Run, whatever their type. */
async function listChildren(deps: StatesDeps, input: ListExecutionsInput) {
  const { statusFilter, redriveFilter, maxResults, nextToken } = input;
  const run = await mapRunOf(deps, input.mapRunArn!);
  if (statusFilter === 'PENDING_REDRIVE') return listPendingRedrive(deps, run, input);
  const page = await deps.executions.list({
    ...pageQuery(run, maxResults, nextToken),
    mapRunArn: run.arn,
    ...(statusFilter && { status: statusFilter }),
    ...(redriveFilter && { redriven: redriveFilter === 'REDRIVEN' }),
  });
  return {
    executions: page.items.map((head) => childFields(run, head)),
    nextToken: page.nextToken,
  };
}

/** One that waits for its turn in a redrive says so. */
function childFields({ state }: StoredMapRun, head: ExecutionHead): ExecutionListItem {
  const { id, status, mapItem } = head;
  const waits = state.redrive && id > state.redrive.after && isUnsuccessful(status);
  const shown = waits ? ({ status: 'PENDING_REDRIVE' } as const) : undefined;
  return { ...commonFields(head), ...shown, itemCount: mapItem!.items };
}

const isUnsuccessful = (status: string): boolean => status !== 'SUCCEEDED' && status !== 'RUNNING';

const PENDING_TOKEN = 'pending redrive';

/** In the order in which they will be redriven. */
async function listPendingRedrive(
  deps: StatesDeps,
  run: StoredMapRun,
  { maxResults, nextToken }: ListExecutionsInput,
) {
  const { redrive } = run.state;
  if (!redrive) return { executions: [] };
  const from = nextToken === undefined ? redrive.after : decodeToken(PENDING_TOKEN, nextToken);
  if (typeof from !== 'number') throw invalidToken();
  const limit = pageLimit(maxResults);
  const page = await deps.executions.children(run.arn, Math.max(from, redrive.after), limit);
  return {
    executions: page
      .filter(({ status }) => isUnsuccessful(status))
      .map((head) => childFields(run, head)),
    nextToken: page.length < limit ? undefined : encodeToken(PENDING_TOKEN, page.at(-1)!.id),
  };
}

const HISTORY_TOKEN = 'history';

async function getHistory(deps: StatesDeps, input: GetExecutionHistoryInput) {
  const head = await headOf(deps, input.executionArn!);
  const { reverseOrder: reverse = false, includeExecutionData = true } = input;
  const limit = pageLimit(input.maxResults);
  const from = historyStart(head, reverse, input.nextToken);
  const records = await deps.executions.history(head.id, { from, limit: limit + 1, reverse });
  const next = records[limit];
  return {
    events: records
      .slice(0, limit)
      .map((record) => historyEvent(record, { includeExecutionData }) as HistoryEvent),
    nextToken: next && encodeToken(HISTORY_TOKEN, [head.id, reverse, next.id]),
  };
}

function historyStart(head: ExecutionHead, reverse: boolean, token: string | undefined): number {
  if (token === undefined) return reverse ? Number.MAX_SAFE_INTEGER : 1;
  const cursor = decodeToken(HISTORY_TOKEN, token);
  if (Array.isArray(cursor) && cursor[0] === head.id && cursor[1] === reverse) {
    return cursor[2] as number;
  }
  throw invalidToken();
}
