/** Cases about the work that executions wait for, and about how far projectors are. */
import { expect } from 'vitest';
import type { Cases } from '../suite.ts';
import { NO_WORK, sampleCommit, sampleWork, started, T0, waitingFor } from './contract-samples.ts';
import type { ExecutionStore, WorkKey, WorkRow } from './store.ts';

const attempts = (rows: readonly WorkRow[]): number[] => rows.map(({ attempt }) => attempt);

const scopes = async (store: ExecutionStore, id: number): Promise<string[]> =>
  (await store.load(id))!.work.map(({ scope }) => scope).sort();

export const workCases: Cases<ExecutionStore> = {
  'keeps rows with every member, and replaces by key': async (store) => {
    const full = sampleWork(3, {
      scope: '/2.0',
      kind: 'timer',
      status: 'waiting',
      epoch: 4,
      due: T0 + 9,
      payload: '{"a":"\\u0000"}',
      activity: 'arn:activity',
    });
    const id = await waitingFor(store, full, sampleWork(3));
    const key: WorkKey = { execution: id, scope: '/2.0', attempt: 3, kind: 'timer' };
    expect(await store.work(key)).toStrictEqual({ ...full, execution: id });
    expect(await store.work({ ...key, kind: 'task' })).toBeUndefined();
    expect((await store.load(id))!.work.length).toBe(2);
    const put = [sampleWork(3, { scope: '/2.0', kind: 'timer', status: 'waiting' })];
    await store.commit(sampleCommit(id, 1, { work: { ...NO_WORK, put } }));
    expect(await store.work(key)).toStrictEqual({ ...put[0], execution: id });
  },

  'removes by key, cancels scopes with what is below, clears': async (store) => {
    const all = ['', '/1.1', '/1.1/5.0', '/1.1/5.0/9.2', '/1.10', '/1.10/7.0', '/2.0'];
    const id = await waitingFor(store, ...all.map((scope) => sampleWork(1, { scope })));
    const other = await waitingFor(store, sampleWork(1, { scope: '/1.1' }));
    await store.commit(sampleCommit(id, 1, { work: { ...NO_WORK, cancel: ['/1.1'] } }));
    expect(await scopes(store, id)).toEqual(['', '/1.10', '/1.10/7.0', '/2.0']);
    const remove = [{ scope: '/1.10', attempt: 1, kind: 'task' as const }];
    await store.commit(sampleCommit(id, 2, { work: { ...NO_WORK, remove } }));
    expect(await scopes(store, id)).toEqual(['', '/1.10/7.0', '/2.0']);
    const put = [sampleWork(2, { scope: '/2.0' })];
    await store.commit(sampleCommit(id, 3, { work: { ...NO_WORK, cancel: ['/2.0'], put } }));
    expect(await scopes(store, id)).toEqual(['', '/1.10/7.0', '/2.0']);
    await store.commit(sampleCommit(id, 4, { work: { ...NO_WORK, put, clear: true } }));
    expect(await scopes(store, id)).toEqual([]);
    expect(await scopes(store, other)).toEqual(['/1.1']);
  },

  'says what is due: ready first, then by time': async (store) => {
    const waiting = (attempt: number, due: number) =>
      sampleWork(attempt, { status: 'waiting', due });
    await waitingFor(
      store,
      waiting(1, T0 + 30),
      sampleWork(2),
      waiting(3, T0 + 10),
      sampleWork(4, { status: 'owned', epoch: 1, due: T0 + 5 }),
      sampleWork(5, { status: 'waiting' }),
      sampleWork(6, { due: T0 + 99 }),
      waiting(7, T0 + 20),
    );
    expect(attempts(await store.due(T0, 10))).toEqual([2, 6]);
    expect(attempts(await store.due(T0 + 20, 10))).toEqual([2, 6, 3, 7]);
    expect(attempts(await store.due(T0 + 20, 3))).toEqual([2, 6, 3]);
    expect(await store.nextDue(T0)).toBe(T0 + 10);
    expect(await store.nextDue(T0 + 10)).toBe(T0 + 20);
    expect(await store.nextDue(T0 + 30)).toBeUndefined();
  },

  'a row is owned once, and lost when its node is dead': async (store) => {
    const id = await waitingFor(
      store,
      sampleWork(1),
      sampleWork(2, { status: 'waiting', due: T0 }),
    );
    const key = (attempt: number, epoch = 0) =>
      ({ execution: id, scope: '', attempt, kind: 'task', epoch }) as const;
    expect(await store.own(key(1), 5)).toBe(true);
    expect(await store.own(key(1), 5)).toBe(false);
    expect(await store.own(key(2), 5)).toBe(true);
    expect(await store.own(key(3), 5)).toBe(false);
    expect(await store.work(key(2))).toMatchObject({ status: 'owned', epoch: 5, due: T0 });
    expect(await store.due(T0, 10)).toEqual([]);
    expect(await store.nextDue(0)).toBeUndefined();
    expect(await store.lost([5], 10)).toEqual([]);
    expect(await store.lost([4, 5, 6], 10)).toEqual([]);
    expect(attempts(await store.lost([6], 10))).toEqual([1, 2]);
    expect(attempts(await store.lost([], 10))).toEqual([1, 2]);
    expect(attempts(await store.lost([6, 7], 1))).toEqual([1]);
    // Not from a node that is not the one it was read of.
    expect(await store.own(key(1), 6)).toBe(false);
    expect(await store.own(key(1, 4), 6)).toBe(false);
    expect(await store.own(key(1, 5), 6)).toBe(true);
    expect(await store.own(key(1, 5), 7)).toBe(false);
    expect(await store.own(key(1, 6), 6)).toBe(false);
    expect(attempts(await store.lost([6], 10))).toEqual([2]);
    expect(await store.lost([5, 6], 10)).toEqual([]);
  },

  'of many owners of one row exactly one gets it': async (store) => {
    const id = await waitingFor(store, sampleWork(1));
    const key = { execution: id, scope: '', attempt: 1, kind: 'task', epoch: 0 } as const;
    const epochs = [5, 5, 5, 5, 6, 6, 7, 8, 9, 10];
    const answers = await Promise.all(epochs.map((epoch) => store.own(key, epoch)));
    expect(answers.filter(Boolean).length).toBe(1);
    const owner = (await store.work(key))!.epoch;
    expect(owner).toBe(epochs[answers.indexOf(true)]);
    // Several that find it lost.
    const again = [20, 21, 22].map((epoch) => store.own({ ...key, epoch: owner }, epoch));
    expect((await Promise.all(again)).filter(Boolean).length).toBe(1);
  },

  'leaves out what other nodes will look at': async (store) => {
    const waiting = (attempt: number, epoch: number, due: number) =>
      sampleWork(attempt, { status: 'waiting', epoch, due });
    await waitingFor(
      store,
      sampleWork(1, { epoch: 3 }),
      sampleWork(2, { epoch: 4 }),
      sampleWork(3),
      waiting(4, 3, T0 + 10),
      waiting(5, 4, T0 + 20),
      waiting(6, 0, T0 + 30),
    );
    expect(attempts(await store.due(T0 + 30, 10, []))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(attempts(await store.due(T0 + 30, 10, [3]))).toEqual([2, 3, 5, 6]);
    expect(attempts(await store.due(T0 + 30, 2, [3, 4]))).toEqual([3, 6]);
    expect(await store.nextDue(T0, [3])).toBe(T0 + 20);
    expect(await store.nextDue(T0, [3, 4])).toBe(T0 + 30);
  },

  'an activity gives its oldest first': async (store) => {
    const waits = (attempt: number, activity: string) =>
      sampleWork(attempt, { status: 'waiting', activity });
    const late = store.nextId();
    const first = await waitingFor(store, waits(9, 'arn:x'), waits(3, 'arn:x'), waits(4, 'arn:y'));
    expect(late).not.toBe(first);
    await waitingFor(store, waits(1, 'arn:x'));
    expect(attempts(await store.activityQueue('arn:x', 10))).toEqual([9, 3, 1]);
    expect(attempts(await store.activityQueue('arn:x', 2))).toEqual([9, 3]);
    // A heartbeat that moves its deadline does not send a row to the end.
    const put = [{ ...waits(9, 'arn:x'), due: T0 }];
    await store.commit(sampleCommit(first, 1, { work: { ...NO_WORK, put } }));
    expect(attempts(await store.activityQueue('arn:x', 10))).toEqual([9, 3, 1]);
    const started = [{ ...sampleWork(9, { status: 'waiting' }) }];
    await store.commit(sampleCommit(first, 2, { work: { ...NO_WORK, put: started } }));
    expect(attempts(await store.activityQueue('arn:x', 10))).toEqual([3, 1]);
  },

  'a child tells its parent with its own commit, unless the parent has ended': async (store) => {
    const open = await started(store);
    const closed = await started(store, {}, { head: { status: 'ABORTED', stoppedAt: T0 } });
    const child = await started(store);
    const ended = sampleWork(8, { scope: '/3.0', kind: 'childEnded', payload: '{"arn":"x"}' });
    const tell = [open, closed, store.nextId()].map((execution) => ({ ...ended, execution }));
    expect(await store.commit(sampleCommit(child, 1, { tell }))).toBe('ok');
    expect(await store.due(T0, 10)).toEqual([{ ...ended, execution: open }]);
    const second = [{ ...ended, execution: open, attempt: 9 }];
    await started(store, {}, { tell: second });
    expect(attempts(await store.due(T0, 10))).toEqual([8, 9]);
  },

  'knows whom the projectors have not followed': async (store) => {
    const behind = async () =>
      (await store.behind(10)).map(({ head, projected }) => [head.id, projected, head.seq]);
    const a = await started(store);
    const b = await started(store, {}, { projected: true });
    const c = await started(store);
    expect(await behind()).toEqual([
      [a, 0, 1],
      [c, 0, 1],
    ]);
    await store.markProjected([
      { id: a, seq: 1 },
      { id: c, seq: 1 },
    ]);
    expect(await behind()).toEqual([]);
    for (const seq of [1, 2, 3]) await store.commit(sampleCommit(a, seq));
    await store.commit(sampleCommit(b, 1, { projected: true }));
    await store.commit(sampleCommit(c, 1));
    await store.commit(sampleCommit(c, 2, { projected: true }));
    expect(await behind()).toEqual([
      [a, 1, 4],
      [c, 1, 3],
    ]);
    await store.markProjected([
      { id: a, seq: 3 },
      { id: c, seq: 3 },
      { id: store.nextId(), seq: 1 },
    ]);
    await store.markProjected([{ id: a, seq: 2 }]);
    expect(await behind()).toEqual([[a, 3, 4]]);
    await store.markProjected([]);
    expect((await store.behind(1)).length).toBe(1);
  },
};
