/**
 * The examination of an ExecutionStore: what every implementation must answer, in the database's
 * words. `contract-work.ts` and `contract-random.ts` hold the rest of the cases.
 *
 * Implementations: SQL, and memory, which serves `steplight run` and is the oracle of the random
 * cases: commits, work and lists depend on each other too much to write all expectations by hand.
 */
import { expect } from 'vitest';
import type { HistoryRecord } from '../../execution/record.ts';
import { type Cases, exercise, type Subject, type SuiteOptions } from '../suite.ts';
import { randomCases } from './contract-random.ts';
import {
  NO_WORK,
  PLACE,
  sampleCommit,
  sampleHead,
  sampleRecord,
  sampleRecords,
  sampleWork,
  started,
  T0,
} from './contract-samples.ts';
import { workCases } from './contract-work.ts';
import type { ExecutionHead, ExecutionStore } from './store.ts';

const FULL: Partial<ExecutionHead> = {
  type: 'EXPRESS',
  revisionId: 'rev',
  revisedAt: 3,
  testCase: 'Happy',
  versionArn: 'arn:v',
  aliasArn: 'arn:a',
  mapRunArn: 'arn:mr',
  input: JSON.stringify({ text: 'ünï\u0000 \u2028 😀 "quoted"' }),
  parent: { id: 7, scope: '/4.1', attempt: 9 },
  traceHeader: 'Root=1-2-3',
  trace: { traceId: '1-2-3', parentId: 'p', sampled: true },
  tracingEnabled: true,
  logging: '{"level":"ALL"}',
};

const commitCases: Cases<ExecutionStore> = {
  'hands out an id once': async (store) => {
    const ids = Array.from({ length: 1_000 }, () => store.nextId());
    expect(new Set(ids).size).toBe(1_000);
    expect(ids.every((id) => Number.isSafeInteger(id) && id > 0)).toBe(true);
  },

  'gives back what was created, every member of it': async (store) => {
    const [bare, full] = [store.nextId(), store.nextId()];
    await store.create(sampleHead(bare), sampleCommit(bare, 0));
    await store.create(sampleHead(full, FULL), sampleCommit(full, 0));
    expect(await store.load(bare)).toEqual({
      head: { ...sampleHead(bare), seq: 1 },
      records: [sampleRecord(1)],
      work: [],
    });
    expect((await store.load(full))!.head).toEqual({ ...sampleHead(full, FULL), seq: 1 });
    expect(await store.headByArn(sampleHead(full, FULL).arn)).toEqual({
      ...sampleHead(full, FULL),
      seq: 1,
    });
    expect(await store.load(store.nextId())).toBeUndefined();
    expect(await store.headByArn('arn:none')).toBeUndefined();
  },

  'tells what there is of one without its records': async (store) => {
    const id = store.nextId();
    const put = [sampleWork(1)];
    await store.create(sampleHead(id, FULL), sampleCommit(id, 0, { work: { ...NO_WORK, put } }));
    await store.commit(sampleCommit(id, 1, { records: sampleRecords(2, 3) }));
    await store.commit(sampleCommit(id, 2, { records: [sampleRecord(0)] }));
    const { head, records, work } = (await store.load(id))!;
    const lastEventId = Math.max(...records.map((record) => record.id));
    expect(await store.outline(id)).toEqual({ head, lastEventId, work });
    expect(lastEventId).toBeGreaterThan(1);
    expect(await store.outline(store.nextId())).toBeUndefined();
  },

  'an ARN that exists is not created again': async (store) => {
    const first = await started(store, { name: 'same', input: '1' });
    const id = store.nextId();
    const put = [sampleWork(1)];
    const answer = await store.create(
      sampleHead(id, { name: 'same', input: '2' }),
      sampleCommit(id, 0, { work: { ...NO_WORK, put } }),
    );
    expect(answer.existing).toMatchObject({ id: first, input: '1', seq: 1 });
    expect(await store.load(id)).toBeUndefined();
    expect(await store.due(T0, 10)).toEqual([]);
    expect(await store.history(id, { from: 1, limit: 10, reverse: false })).toEqual([]);
  },

  'of many creators of one ARN exactly one wins': async (store) => {
    const ids = Array.from({ length: 20 }, () => store.nextId());
    const answers = await Promise.all(
      ids.map((id) => store.create(sampleHead(id, { name: 'same' }), sampleCommit(id, 0))),
    );
    const winners = ids.filter((_, i) => answers[i]!.existing === undefined);
    expect(winners.length).toBe(1);
    for (const { existing } of answers) if (existing) expect(existing.id).toBe(winners[0]);
  },

  'an execution may end with its first commit': async (store) => {
    const head = { status: 'SUCCEEDED', stoppedAt: T0 + 5, output: '1' } as const;
    const id = await started(store, {}, { head, records: sampleRecords(1, 4) });
    const loaded = (await store.load(id))!;
    expect(loaded.head).toEqual({ ...sampleHead(id), ...head, seq: 1 });
    expect(loaded.records).toEqual(sampleRecords(1, 4));
  },

  'a commit with another seq is refused as a whole': async (store) => {
    const id = await started(store);
    const other = await started(store);
    const before = await store.load(id);
    for (const expectedSeq of [0, 2, 17]) {
      const commit = sampleCommit(id, expectedSeq, {
        records: [sampleRecord(99)],
        head: { status: 'FAILED', stoppedAt: T0 },
        work: { ...NO_WORK, put: [sampleWork(5)] },
        tell: [{ ...sampleWork(6), execution: other }],
      });
      expect(await store.commit(commit)).toBe('conflict');
    }
    expect(await store.load(id)).toEqual(before);
    expect(await store.due(T0, 10)).toEqual([]);
    expect(await store.commit(sampleCommit(store.nextId(), 0))).toBe('conflict');
    expect(await store.commit(sampleCommit(id, 1))).toBe('ok');
    expect((await store.load(id))!.head.seq).toBe(2);
  },

  'of many commits with one seq exactly one wins': async (store) => {
    const id = await started(store);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store.commit(sampleCommit(id, 1, { records: [sampleRecord(2, { scope: `/1.${i}` })] })),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'ok').length).toBe(1);
    const { records } = (await store.load(id))!;
    expect(records.length).toBe(2);
    expect(records[1]!.scope).toBe(`/1.${outcomes.indexOf('ok')}`);
  },

  'a head changes by what is named, and is cleared by what is undefined': async (store) => {
    const id = await started(store);
    const end = {
      status: 'FAILED',
      stoppedAt: T0 + 50,
      error: 'E\0',
      cause: 'because "ü"',
    } as const;
    await store.commit(sampleCommit(id, 1, { head: end }));
    expect((await store.load(id))!.head).toEqual({ ...sampleHead(id), ...end, seq: 2 });
    const redrive = {
      status: 'RUNNING',
      redriveCount: 1,
      redrivenAt: T0 + 60,
      stoppedAt: undefined,
      error: undefined,
      cause: undefined,
    } as const;
    await store.commit(sampleCommit(id, 2, { head: redrive }));
    const head = { ...sampleHead(id), status: 'RUNNING', redriveCount: 1, redrivenAt: T0 + 60 };
    expect((await store.load(id))!.head).toStrictEqual({ ...head, seq: 3 });
    await store.commit(sampleCommit(id, 3));
    expect((await store.load(id))!.head).toStrictEqual({ ...head, seq: 4 });
  },

  'big and odd records come back as they were': async (store) => {
    const input = JSON.stringify({ big: 'ä\u0000\ufffe😀'.repeat(60_000) });
    const big = sampleRecord(1, { details: { name: 'n', input }, hidden: { deep: [{ a: null }] } });
    const id = await started(store, { input }, { records: [big] });
    const many = sampleRecords(2, 501);
    await store.commit(sampleCommit(id, 1, { records: many }));
    await store.commit(sampleCommit(id, 2, { records: [] }));
    const loaded = (await store.load(id))!;
    expect(loaded.head.input === input).toBe(true);
    expect(loaded.head.seq).toBe(3);
    expect(loaded.records).toEqual([big, ...many]);
  },

  'what it gives belongs to the caller': async (store) => {
    const id = await started(store, {}, { work: { ...NO_WORK, put: [sampleWork(1)] } });
    const first = (await store.load(id))!;
    Object.assign(first.head, { status: 'FAILED' });
    Object.assign(first.records[0]!.details!, { name: 'changed' });
    Object.assign(first.work[0]!, { epoch: 9 });
    const again = (await store.load(id))!;
    expect(again.head.status).toBe('RUNNING');
    expect(again.records).toEqual([sampleRecord(1)]);
    expect(again.work[0]!.epoch).toBe(0);
  },
};

/** Commits of very different sizes, with private records between; answers the numbered ones. */
async function longHistory(store: ExecutionStore): Promise<[number, HistoryRecord[]]> {
  const sizes = [1, 1, 3, 0, 40, 1, 0, 0, 1, 200, 2, 1, 1, 1, 5];
  const id = await started(store, {}, { records: [sampleRecord(1)] });
  let last = 1;
  for (const [index, size] of sizes.entries()) {
    const records = [sampleRecord(0), ...sampleRecords(last + 1, last + size), sampleRecord(0)];
    await store.commit(sampleCommit(id, index + 1, { records }));
    last += size;
  }
  return [id, sampleRecords(1, last)];
}

const historyCases: Cases<ExecutionStore> = {
  'history pages by event id, without private records': async (store) => {
    const [id, all] = await longHistory(store);
    for (const limit of [1, 7, 1_000]) {
      for (const from of [1, 2, 5, 6, 45, 46, 47, 246, 247, all.length, all.length + 1, 2 ** 40]) {
        const forward = await store.history(id, { from, limit, reverse: false });
        expect(forward).toEqual(all.slice(from - 1, from - 1 + limit));
        const back = await store.history(id, { from, limit, reverse: true });
        expect(back).toEqual(all.slice(0, from).reverse().slice(0, limit));
      }
    }
    expect(await store.history(store.nextId(), { from: 1, limit: 5, reverse: false })).toEqual([]);
  },
};

const names = (page: { items: readonly ExecutionHead[] }): string[] =>
  page.items.map(({ name }) => name);

/** Started in the order a…e; b and d have ended, d first and both after everything else. */
async function fiveExecutions(store: ExecutionStore): Promise<void> {
  const end = (status: 'SUCCEEDED' | 'FAILED', stoppedAt: number) => ({
    head: { status, stoppedAt },
  });
  await started(store, { name: 'a', startedAt: T0 + 1, versionArn: 'arn:v', aliasArn: 'arn:al' });
  await started(store, { name: 'b', startedAt: T0 + 2 }, end('FAILED', T0 + 100));
  await started(store, { name: 'c', startedAt: T0 + 3, machineArn: 'arn:other' });
  await started(store, { name: 'd', startedAt: T0 + 4 }, end('SUCCEEDED', T0 + 90));
  await started(store, { name: 'E%x', startedAt: T0 + 5, type: 'EXPRESS', mapRunArn: 'arn:mr' });
  await started(store, { name: 'far', region: 'eu-west-1' });
}

const listCases: Cases<ExecutionStore> = {
  'lists most recent first, by what is asked for': async (store) => {
    await fiveExecutions(store);
    const list = async (query: object) =>
      names(await store.list({ ...PLACE, limit: 10, ...query }));
    expect(await list({})).toEqual(['b', 'd', 'E%x', 'c', 'a']);
    expect(await list({ region: 'eu-west-1' })).toEqual(['far']);
    expect(await list({ account: '111111111111' })).toEqual([]);
    expect(await list({ machineArn: 'arn:other' })).toEqual(['c']);
    expect(await list({ status: 'RUNNING' })).toEqual(['E%x', 'c', 'a']);
    expect(await list({ status: 'SUCCEEDED' })).toEqual(['d']);
    expect(await list({ status: 'FAILED', machineArn: 'arn:other' })).toEqual([]);
    expect(await list({ versionArn: 'arn:v' })).toEqual(['a']);
    expect(await list({ aliasArn: 'arn:al' })).toEqual(['a']);
    expect(await list({ mapRunArn: 'arn:mr' })).toEqual(['E%x']);
    expect(await list({ type: 'EXPRESS' })).toEqual(['E%x']);
    expect(await list({ nameContains: 'e%X' })).toEqual(['E%x']);
    expect(await list({ nameContains: '_' })).toEqual([]);
    expect(await list({ startedFrom: T0 + 2, startedTo: T0 + 4 })).toEqual(['b', 'd', 'c']);
    expect(await list({ redriven: true })).toEqual([]);
    expect((await list({ redriven: false })).length).toBe(5);
  },

  'a redriven execution is listed by its redrive': async (store) => {
    await fiveExecutions(store);
    const { id, seq } = (await store.headByArn(sampleHead(1, { name: 'b' }).arn))!;
    const head = {
      status: 'RUNNING',
      redriveCount: 1,
      redrivenAt: T0 + 95,
      stoppedAt: undefined,
    } as const;
    expect(await store.commit(sampleCommit(id, seq, { head }))).toBe('ok');
    const all = await store.list({ ...PLACE, limit: 10 });
    expect(names(all)).toEqual(['b', 'd', 'E%x', 'c', 'a']);
    const redriven = await store.list({ ...PLACE, limit: 10, redriven: true });
    expect(redriven.items).toMatchObject([{ name: 'b', redriveCount: 1, redrivenAt: T0 + 95 }]);
    expect(await store.counts()).toEqual({ open: 5, closed: 1 });
  },

  'pages follow each other without a gap, whatever is equal': async (store) => {
    for (let i = 0; i < 25; i++) await started(store, { name: `n${i}`, startedAt: T0 + (i >> 3) });
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await store.list({ ...PLACE, limit: 4, ...(token && { token }) });
      expect(page.items.length).toBeGreaterThan(0);
      seen.push(...names(page));
      token = page.nextToken;
      await started(store, { name: `new${seen.length}`, startedAt: T0 + 50 });
    } while (token);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `n${24 - i}`));
  },

  'a token of another list is refused as AWS does': async (store) => {
    await fiveExecutions(store);
    const { nextToken } = await store.list({ ...PLACE, limit: 2 });
    const invalid = { code: 'InvalidToken', message: "Invalid Token: 'Invalid token'" };
    for (const query of [{ token: 'rubbish' }, { token: nextToken!, status: 'RUNNING' as const }]) {
      await expect(store.list({ ...PLACE, limit: 2, ...query })).rejects.toMatchObject(invalid);
    }
    const other = await store.list({ ...PLACE, limit: 9, token: nextToken! });
    expect(names(other)).toEqual(['E%x', 'c', 'a']);
  },

  'counts what runs, by account and region': async (store) => {
    expect(await store.running()).toEqual([]);
    await fiveExecutions(store);
    await started(store, { name: 'x', type: 'EXPRESS' });
    await started(store, { name: 'child', mapRunArn: 'arn:run' });
    for (const region of ['eu-north-1', 'ap-south-1', 'us-east-2']) {
      await started(store, { name: region, arn: `arn:${region}`, region });
    }
    await started(store, { name: 'y', arn: 'arn:y', account: '111111111111', status: 'FAILED' });
    await started(store, { name: 'z', arn: 'arn:z', account: '222222222222' });
    const { account, region } = PLACE;
    const counts = (await store.running()).map((one) => [one.account, one.region, one.count]);
    const open = (await store.list({ ...PLACE, limit: 99, status: 'RUNNING', type: 'STANDARD' }))
      .items;
    const own = open.filter(({ mapRunArn }) => mapRunArn === undefined).length;
    expect(own).toBeGreaterThan(1);
    expect(counts.sort()).toEqual([
      [account, 'ap-south-1', 1],
      [account, 'eu-north-1', 1],
      [account, 'eu-west-1', 1],
      [account, region, own],
      [account, 'us-east-2', 1],
      ['222222222222', region, 1],
    ]);
  },

  'prunes what ended before, in pieces, with all that belongs to it': async (store) => {
    await fiveExecutions(store);
    expect(await store.counts()).toEqual({ open: 4, closed: 2 });
    expect(await store.prune(T0 + 90, 10)).toBe(0);
    expect(await store.prune(T0 + 101, 1)).toBe(1);
    expect(names(await store.list({ ...PLACE, limit: 10 }))).toEqual(['b', 'E%x', 'c', 'a']);
    expect(await store.prune(T0 + 101, 10)).toBe(1);
    expect(await store.counts()).toEqual({ open: 4, closed: 0 });
    expect((await store.behind(10)).length).toBe(4);
    const gone = sampleHead(1, { name: 'b' }).arn;
    expect(await store.headByArn(gone)).toBeUndefined();
    const id = await started(store, { name: 'b' });
    expect((await store.headByArn(gone))!.id).toBe(id);
  },
};

export function exerciseExecutionStore(
  name: string,
  newStore: () => Promise<Subject<ExecutionStore>>,
  options: SuiteOptions = {},
): void {
  const cases = { ...commitCases, ...historyCases, ...listCases, ...workCases, ...randomCases };
  exercise(name, newStore, cases, options);
}
