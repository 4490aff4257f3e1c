/** Heads, records and commits to examine stores with. */
import type { HistoryRecord, ScopePath } from '../../execution/record.ts';
import type { Commit, ExecutionHead, ExecutionStore, WorkChange, WorkRow } from './store.ts';

export const T0 = 1_763_630_000_000;
export const NO_WORK: WorkChange = { cancel: [], remove: [], put: [], clear: false };
export const PLACE = { account: '000000000000', region: 'us-east-1' };
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:m';

export function sampleHead(id: number, change: Partial<ExecutionHead> = {}): ExecutionHead {
  const name = change.name ?? `run-${id}`;
  return {
    id,
    ...PLACE,
    name,
    arn: `arn:aws:states:us-east-1:000000000000:execution:m:${name}`,
    machineArn: MACHINE,
    machineName: 'm',
    type: 'STANDARD',
    roleArn: 'arn:aws:iam::000000000000:role/r',
    definitionHash: 'abc',
    input: '{}',
    startedAt: T0 + id,
    tracingEnabled: false,
    seq: 0,
    status: 'RUNNING',
    redriveCount: 0,
    ...change,
  };
}

/** Stores do not look into records, so that what is in them need not fit together. */
export function sampleRecord(
  id: number,
  change: {
    readonly scope?: ScopePath;
    readonly details?: object;
    readonly hidden?: object;
  } = {},
): HistoryRecord {
  const record = {
    type: id > 0 ? 'PassStateEntered' : 'timerFired',
    id,
    previousEventId: Math.max(0, id - 1),
    at: T0 + id,
    details: { name: `s${id}`, input: '{"a":1}' },
    scope: '',
    ...change,
  };
  return record as HistoryRecord;
}

/** Records with ids `from`…`to`. */
export function sampleRecords(from: number, to: number): HistoryRecord[] {
  return Array.from({ length: to - from + 1 }, (_, i) => sampleRecord(from + i));
}

export function sampleCommit(
  execution: number,
  expectedSeq: number,
  change: Partial<Commit> = {},
): Commit {
  const records = [sampleRecord(expectedSeq + 1)];
  return { execution, expectedSeq, records, work: NO_WORK, ...change };
}

export function sampleWork(
  attempt: number,
  change: Partial<WorkRow> = {},
): Omit<WorkRow, 'execution'> {
  return { scope: '', attempt, kind: 'task', status: 'ready', epoch: 0, ...change };
}

/** Creates an execution with one commit and answers its id. */
export async function started(
  store: ExecutionStore,
  head: Partial<ExecutionHead> = {},
  commit: Partial<Commit> = {},
): Promise<number> {
  const id = store.nextId();
  await store.create(sampleHead(id, head), sampleCommit(id, 0, commit));
  return id;
}

/** Creates one with these rows. */
export function waitingFor(
  store: ExecutionStore,
  ...put: Omit<WorkRow, 'execution'>[]
): Promise<number> {
  return started(store, {}, { work: { ...NO_WORK, put } });
}
