/** The examination of a NodeStore. */
import { expect } from 'vitest';
import { type Cases, exercise, type Subject } from '../suite.ts';
import { LEASE_MS, type NodeStore } from './store.ts';

const T0 = 1_700_000_000_000;

const severalCases: Cases<NodeStore> = {
  'gives every node a number of its own, higher than any before': async (store) => {
    const first = await store.join(T0);
    await store.leave(first);
    await store.forget([first], T0);
    const more = await Promise.all(Array.from({ length: 10 }, () => store.join(T0 - 1)));
    expect(first).toBeGreaterThan(0);
    expect(new Set([first, ...more]).size).toBe(11);
    expect(Math.min(...more)).toBeGreaterThan(first);
  },

  'a node lives as long as its lease, which beats renew': async (store) => {
    const [a, b] = [await store.join(T0), await store.join(T0 + 5)];
    expect(await store.known(T0 + 5)).toEqual({ live: [a, b], dead: [] });
    expect(await store.known(T0 + LEASE_MS - 1)).toEqual({ live: [a, b], dead: [] });
    expect(await store.known(T0 + LEASE_MS)).toEqual({ live: [b], dead: [a] });
    await store.beat(a, T0 + LEASE_MS);
    expect(await store.known(T0 + LEASE_MS + 5)).toEqual({ live: [a], dead: [b] });
  },

  'one that leaves is dead at once': async (store) => {
    const [a, b] = [await store.join(T0), await store.join(T0)];
    await store.leave(a);
    expect(await store.known(T0)).toEqual({ live: [b], dead: [a] });
  },

  'forgets the dead, and nobody else': async (store) => {
    const [a, b, c] = [await store.join(T0), await store.join(T0), await store.join(T0)];
    await store.beat(b, T0 + LEASE_MS);
    await store.forget([a, b], T0 + LEASE_MS);
    expect(await store.known(T0 + LEASE_MS)).toEqual({ live: [b], dead: [c] });
    await store.forget([], T0 + LEASE_MS);
    // It was only late.
    await store.beat(a, T0 + LEASE_MS);
    expect(await store.known(T0 + LEASE_MS)).toEqual({ live: [a, b], dead: [c] });
    await store.leave(99);
    expect((await store.known(0)).dead).toEqual([]);
  },
};

const oneCases: Cases<NodeStore> = {
  'a new node knows that it is alone': async (store) => {
    const first = await store.join(T0);
    const second = await store.join(T0);
    expect(await store.known(T0)).toEqual({ live: [second], dead: [] });
    expect(second).toBeGreaterThan(first);
  },
};

export function exerciseNodeStore(
  name: string,
  processes: 'one' | 'several',
  newStore: () => Promise<Subject<NodeStore>>,
): void {
  const cases = processes === 'one' ? oneCases : severalCases;
  exercise(`${name}, ${processes} at a time`, newStore, cases, {});
}
