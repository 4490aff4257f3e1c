/** The examination of every TraceStore. */
import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../trace/filter.ts';
import { graphOf } from '../../trace/graph.ts';
import type { FoundTrace, TraceChange, TraceQuery, TraceStore } from '../traces.ts';
import { HandClock, idOf, START, segment, traceIdOf } from './trace-samples.ts';

const HERE = { account: '000000000000', region: 'us-east-1' };
const THERE = { account: '000000000000', region: 'eu-west-1' };
const ALL_MINUTES = { place: HERE, fromMinute: 0, toMinute: 1e9 };

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

export function exerciseTraces(
  newStore: (clock: HandClock) => Promise<TraceStore>,
  settle: (clock: HandClock, store: TraceStore) => Promise<void>,
): void {
  describe.each(['as they came', 'settled'])('documents %s', (state) => {
    async function storeWith(
      ...puts: Parameters<TraceStore['put']>[]
    ): Promise<{ store: TraceStore; clock: HandClock }> {
      const clock = new HandClock(START * 1000);
      const store = await newStore(clock);
      for (const put of puts) {
        await store.put(...put);
        if (state === 'settled') await settle(clock, store);
      }
      return { store, clock };
    }

    it('are found by trace id, in their order, in their place only', async () => {
      const { store } = await storeWith(
        [HERE, [segment(1, 1), segment(2, 1)]],
        [HERE, [segment(1, 2)]],
      );
      const found = await store.get(HERE, [traceIdOf(1), traceIdOf(9), traceIdOf(2), traceIdOf(1)]);
      expect(found.map(({ id, documents }) => [id, documents.length])).toEqual([
        [traceIdOf(1), 2],
        [traceIdOf(2), 1],
      ]);
      const documents = found[0]!.documents.map((text) => JSON.parse(text).id);
      expect(documents).toEqual([idOf(1), idOf(2)]);
      expect(await store.get(THERE, [traceIdOf(1)])).toEqual([]);
      expect((await store.find(query({ place: THERE }))).items).toEqual([]);
    });

    it('replace those of the same id, but one in progress never a complete one', async () => {
      const running = segment(1, 1, { end_time: undefined, in_progress: true });
      const { store } = await storeWith(
        [HERE, [running]],
        [HERE, [segment(1, 1, { fault: true })]],
        [HERE, [running]],
      );
      const [trace] = await store.get(HERE, [traceIdOf(1)]);
      expect(trace!.documents).toHaveLength(1);
      expect(JSON.parse(trace!.documents[0]!).fault).toBe(true);
      const [found] = (await store.find(query())).items;
      expect(found).toMatchObject({ revision: 3, facts: { root: { fault: true } } });
      const tallies = await store.tallies(ALL_MINUTES);
      const [client, node] = graphOf(tallies.get(0)!);
      expect(client).toMatchObject({ Type: 'client', Edges: [{ ReferenceId: 1 }] });
      expect(node!.SummaryStatistics).toMatchObject({ TotalCount: 1, OkCount: 0 });
    });

    it('put twice change nothing', async () => {
      const documents = [segment(1, 1), segment(1, 2, { parent_id: idOf(1), name: 'orders' })];
      const once = await storeWith([HERE, documents]);
      const twice = await storeWith([HERE, documents], [HERE, documents]);
      expect(await twice.store.tallies(ALL_MINUTES)).toEqual(await once.store.tallies(ALL_MINUTES));
      const facts = async (store: TraceStore) =>
        (await store.find(query())).items.map((it) => it.facts);
      expect(await facts(twice.store)).toEqual(await facts(once.store));
    });

    it('are listed newest first, page by page', async () => {
      const documents = [5, 1, 3, 3, 2, 4].map((second, index) =>
        segment(index, 1, { start_time: START + second, end_time: START + 10 }),
      );
      const { store } = await storeWith([HERE, documents]);
      const seen: string[] = [];
      let after: TraceQuery['after'];
      for (let page = 0; page < 9; page++) {
        const { items, next } = await store.find(query({ limit: 2, after }));
        seen.push(...ids(items));
        if (!next) break;
        after = next;
      }
      expect(seen).toEqual([0, 5, 3, 2, 4, 1].map(traceIdOf));
    });

    it('are found by start, by arrival and by end', async () => {
      const { store, clock } = await storeWith([HERE, [segment(1, 1)]]);
      clock.advance(60_000);
      await store.put(HERE, [segment(2, 1, { start_time: START, end_time: START + 600 })]);
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
    });

    it('are found by filter', async () => {
      const { store } = await storeWith([
        HERE,
        [
          segment(1, 1, { fault: true, annotations: { customer: 'a' } }),
          segment(2, 1, { name: 'orders', annotations: { customer: 'b', size: 3 }, user: 'ann' }),
          segment(3, 1, { http: { response: { status: 404 } }, error: true }),
        ],
      ]);
      const found = async (text: string) =>
        ids((await store.find(query({ filter: filterOf(text) }))).items).map((id) =>
          Number(id.at(-1)),
        );
      expect(await found('fault')).toEqual([1]);
      expect(await found('annotation.customer = "b"')).toEqual([2]);
      expect(await found('annotation.size > 2')).toEqual([2]);
      expect(await found('service("front")')).toEqual([3, 1]);
      expect(await found('!service("front")')).toEqual([2]);
      expect(await found('user = "ann" OR http.status = 404')).toEqual([3, 2]);
      expect(await found('ok')).toEqual([2]);
    });

    it('add up to statistics of minutes and of whole windows', async () => {
      const at = (minute: number) => Math.floor(START / 60) * 60 + minute * 60;
      const documents = [0, 0, 1, 61, 125].map((minute, index) =>
        segment(index, 1, { start_time: at(minute), end_time: at(minute) + 1 + index / 1000 }),
      );
      const { store } = await storeWith([HERE, documents]);
      const first = Math.floor(START / 60);
      const counts = async (fromMinute: number, toMinute: number, periodMinutes?: number) => {
        const window = { place: HERE, fromMinute: first + fromMinute, toMinute: first + toMinute };
        const tallies = await store.tallies({ ...window, ...(periodMinutes && { periodMinutes }) });
        return [...tallies]
          .sort(([a], [b]) => a - b)
          .map(([minute, tally]) => [
            minute - first,
            graphOf(tally).find((node) => node.Root)!.SummaryStatistics!.TotalCount,
          ]);
      };
      expect(await counts(0, 200)).toEqual([[0, 5]]);
      expect(await counts(1, 125)).toEqual([[1, 2]]);
      expect(await counts(0, 200, 1)).toEqual([
        [0, 2],
        [1, 1],
        [61, 1],
        [125, 1],
      ]);
      const tally = (await store.tallies(ALL_MINUTES)).get(0)!;
      const root = graphOf(tally).find((node) => node.Root)!;
      expect(root.ResponseTimeHistogram.map(({ Value }) => Value)).toEqual([
        1, 1.001, 1.002, 1.003, 1.004,
      ]);
      expect(root.SummaryStatistics!.TotalResponseTime).toBe(5.01);
    });

    it('leave when they are old', async () => {
      const { store, clock } = await storeWith([HERE, [segment(1, 1, { user: 'ann' })]]);
      if (state !== 'settled') await settle(clock, store);
      clock.advance(3_600_000);
      await store.put(HERE, [segment(2, 1)]);
      let pruned = 0;
      for (let more = 1; more > 0; pruned += more) more = await store.prune(clock.now() - 60_000);
      expect(pruned).toBe(1);
      expect(ids((await store.find(query())).items)).toEqual([traceIdOf(2)]);
      expect((await store.find(query({ filter: filterOf('user = "ann"') }))).items).toEqual([]);
      expect(await store.get(HERE, [traceIdOf(1)])).toEqual([]);
      expect((await store.counts()).traces).toBe(1);
    });

    it('are told to listeners', async () => {
      const { store } = await storeWith();
      const changes: TraceChange[] = [];
      const stop = store.onChange((change) => changes.push(change));
      await store.put(HERE, [segment(1, 1), segment(1, 2), segment(2, 1)]);
      stop();
      await store.put(HERE, [segment(3, 1)]);
      expect(changes).toEqual([{ place: HERE, traceIds: [traceIdOf(1), traceIdOf(2)] }]);
    });
  });
}
