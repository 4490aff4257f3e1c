/** Heads and work rows as columns and back. */
import { createHash } from 'node:crypto';
import type { Row, Value } from '../database.ts';
import type { ExecutionHead, HeadChange, WorkRow } from './store.ts';
import { listedAt } from './token.ts';

const ARN_KEY_BYTES = 12;

export function arnKey(arn: string): Uint8Array {
  return createHash('sha256').update(arn).digest().subarray(0, ARN_KEY_BYTES);
}

/** Members of a head that no query asks for; they share one column. */
type Origin = Pick<
  ExecutionHead,
  | 'machineName'
  | 'roleArn'
  | 'definitionHash'
  | 'revisionId'
  | 'revisedAt'
  | 'testCase'
  | 'parent'
  | 'mapItem'
  | 'traceHeader'
  | 'trace'
  | 'tracingEnabled'
  | 'logging'
>;

export const HEAD_COLUMNS = [
  'id',
  'arn_key',
  'account',
  'region',
  'arn',
  'name',
  'machine_arn',
  'version_arn',
  'alias_arn',
  'map_run_arn',
  'type',
  'origin',
  'started_at',
  'listed_at',
  'status',
  'stopped_at',
  'redrive_count',
  'redriven_at',
  'error',
  'cause',
  'output',
  'input',
] as const;

export function headValues(head: ExecutionHead): Value[] {
  const { machineName, roleArn, definitionHash, revisionId, revisedAt, parent, mapItem } = head;
  const { traceHeader, trace, tracingEnabled, logging } = head;
  const origin: Origin = {
    machineName,
    roleArn,
    definitionHash,
    tracingEnabled,
    ...(revisionId !== undefined && { revisionId }),
    ...(revisedAt !== undefined && { revisedAt }),
    ...(head.testCase !== undefined && { testCase: head.testCase }),
    ...(parent && { parent }),
    ...(mapItem && { mapItem }),
    ...(traceHeader !== undefined && { traceHeader }),
    ...(trace && { trace }),
    ...(logging !== undefined && { logging }),
  };
  return [
    head.id,
    arnKey(head.arn),
    head.account,
    head.region,
    head.arn,
    head.name,
    head.machineArn,
    head.versionArn ?? null,
    head.aliasArn ?? null,
    head.mapRunArn ?? null,
    head.type,
    JSON.stringify(origin),
    head.startedAt,
    listedAt(head),
    head.status,
    head.stoppedAt ?? null,
    head.redriveCount,
    head.redrivenAt ?? null,
    head.error ?? null,
    head.cause ?? null,
    head.output ?? null,
    head.input,
  ];
}

/** What a SELECT of heads asks for; `seq` is the number of the last commit. */
export const HEAD_FIELDS = `${HEAD_COLUMNS.filter((name) => name !== 'arn_key').join(', ')},
  (SELECT max(seq) FROM journal WHERE execution = id) AS seq`;
export const SELECT_HEAD = `SELECT ${HEAD_FIELDS} FROM execution`;

export function headOf(row: Row): ExecutionHead {
  const origin = JSON.parse(row.origin as string) as Origin;
  const head: ExecutionHead = {
    id: row.id as number,
    account: row.account as string,
    region: row.region as string,
    arn: row.arn as string,
    name: row.name as string,
    machineArn: row.machine_arn as string,
    type: row.type as ExecutionHead['type'],
    input: row.input as string,
    startedAt: row.started_at as number,
    seq: row.seq as number,
    status: row.status as ExecutionHead['status'],
    redriveCount: row.redrive_count as number,
    ...origin,
  };
  const optional: Record<string, Value | undefined> = {
    versionArn: row.version_arn,
    aliasArn: row.alias_arn,
    mapRunArn: row.map_run_arn,
    stoppedAt: row.stopped_at,
    redrivenAt: row.redriven_at,
    error: row.error,
    cause: row.cause,
    output: row.output,
  };
  for (const [name, value] of Object.entries(optional)) {
    if (value !== null) Object.assign(head, { [name]: value });
  }
  return head;
}

/** Column of each member that a commit may change. */
export const CHANGE_COLUMNS: Readonly<Record<keyof HeadChange, string>> = {
  status: 'status',
  stoppedAt: 'stopped_at',
  output: 'output',
  error: 'error',
  cause: 'cause',
  redriveCount: 'redrive_count',
  redrivenAt: 'redriven_at',
};

export const SELECT_WORK =
  'SELECT execution, scope, attempt, kind, status, epoch, due, activity, payload FROM work';

/** Ready rows are looked at now, waiting ones at their due time, owned ones by their owner. */
export function wakeOf(row: Pick<WorkRow, 'status' | 'due'>): number | null {
  if (row.status === 'ready') return 0;
  return row.status === 'waiting' ? (row.due ?? null) : null;
}

export function workOf(row: Row): WorkRow {
  return {
    execution: row.execution as number,
    scope: row.scope as string,
    attempt: row.attempt as number,
    kind: row.kind as WorkRow['kind'],
    status: row.status as WorkRow['status'],
    epoch: row.epoch as number,
    ...(row.due !== null && { due: row.due as number }),
    ...(row.activity !== null && { activity: row.activity as string }),
    ...(row.payload !== null && { payload: row.payload as string }),
  };
}
