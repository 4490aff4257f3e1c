/**
 * The examination of every TraceStore. Each case runs twice: on documents as they came, and on
 * documents that are settled as soon as they are put.
 *
 * Implementations: SQL for SQLite (it packs blocks and keeps tables without row ids, so not for
 * PostgreSQL), and memory, which is the oracle of the random runs and serves X-Ray's tests.
 */
import { expect } from 'vitest';
import { parseFilter } from '../../trace/filter.ts';
import { graphOf } from '../../trace/graph.ts';
import { type Cases, exercise, type Subject, type SuiteOptions } from '../suite.ts';
import { HandClock, idOf, START, segment, traceIdOf } from './contract-samples.ts';
import type { FoundTrace, TraceChange, TraceQuery, TraceStore } from './store.ts';

const HERE = { account: '000000000000', region: 'us-east-1' };
const THERE = { account: '000000000000', region: 'eu-west-1' };
const ALL_MINUTES = { place: HERE, fromMinute: 0, toMinute: 1e9 };

/** A store, its clock, and a way to put that settles where the case runs on settled documents. */
interface World {
  readonly store: TraceStore;
  readonly clock: HandClock;
  readonly put: (...args: Parameters<TraceStore['put']>) => Promise<void>;
  readonly settle: () => Promise<void>;
}

function filterOf(text: string) {
  const reading = parseFilter(text);
  if (!reading.ok) throw new Error(reading.problem.message);
  return reading.filter;
}

const query = (more: Partial<TraceQuery> = {}): TraceQuery => ({
  place: HERE,
  time: 'start',
  from: (START - 3600) * 1000,
  to: (START + 3600) * 1000,
  limit: 100,
  ...more,
});

const ids = (items: readonly FoundTrace[]): string[] => items.map(({ facts }) => facts.id);

const documentCases: Cases<World> = {
  'finds documents by trace id, in their order, in their place only': async ({ store, put }) => {
    await put(HERE, [segment(1, 1), segment(2, 1)]);
    await put(HERE, [segment(1, 2)]);
    const found = await store.get(HERE, [traceIdOf(1), traceIdOf(9), traceIdOf(2), traceIdOf(1)]);
    expect(found.map(({ id, documents }) => [id, documents.length])).toEqual([
      [traceIdOf(1), 2],
      [traceIdOf(2), 1],
    ]);
    const documents = found[0]!.documents.map((text) => JSON.parse(text).id);
    expect(documents).toEqual([idOf(1), idOf(2)]);
    expect(await store.get(THERE, [traceIdOf(1)])).toEqual([]);
    expect((await store.find(query({ place: THERE }))).items).toEqual([]);
  },

  'replaces a document, but a complete one never by one in progress': async ({ store, put }) => {
    const running = segment(1, 1, { end_time: undefined, in_progress: true });
    await put(HERE, [running]);
    await put(HERE, [segment(1, 1, { fault: true })]);
    await put(HERE, [running]);
    const [trace] = await store.get(HERE, [traceIdOf(1)]);
    expect(trace!.documents).toHaveLength(1);
    expect(JSON.parse(trace!.documents[0]!).fault).toBe(true);
    const [found] = (await store.find(query())).items;
    expect(found).toMatchObject({ revision: 3, facts: { root: { fault: true } } });
    const tallies = await store.tallies(ALL_MINUTES);
    const [client, node] = graphOf(tallies.get(0)!);
    expect(client).toMatchObject({ Type: 'client', Edges: [{ ReferenceId: 1 }] });
    expect(node!.SummaryStatistics).toMatchObject({ TotalCount: 1, OkCount: 0 });
  },

  'changes nothing when the same is put twice': async ({ store, put }) => {
    const documents = [segment(1, 1), segment(1, 2, { parent_id: idOf(1), name: 'orders' })];
    const answers = async () => ({
      tallies: await store.tallies(ALL_MINUTES),
      facts: (await store.find(query())).items.map((it) => it.facts),
    });
    await put(HERE, documents);
    const once = await answers();
    await put(HERE, documents);
    expect(await answers()).toEqual(once);
  },

  'tells listeners': async ({ store }) => {
    const changes: TraceChange[] = [];
    const stop = store.onChange((change) => changes.push(change));
    await store.put(HERE, [segment(1, 1), segment(1, 2), segment(2, 1)]);
    stop();
    await store.put(HERE, [segment(3, 1)]);
    expect(changes).toEqual([{ place: HERE, traceIds: [traceIdOf(1), traceIdOf(2)] }]);
  },

  'deletes what is old': async ({ store, clock, put, settle }) => {
    await put(HERE, [segment(1, 1, { user: 'ann' })]);
    await settle();
    clock.advance(3_600_000);
    await store.put(HERE, [segment(2, 1)]);
    let pruned = 0;
    for (let more = 1; more > 0; pruned += more) more = await store.prune(clock.now() - 60_000);
    expect(pruned).toBe(1);
    expect(ids((await store.find(query())).items)).toEqual([traceIdOf(2)]);
    expect((await store.find(query({ filter: filterOf('user = "ann"') }))).items).toEqual([]);
    expect(await store.get(HERE, [traceIdOf(1)])).toEqual([]);
    expect((await store.counts()).traces).toBe(1);
  },
};

const listCases: Cases<World> = {
  'lists newest first, page by page': async ({ store, put }) => {
    const documents = [5, 1, 3, 3, 2, 4].map((second, index) =>
      segment(index, 1, { start_time: START + second, end_time: START + 10 }),
    );
    await put(HERE, documents);
    const seen: string[] = [];
    let after: TraceQuery['after'];
    for (let page = 0; page < 9; page++) {
      const { items, next } = await store.find(query({ limit: 2, after }));
      seen.push(...ids(items));
      if (!next) break;
      after = next;
    }
    expect(seen).toEqual([0, 5, 3, 2, 4, 1].map(traceIdOf));
  },

  'lists by start, by arrival and by end': async ({ store, clock, put }) => {
    await put(HERE, [segment(1, 1)]);
    clock.advance(60_000);
    await put(HERE, [segment(2, 1, { start_time: START, end_time: START + 600 })]);
    const within = async (time: TraceQuery['time'], from: number, to: number) => {
      const window = { time, from: (START + from) * 1000, to: (START + to) * 1000 };
      return ids((await store.find(query(window))).items).sort();
    };
    expect(await within('start', 0, 1)).toEqual([traceIdOf(1), traceIdOf(2)]);
    expect(await within('start', 1, 2000)).toEqual([]);
    expect(await within('update', 0, 30)).toEqual([traceIdOf(1)]);
    expect(await within('update', 60, 200)).toEqual([traceIdOf(2)]);
    expect(await within('end', 1, 601)).toEqual([traceIdOf(2)]);
    expect(await within('end', 0, 600)).toEqual([traceIdOf(1)]);
  },

  'lists by filter': async ({ store, put }) => {
    await put(HERE, [
      segment(1, 1, { fault: true, annotations: { customer: 'a' } }),
      segment(2, 1, { name: 'orders', annotations: { customer: 'b', size: 3 }, user: 'ann' }),
      segment(3, 1, { http: { response: { status: 404 } }, error: true }),
    ]);
    const found = async (text: string) => {
      const { items } = await store.find(query({ filter: filterOf(text) }));
      return ids(items).map((id) => Number(id.at(-1)));
    };
    expect(await found('fault')).toEqual([1]);
    expect(await found('annotation.customer = "b"')).toEqual([2]);
    expect(await found('annotation.size > 2')).toEqual([2]);
    expect(await found('service("front")')).toEqual([3, 1]);
    expect(await found('!service("front")')).toEqual([2]);
    expect(await found('user = "ann" OR http.status = 404')).toEqual([3, 2]);
    expect(await found('ok')).toEqual([2]);
  },
};

const FIRST_MINUTE = Math.floor(START / 60);

/** Requests of the root per period, in minutes after the first. */
async function rootCounts(
  store: TraceStore,
  from: number,
  to: number,
  periodMinutes?: number,
): Promise<[number, number][]> {
  const window = { place: HERE, fromMinute: FIRST_MINUTE + from, toMinute: FIRST_MINUTE + to };
  const tallies = await store.tallies({ ...window, ...(periodMinutes && { periodMinutes }) });
  return [...tallies]
    .sort(([a], [b]) => a - b)
    .map(([minute, tally]) => [
      minute - FIRST_MINUTE,
      graphOf(tally).find((node) => node.Root)!.SummaryStatistics!.TotalCount,
    ]);
}

const tallyCases: Cases<World> = {
  'adds up statistics of minutes and of whole windows': async ({ store, put }) => {
    const at = (minute: number) => (FIRST_MINUTE + minute) * 60;
    const documents = [0, 0, 1, 61, 125].map((minute, index) =>
      segment(index, 1, { start_time: at(minute), end_time: at(minute) + 1 + index / 1000 }),
    );
    await put(HERE, documents);
    expect(await rootCounts(store, 0, 200)).toEqual([[0, 5]]);
    expect(await rootCounts(store, 1, 125)).toEqual([[1, 2]]);
    expect(await rootCounts(store, 0, 200, 1)).toEqual([
      [0, 2],
      [1, 1],
      [61, 1],
      [125, 1],
    ]);
    const tally = (await store.tallies(ALL_MINUTES)).get(0)!;
    const root = graphOf(tally).find((node) => node.Root)!;
    const values = root.ResponseTimeHistogram.map(({ Value }) => Value);
    expect(values).toEqual([1, 1.001, 1.002, 1.003, 1.004]);
    expect(root.SummaryStatistics!.TotalResponseTime).toBe(5.01);
  },
};

const cases = { ...documentCases, ...listCases, ...tallyCases };

/** `settle` must bring a store to rest without moving its clock. */
export function exerciseTraces(
  name: string,
  newStore: (clock: HandClock) => Promise<Subject<TraceStore>>,
  settle: (clock: HandClock, store: TraceStore) => Promise<void>,
  options: SuiteOptions = {},
): void {
  for (const state of ['as they came', 'settled']) {
    const newWorld = async (): Promise<Subject<World>> => {
      const clock = new HandClock(START * 1000);
      const { store, close } = await newStore(clock);
      const rest = () => settle(clock, store);
      const put: World['put'] = async (...args) => {
        await store.put(...args);
        if (state === 'settled') await rest();
      };
      return { store: { store, clock, put, settle: rest }, close };
    };
    exercise(`${name}, ${state}`, newWorld, cases, options);
  }
}
