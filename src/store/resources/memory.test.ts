import { randomUUID } from 'node:crypto';
import { ManualClock } from '../../../test/support/clock.ts';
import { exerciseResourceStore } from './contract.ts';
import { MemoryResourceStore } from './memory.ts';

exerciseResourceStore('resources in memory', async () => {
  const clock = new ManualClock();
  const store = new MemoryResourceStore(clock, { uuid: randomUUID });
  return { store: { store, other: store, clock }, close: () => store.close() };
});
