/**
 * The examination of a ResourceStore. Two stores stand on the same data, as in two processes; where
 * an implementation is for one process alone, both are the same.
 *
 * Implementations: SQL, and memory, which is the oracle of the random run and serves tests of what
 * stands on it.
 */
import { expect } from 'vitest';
import type { ManualClock } from '../../../test/support/clock.ts';
import { exercise, type Subject, type SuiteOptions } from '../suite.ts';
import { againstOracle } from './contract-random.ts';
import {
  everywhere,
  HERE,
  key,
  names,
  newResource,
  pageOf,
  THERE,
  type Told,
  tells,
} from './contract-samples.ts';
import type { ResourceStore } from './store.ts';

export interface Stores {
  readonly store: ResourceStore;
  readonly other: ResourceStore;
  readonly clock: ManualClock;
}

export function exerciseResourceStore(
  name: string,
  newStores: () => Promise<Subject<Stores>>,
  options: SuiteOptions = {},
): void {
  exercise(name, newStores, cases, options);
}

async function put(store: ResourceStore, ...list: Parameters<typeof newResource>[]): Promise<void> {
  for (const one of list) await store.put(newResource(...one), 'any');
}

/** Until the watcher has been told something more; looks come once a second. */
async function more(told: Told[], clock: ManualClock): Promise<Told> {
  for (let turn = 0; told.length === 0 && turn < 1000; turn++) {
    clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return told.shift()!;
}

const cases = {
  async 'gives back what was put, in its place alone'({ store, clock }: Stores) {
    const given = newResource('n\u0000 "ä" 🦊', {
      body: { a: [1, null, 'ä\u0000'], big: 12345678901234567890n },
      tags: { k: 'v', 'ä"': '' },
    });
    const done = await store.put(given, 'new');
    expect(done).toEqual({ revision: expect.any(String) });
    const now = clock.now();
    const whole = { ...given, ...(done as object), createdAt: now, updatedAt: now };
    expect(await store.get(given)).toEqual(whole);
    for (const elsewhere of everywhere(given)) expect(await store.get(elsewhere)).toBeUndefined();
  },

  async 'makes a thing only where there is none'({ store }: Stores) {
    await put(store, ['a', { body: 1 }]);
    expect(await store.put(newResource('a', { body: 2 }), 'new')).toBe('conflict');
    expect((await store.get(key('a')))!.body).toBe(1);
  },

  async 'replaces only the revision it was told'({ store, clock }: Stores) {
    const first = (await store.put(newResource('a'), 'new')) as { revision: string };
    clock.advance(5);
    const change = newResource('a', { body: 2, tags: { b: 'c' } });
    const second = (await store.put(change, first)) as { revision: string };
    expect(second.revision).not.toBe(first.revision);
    expect(await store.put(newResource('a', { body: 3 }), first)).toBe('conflict');
    const there = (await store.get(key('a')))!;
    expect(there).toMatchObject({ ...change, ...second });
    expect(there.updatedAt - there.createdAt).toBe(5);
    expect(await store.put(newResource('b'), first)).toBe('conflict');
    expect(await store.get(key('b'))).toBeUndefined();
  },

  async 'replaces whatever is there, which keeps its beginning'({ store, clock }: Stores) {
    await put(store, ['a', { tags: { k: 'v' } }]);
    clock.advance(5);
    await put(store, ['a', { body: 2 }]);
    const there = (await store.get(key('a')))!;
    expect(there).toMatchObject({ body: 2, tags: {} });
    expect(there.updatedAt - there.createdAt).toBe(5);
  },

  async 'removes what it was told'({ store }: Stores) {
    const first = (await store.put(newResource('a'), 'new')) as { revision: string };
    expect(await store.remove(key('a'), { revision: 'other' })).toBe('conflict');
    expect(await store.remove(key('a'), first)).toBe('ok');
    expect(await store.get(key('a'))).toBeUndefined();
    expect(await store.remove(key('a'), first)).toBe('conflict');
    expect(await store.remove(key('a'), 'any')).toBe('ok');
    // A thing of that name is another one.
    await put(store, ['a']);
    expect(await store.remove(key('a'), first)).toBe('conflict');
    expect(await store.put(newResource('a'), first)).toBe('conflict');
    expect(await store.remove(key('a'), 'any')).toBe('ok');
    expect(await store.get(key('a'))).toBeUndefined();
  },

  async 'makes all changes or none'({ store }: Stores) {
    await put(store, ['a', { tags: { k: 'v' } }], ['b', { service: 'other', tags: { k: 'v' } }]);
    const changes = (expected: 'new' | 'any') =>
      [
        { put: newResource('c', { tags: { k: 'v' } }), expected: 'new' },
        { remove: key('b', { service: 'other' }), expected: 'any' },
        { put: newResource('a', { body: 2, tags: {} }), expected },
      ] as const;
    expect(await store.commit(changes('new'))).toBe('conflict');
    const tagged = { place: HERE, key: 'k', value: 'v', limit: 9 };
    expect(names(await store.byTag(tagged))).toEqual(['a', 'b']);
    expect(await store.commit(changes('any'))).toBe('ok');
    expect(names(await store.byTag(tagged))).toEqual(['c']);
    expect((await store.get(key('a')))!.body).toBe(2);
    expect(await store.commit([])).toBe('ok');
  },

  async 'lets one of many make a thing'({ store, other }: Stores) {
    const both = [store, other, store, other];
    const outcomes = await Promise.all(both.map((one) => one.put(newResource('a'), 'new')));
    expect(outcomes.filter((outcome) => outcome !== 'conflict')).toHaveLength(1);
  },

  async 'pages by name from either end'({ store }: Stores) {
    const list = ['b', 'B', 'a', 'ab', '', '\u{1f98a}', '\ufffd', 'é'];
    await put(store, ...list.map((name): [string] => [name]));
    await put(store, ['c', { kind: 'other' }], ['d', { place: THERE }], ['e', { service: 'o' }]);
    const order = ['', 'B', 'a', 'ab', 'b', 'é', '\ufffd', '\u{1f98a}'];
    for (const descending of [false, true]) {
      const wanted = descending ? order.toReversed() : order;
      for (const limit of [1, 3, 20]) {
        expect(await pageOf(store, { limit, descending })).toEqual(wanted);
      }
    }
    expect(names(await store.page({ ...key(''), limit: 2, after: 'aa' }))).toEqual(['ab', 'b']);
    const down = { ...key(''), limit: 2, after: 'aa', descending: true };
    expect(names(await store.page(down))).toEqual(['a', 'B']);
  },

  async 'pages by the beginning of the name'({ store }: Stores) {
    const list = ['x', '/a', '/a/b', '/a/c%', '/a/c_', '/a0', '/b', '/a/\u{10ffff}'];
    await put(store, ...list.map((name): [string] => [name]));
    const order = ['/a/b', '/a/c%', '/a/c_', '/a/\u{10ffff}'];
    for (const limit of [1, 2, 20]) {
      expect(await pageOf(store, { prefix: '/a/', limit })).toEqual(order);
      const down = { prefix: '/a/', limit, descending: true };
      expect(await pageOf(store, down)).toEqual(order.toReversed());
    }
    const at = { ...key(''), prefix: '/a/', limit: 1 };
    expect(names(await store.page({ ...at, after: '!' }))).toEqual(['/a/b']);
    expect(await store.page({ ...at, after: 'z' })).toEqual([]);
    expect(names(await store.page({ ...at, after: 'z', descending: true }))).toEqual(
      order.slice(-1),
    );
    expect(await store.page({ ...at, after: '!', descending: true })).toEqual([]);
  },

  async 'finds by a tag, whatever the service'({ store }: Stores) {
    const tags = { team: 'a', 'k"': '' };
    await put(
      store,
      ['n1', { tags }],
      ['n2', { tags: { team: 'b' } }],
      ['n3', { tags, kind: 'x' }],
      ['n4', { tags, service: 'a' }],
      ['n5', { tags, place: THERE }],
      ['n6', { body: { team: 'a' } }],
    );
    const query = { place: HERE, key: 'team', value: 'a', limit: 2 };
    const first = await store.byTag(query);
    expect(names(first)).toEqual(['n4', 'n1']);
    expect(first[1]).toMatchObject({ service: 'echo', kind: 'thing', tags });
    expect(names(await store.byTag({ ...query, after: first[1] }))).toEqual(['n3']);
    expect(names(await store.byTag({ ...query, key: 'k"', value: '' }))).toHaveLength(2);
    await put(store, ['n1', { tags: { team: 'b' } }]);
    await store.remove(key('n4', { service: 'a' }), 'any');
    expect(names(await store.byTag(query))).toEqual(['n3']);
  },

  async 'tells what there is, then each change before it is acknowledged'({ store }: Stores) {
    await put(store, ['a'], ['b', { service: 'other' }], ['c', { place: THERE, kind: 'x' }]);
    const told: Told[] = [];
    const end = await store.watch('echo', tells(told));
    expect(told.splice(0)).toEqual([{ complete: true, changed: ['c', 'a'], removed: [] }]);
    await store.put(newResource('d', { body: 7 }), 'new');
    expect(told.splice(0)).toEqual([{ complete: false, changed: ['d'], removed: [] }]);
    await store.commit([
      { remove: key('a'), expected: 'any' },
      { put: newResource('d'), expected: 'any' },
      { remove: key('never'), expected: 'any' },
    ]);
    expect(told.splice(0)).toEqual([{ complete: false, changed: ['d'], removed: ['a'] }]);
    await store.put(newResource('d'), 'new');
    await put(store, ['x', { service: 'other' }]);
    await store.refresh('echo');
    expect(told).toEqual([]);
    end();
    await put(store, ['e']);
    expect(told).toEqual([]);
  },

  async 'tells a watcher of what it has not seen, and no other of it'({ store }: Stores) {
    const [first, second]: [Told[], Told[]] = [[], []];
    await store.watch('echo', tells(first));
    await put(store, ['a']);
    await store.watch('echo', tells(second));
    expect(second).toEqual([{ complete: true, changed: ['a'], removed: [] }]);
    expect(first).toHaveLength(2);
    await Promise.all(['b', 'c', 'd'].map((name) => store.put(newResource(name), 'any')));
    const seen = second.slice(1).flatMap(({ changed }) => changed);
    expect(seen.toSorted()).toEqual(['b', 'c', 'd']);
  },

  async 'tells of what another process changes'({ store, other, clock }: Stores) {
    const told: Told[] = [];
    await store.watch('echo', tells(told));
    expect(told.shift()).toEqual({ complete: true, changed: [], removed: [] });
    await put(other, ['a']);
    expect(await more(told, clock)).toEqual({ complete: false, changed: ['a'], removed: [] });
    await other.remove(key('a'), 'any');
    expect(await more(told, clock)).toEqual({ complete: false, changed: [], removed: ['a'] });
  },

  'answers as the oracle does, whatever is asked': againstOracle,
};
