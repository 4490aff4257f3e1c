/**
 * The examination of a LogStore.
 *
 * Implementations: SQL alone. The rules are those of order and of pieces, which are said in the
 * cases; what needs logs in a test opens a SQLite in the process.
 */

import { expect } from 'vitest';
import { Random } from '../../../sim/random.ts';
import { exercise, type Subject, type SuiteOptions } from '../suite.ts';
import type { LogStore, StoredGroup } from './store.ts';

const place = { account: '000000000000', region: 'us-east-1' };
const elsewhere = { account: '000000000000', region: 'eu-west-1' };
const DAY_MS = 86_400_000;
const NOW = 1_000 * DAY_MS;
const ALL = {
  from: 0,
  to: Number.MAX_SAFE_INTEGER,
  beyond: undefined,
  descending: false,
  limit: 100,
};

const group = (name: string) => ({ name, createdAt: 7, class: 'STANDARD', tags: { a: 'é' } });
const at = (...times: number[]) => times.map((time) => ({ at: time, message: `at ${time}` }));
const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name);

async function made(store: LogStore, name = 'g'): Promise<StoredGroup> {
  await store.createGroup(place, group(name));
  return (await store.group(place, name))!;
}

async function messages(store: LogStore, query: object): Promise<string[]> {
  const events = await store.events({
    ...ALL,
    ...(query as typeof ALL & { of: { group: number } }),
  });
  return events.map(({ message }) => message);
}

export function exerciseLogStore(
  name: string,
  newStore: () => Promise<Subject<LogStore>>,
  options: SuiteOptions = {},
): void {
  exercise(name, newStore, cases, options);
}

const cases = {
  async 'gives no id twice while deleted events wait to be swept'(store: LogStore) {
    const first = await made(store, '/a');
    await store.append(
      [{ place, group: '/a', stream: 's', events: [{ at: 1, message: 'secret' }] }],
      NOW,
    );
    await store.deleteGroup(place, '/a');
    await store.createGroup(elsewhere, group('/b'));
    const other = (await store.group(elsewhere, '/b'))!;
    expect(other.id).not.toBe(first.id);
    await store.append([{ place: elsewhere, group: '/b', stream: 's', events: at(2) }], NOW);
    expect(await messages(store, { of: { group: other.id } })).toEqual(['at 2']);
    expect(await store.prune(NOW, 0, 100)).toBe(1);
    expect(await messages(store, { of: { group: other.id } })).toEqual(['at 2']);
  },

  async 'shows and keeps what is there, whatever was deleted before'(store: LogStore) {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const chances = new Random(seed, 'logs');
    const random = (end: number): number => chances.below(end);
    // Texts by place, group and stream.
    const kept = new Map<string, string[]>();
    const places = [place, elsewhere];
    for (let step = 0; step < 250; step++) {
      const where = places[random(2)]!;
      const name = `g${random(3)}`;
      const stream = `s${random(3)}`;
      const prefix = `${where.region} ${name} `;
      switch (random(5)) {
        case 0: {
          await store.deleteGroup(where, name);
          for (const key of [...kept.keys()]) if (key.startsWith(prefix)) kept.delete(key);
          break;
        }
        case 1: {
          const found = await store.group(where, name);
          if (found) await store.deleteStream(found.id, stream);
          kept.delete(prefix + stream);
          break;
        }
        case 2:
          await store.prune(NOW, 0, 1 + random(20));
          break;
        default: {
          const message = `step ${step}`;
          const events = [{ at: step, message }];
          await store.append([{ place: where, group: name, stream, events }], NOW);
          kept.set(prefix + stream, [...(kept.get(prefix + stream) ?? []), message]);
        }
      }
    }
    while ((await store.prune(NOW, 0, 100)) > 0);
    for (const where of places) {
      for (const found of await store.groups(where, '', '', 10)) {
        for (const stream of ['s0', 's1', 's2']) {
          const there = await store.stream(found.id, stream);
          const shown = there ? await messages(store, { of: { stream: there.id } }) : [];
          const key = `${where.region} ${found.name} ${stream}`;
          expect(shown, `seed ${seed}, ${key}`).toEqual(kept.get(key) ?? []);
        }
      }
    }
  },

  async 'keeps groups by name, in their place'(store: LogStore) {
    expect(await store.createGroup(place, group('/aws/b'))).toBe(true);
    expect(await store.createGroup(place, group('/aws/b'))).toBe(false);
    for (const name of ['/aws/a', '/aws/B', 'other', '/aws/c%']) {
      await store.createGroup(place, group(name));
    }
    await store.createGroup(elsewhere, group('/aws/z'));
    expect(await store.group(place, '/aws/b')).toMatchObject({
      ...group('/aws/b'),
      storedBytes: 0,
    });
    expect(names(await store.groups(place, '', '', 10))).toEqual([
      '/aws/B',
      '/aws/a',
      '/aws/b',
      '/aws/c%',
      'other',
    ]);
    expect(names(await store.groups(place, '/aws/', '/aws/a', 2))).toEqual(['/aws/b', '/aws/c%']);
    expect(names(await store.groups(place, '/aws/c%', '', 9))).toEqual(['/aws/c%']);
  },

  async 'changes retention and tags'(store: LogStore) {
    const { id } = await made(store);
    await store.setRetention(id, 7);
    await store.setTags(id, {});
    expect(await store.group(place, 'g')).toMatchObject({ retentionDays: 7, tags: {} });
    await store.setRetention(id, undefined);
    expect(await store.group(place, 'g')).not.toHaveProperty('retentionDays');
  },

  async 'makes groups and streams with the first event'(store: LogStore) {
    await store.append([{ place, group: 'g', stream: 's', events: at(20, 10) }], 99);
    const g = (await store.group(place, 'g'))!;
    expect(g.storedBytes).toBe(2 * (26 + 5));
    expect(await store.stream(g.id, 's')).toMatchObject({
      name: 's',
      createdAt: 99,
      firstEventAt: 10,
      lastEventAt: 20,
      lastIngestedAt: 99,
    });
    await store.append([{ place, group: 'g', stream: 's', events: at(30) }], 100);
    expect(await store.stream(g.id, 's')).toMatchObject({ firstEventAt: 10, lastEventAt: 30 });
  },

  async 'reads events by time, then as they came, from either end'(store: LogStore) {
    const events = [
      { at: 2, message: 'b1' },
      { at: 1, message: 'a' },
      { at: 2, message: 'b2' },
      { at: 3, message: 'c' },
    ];
    await store.append([{ place, group: 'g', stream: 's', events }], 9);
    await store.append([{ place, group: 'g', stream: 't', events: [{ at: 2, message: 'b3' }] }], 9);
    const g = (await store.group(place, 'g'))!;
    const s = (await store.stream(g.id, 's'))!;
    expect(await messages(store, { of: { group: g.id } })).toEqual(['a', 'b1', 'b2', 'b3', 'c']);
    expect(await messages(store, { of: { stream: s.id } })).toEqual(['a', 'b1', 'b2', 'c']);
    expect(await messages(store, { of: { group: g.id }, from: 2, to: 3 })).toEqual([
      'b1',
      'b2',
      'b3',
    ]);
    const [first, second] = await store.events({ ...ALL, of: { group: g.id }, limit: 2 });
    expect(second).toMatchObject({ at: 2, ingestedAt: 9, message: 'b1', streamName: 's' });
    expect(await messages(store, { of: { group: g.id }, beyond: second })).toEqual([
      'b2',
      'b3',
      'c',
    ]);
    expect(
      await messages(store, { of: { group: g.id }, beyond: second, descending: true }),
    ).toEqual([first!.message]);
    expect(await messages(store, { of: { group: g.id }, descending: true, limit: 2 })).toEqual([
      'c',
      'b3',
    ]);
  },

  async 'takes many events at once'(store: LogStore) {
    const events = Array.from({ length: 1_000 }, (_, n) => ({ at: n + 1, message: String(n) }));
    await store.append([{ place, group: 'g', stream: 's', events }], 9);
    const g = (await store.group(place, 'g'))!;
    const all = await messages(store, { of: { group: g.id }, limit: 2_000 });
    expect(all).toEqual(events.map(({ message }) => message));
  },

  async 'lists streams by name and by time'(store: LogStore) {
    const g = await made(store);
    for (const name of ['b', 'a', 'c']) expect(await store.createStream(g.id, name, 1)).toBe(true);
    expect(await store.createStream(g.id, 'a', 1)).toBe(false);
    await store.append([{ place, group: 'g', stream: 'c', events: at(5) }], 9);
    await store.append([{ place, group: 'g', stream: 'b', events: at(7) }], 9);
    const byName = { prefix: '', after: undefined, descending: false, limit: 2 };
    expect(names(await store.streamsByName(g.id, byName))).toEqual(['a', 'b']);
    expect(names(await store.streamsByName(g.id, { ...byName, after: 'b' }))).toEqual(['c']);
    const down = { ...byName, descending: true, after: 'c' };
    expect(names(await store.streamsByName(g.id, down))).toEqual(['b', 'a']);
    expect(names(await store.streamsByName(g.id, { ...byName, prefix: 'c' }))).toEqual(['c']);
    const byTime = { after: undefined, descending: true, limit: 2 };
    const latest = await store.streamsByTime(g.id, byTime);
    expect(names(latest)).toEqual(['b', 'c']);
    const after = { at: latest[1]!.lastEventAt, id: latest[1]!.id };
    expect(names(await store.streamsByTime(g.id, { ...byTime, after }))).toEqual(['a']);
    expect(names(await store.streamsByTime(g.id, { ...byTime, descending: false }))).toEqual([
      'a',
      'c',
    ]);
  },

  async 'deletes groups and streams at once, their events in pieces'(store: LogStore) {
    await store.append([{ place, group: 'g', stream: 's', events: at(1, 2, 3) }], NOW);
    await store.append([{ place, group: 'g', stream: 't', events: at(1, 2) }], NOW);
    await store.append([{ place, group: 'h', stream: 's', events: at(1) }], NOW);
    const g = (await store.group(place, 'g'))!;
    expect(await store.deleteStream(g.id, 's')).toBe(true);
    expect(await store.deleteStream(g.id, 's')).toBe(false);
    expect(await messages(store, { of: { group: g.id } })).toEqual(['at 1', 'at 2']);
    // The same names again are new ones.
    await store.append([{ place, group: 'g', stream: 's', events: at(9) }], NOW);
    expect(await messages(store, { of: { group: g.id } })).toEqual(['at 1', 'at 2', 'at 9']);
    expect(await store.deleteGroup(place, 'g')).toBe(true);
    expect(await store.deleteGroup(place, 'g')).toBe(false);
    await store.append([{ place, group: 'g', stream: 's', events: at(10) }], NOW);
    const again = (await store.group(place, 'g'))!;
    expect(await messages(store, { of: { group: again.id } })).toEqual(['at 10']);
    expect(await store.prune(NOW, 0, 2)).toBe(2);
    expect(await store.prune(NOW, 0, 100)).toBe(4);
    expect(await store.prune(NOW, 0, 100)).toBe(0);
    const h = (await store.group(place, 'h'))!;
    expect(await messages(store, { of: { group: h.id } })).toEqual(['at 1']);
    expect(await messages(store, { of: { group: again.id } })).toEqual(['at 10']);
  },

  async 'deletes what is past its retention'(store: LogStore) {
    const days = (n: number): number => NOW - n * DAY_MS;
    for (const name of ['short', 'long']) {
      await store.append(
        [{ place, group: name, stream: 's', events: at(days(40), days(4), days(1)) }],
        NOW,
      );
      await store.append([{ place, group: name, stream: 'old', events: at(days(40)) }], days(40));
    }
    const short = (await store.group(place, 'short'))!;
    const long = (await store.group(place, 'long'))!;
    await store.setRetention(short.id, 3);
    expect(await store.prune(NOW, days(30), 1)).toBe(1);
    expect(await store.prune(NOW, days(30), 100)).toBe(4);
    expect(await messages(store, { of: { group: short.id } })).toEqual([`at ${days(1)}`]);
    expect(await messages(store, { of: { group: long.id } })).toHaveLength(2);
    expect(await store.stream(short.id, 'old')).toBeUndefined();
    expect(await store.stream(short.id, 's')).toBeDefined();
    const left = (await store.group(place, 'short'))!;
    expect(left.storedBytes).toBe(26 + `at ${days(1)}`.length);
    // A stream that went while it was known is made again.
    await store.append([{ place, group: 'short', stream: 'old', events: at(NOW) }], NOW);
    expect(await messages(store, { of: { group: short.id } })).toHaveLength(2);
  },
};
