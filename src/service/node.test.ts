import { expect, test } from 'vitest';
import { MemoryNodeStore } from '../store/nodes/memory.ts';
import { LEASE_MS } from '../store/nodes/store.ts';
import { ManualClock, settle, testLog } from './engine/testing.ts';
import { Node, type NodeWork } from './node.ts';

function world(processes: 'one' | 'several') {
  const clock = new ManualClock();
  const store = new MemoryNodeStore(processes);
  const log = testLog();
  return { clock, store, log, join: () => Node.join({ store, processes, clock, log }) };
}

test('one that is alone has nothing to do', async () => {
  const { clock, join, store } = world('one');
  const first = await join();
  const node = await join();
  expect(node.epoch).toBeGreaterThan(first.epoch);
  expect(node.live).toBeUndefined();
  const running = [node.heartbeat(), node.watch([])];
  for (const service of running) await service.start();
  await clock.pass(10 * LEASE_MS);
  expect(await store.known(clock.now())).toEqual({ live: [], dead: [node.epoch] });
  for (const service of running.reverse()) await service.stop();
});

test('it lives as long as it beats, and has taken over what others leave', async () => {
  const { clock, join, store, log } = world('several');
  const [a, b] = [await join(), await join()];
  const seen: string[] = [];
  let fails = 1;
  const work: NodeWork = {
    takeOver: async () => {
      if (fails-- > 0) throw new Error('the store fails');
      seen.push(`taken over, ${(await a.live!()).join()} live`);
    },
    refresh: async () => {
      seen.push('refreshed');
    },
  };
  const heart = { a: a.heartbeat(), b: b.heartbeat() };
  const watch = a.watch([work]);
  for (const service of [heart.a, heart.b, watch]) await service.start();
  await clock.pass(2 * LEASE_MS);
  expect(await a.live!()).toEqual([a.epoch, b.epoch]);
  expect(seen).toEqual([]);
  await heart.b.stop();
  await clock.pass(LEASE_MS);
  expect(seen).toEqual([`taken over, ${a.epoch} live`]);
  expect(log.lines).toHaveLength(1);
  expect(await store.known(clock.now())).toEqual({ live: [a.epoch], dead: [] });
  await clock.pass(60_000);
  expect(seen.slice(1)).toContain('refreshed');
  await watch.stop();
  await heart.a.stop();
  expect(await store.known(clock.now())).toEqual({ live: [], dead: [a.epoch] });
  // It knows of itself, whatever others think.
  expect(await a.live!()).toEqual([a.epoch]);
  await settle();
});
