/**
 * The examination of a MapRunStore, together with the executions that it shares endings with.
 *
 * Implementations: SQL, and memory beside the executions in memory, which need it for their
 * children's endings.
 */
import { expect } from 'vitest';
import { type MapRunState, newMapRun } from '../../execution/maprun.ts';
import { NO_WORK, PLACE, sampleCommit, started, T0 } from '../executions/contract-samples.ts';
import type { ExecutionStore } from '../executions/store.ts';
import { type Cases, exercise, type Subject, type SuiteOptions } from '../suite.ts';
import type { MapRunStore, StoredMapRun } from './store.ts';

export interface MapRunStores {
  readonly mapRuns: MapRunStore;
  readonly executions: ExecutionStore;
}

const ORDER = {
  label: 'L',
  stateName: 'M',
  executionType: 'STANDARD',
  maxConcurrency: 3,
  total: 10,
  batcher: { itemsMax: 2, batchInput: '{"ü":"😀"}' },
} as const;

function sampleRun(
  id: number,
  execution: number,
  change: Partial<StoredMapRun> = {},
): StoredMapRun {
  const arn = change.arn ?? `arn:aws:states:us-east-1:000000000000:mapRun:m/L:${id}`;
  const order = { arn, ...ORDER };
  return {
    id,
    ...PLACE,
    arn,
    execution: { id: execution, arn: `arn:e${execution}`, scope: '/4.1' },
    machineArn: 'arn:m/L',
    machineName: 'm/L',
    order,
    seq: 0,
    state: newMapRun(order, 7, T0),
    ...change,
  };
}

async function created(store: MapRunStores, change: Partial<StoredMapRun> = {}) {
  const id = store.executions.nextId();
  const execution = change.execution?.id ?? (await started(store.executions));
  const run = sampleRun(id, execution, change);
  expect(await store.mapRuns.create(run)).toBeUndefined();
  return run;
}

const closed = (state: MapRunState): MapRunState => ({ ...state, stage: 'closed' });
const ended = (run: number, index: number, change: object = {}) => ({
  run,
  child: { index, execution: 100 + index, items: 2, status: 'FAILED', redriven: true, ...change },
});

const cases: Cases<MapRunStores> = {
  'gives back what was created': async (store) => {
    const run = await created(store);
    expect(await store.mapRuns.byArn(run.arn)).toEqual(run);
    expect(await store.mapRuns.byArn('arn:none')).toBeUndefined();
  },

  'an ARN that exists is not created again': async (store) => {
    const run = await created(store);
    const again = sampleRun(store.executions.nextId(), 5, { arn: run.arn });
    expect(await store.mapRuns.create(again)).toEqual(run);
    expect((await store.mapRuns.ofExecution(5, 10)).items).toEqual([]);
  },

  'a commit counts up and is fenced': async (store) => {
    const { mapRuns } = store;
    const run = await created(store);
    const state = { ...run.state, maxConcurrency: 9 };
    const commit = { run: run.id, expectedSeq: 0, state, counted: [] };
    expect(await mapRuns.commit(commit)).toBe('ok');
    expect(await mapRuns.byArn(run.arn)).toEqual({ ...run, seq: 1, state });
    expect(await mapRuns.commit({ ...commit, state: run.state })).toBe('conflict');
    expect(await mapRuns.commit({ ...commit, run: 9_999 })).toBe('conflict');
    expect(await mapRuns.byArn(run.arn)).toEqual({ ...run, seq: 1, state });
  },

  'tells of those that are open, in pages': async (store) => {
    const { mapRuns } = store;
    const runs = [await created(store), await created(store), await created(store)];
    expect((await mapRuns.open(0, 2)).map(({ id }) => id)).toEqual([runs[0]!.id, runs[1]!.id]);
    const [, second] = runs as [StoredMapRun, StoredMapRun];
    const state = closed(second.state);
    await mapRuns.commit({ run: second.id, expectedSeq: 0, state, counted: [] });
    expect((await mapRuns.open(runs[0]!.id, 5)).map(({ id }) => id)).toEqual([runs[2]!.id]);
  },

  'lists those of one execution, the latest first': async (store) => {
    const { mapRuns } = store;
    const execution = { id: await started(store.executions), arn: 'arn:e', scope: '' };
    const ids: number[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await created(store, { execution })).id);
    await created(store);
    const first = await mapRuns.ofExecution(execution.id, 2);
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await mapRuns.ofExecution(execution.id, 2, first.nextToken);
    expect(second.items.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(second.nextToken).toBeUndefined();
    await expect(mapRuns.ofExecution(execution.id + 1, 2, first.nextToken)).rejects.toMatchObject({
      code: 'InvalidToken',
    });
  },

  'endings stay until they are counted': async ({ mapRuns, executions, ...store }) => {
    const run = await created({ mapRuns, executions, ...store });
    for (const index of [4, 1, 2, 9]) {
      await started(executions, {}, { ended: ended(run.id, index) as never });
    }
    await started(executions, {}, { ended: ended(run.id + 1, 1) as never });
    const endings = await mapRuns.endings(run.id);
    expect(endings.map(({ index }) => index)).toEqual([1, 2, 4, 9]);
    expect(endings[0]).toEqual(ended(run.id, 1).child);
    const commit = { run: run.id, expectedSeq: 0, state: run.state, counted: [1, 2, 9] };
    expect(await mapRuns.commit({ ...commit, expectedSeq: 5 })).toBe('conflict');
    expect(await mapRuns.endings(run.id)).toHaveLength(4);
    await mapRuns.commit(commit);
    expect((await mapRuns.endings(run.id)).map(({ index }) => index)).toEqual([4]);
    // Redriven, it ends again.
    const again = ended(run.id, 4, { status: 'SUCCEEDED', redriven: true });
    await started(executions, {}, { ended: again as never });
    expect(await mapRuns.endings(run.id)).toEqual([again.child]);
  },

  'a refused commit of an execution leaves no ending': async ({ mapRuns, executions }) => {
    const run = await created({ mapRuns, executions });
    const id = await started(executions);
    const change = { ended: ended(run.id, 1) as never };
    expect(await executions.commit(sampleCommit(id, 5, change))).toBe('conflict');
    expect(await mapRuns.endings(run.id)).toEqual([]);
  },

  'tells the execution, unless that has stopped': async ({ mapRuns, executions }) => {
    const open = await started(executions);
    const stopped = await started(executions, {}, { head: { status: 'FAILED', stoppedAt: T0 } });
    for (const execution of [open, stopped]) {
      const run = await created({ mapRuns, executions });
      const key = { execution, scope: '/4.1', attempt: 7, kind: 'mapRunEnded' } as const;
      const tell = { ...key, status: 'ready', epoch: 0, payload: '{"output":"[]"}' } as const;
      const state = closed(run.state);
      await mapRuns.commit({ run: run.id, expectedSeq: 0, state, counted: [], tell });
      expect(await executions.work(key)).toEqual(execution === open ? tell : undefined);
    }
  },

  'children stand in the order of their ids': async ({ executions }) => {
    const ids: number[] = [];
    for (let i = 0; i < 3; i++) {
      const mapItem = { run: 1, index: i, items: 2 };
      ids.push(await started(executions, { mapRunArn: 'arn:r', mapItem }));
    }
    await started(executions, { mapRunArn: 'arn:other' });
    const all = await executions.children('arn:r', 0, 10);
    expect(all.map(({ id }) => id)).toEqual(ids);
    expect(all[1]!.mapItem).toEqual({ run: 1, index: 1, items: 2 });
    expect(await executions.children('arn:r', ids[0]!, 1)).toMatchObject([{ id: ids[1] }]);
    expect(await executions.children('arn:r', undefined, 2)).toMatchObject([
      { id: ids[2] },
      { id: ids[1] },
    ]);
  },

  'forgets a closed execution alone': async ({ executions }) => {
    const open = await started(executions, {}, { work: NO_WORK });
    const done = await started(executions, {}, { head: { status: 'FAILED', stoppedAt: T0 } });
    await executions.forget(open);
    await executions.forget(done);
    expect(await executions.load(open)).toBeDefined();
    expect(await executions.load(done)).toBeUndefined();
  },
};

export function exerciseMapRunStore(
  name: string,
  newStores: () => Promise<Subject<MapRunStores>>,
  options: SuiteOptions = {},
): void {
  exercise(`MapRunStore: ${name}`, newStores, cases, options);
}
