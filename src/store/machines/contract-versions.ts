/** The part of the examination of a MachineStore that is about versions and aliases. */
import { expect } from 'vitest';
import type { Cases } from '../suite.ts';
import { sampleMachine, sampleRevision } from './contract-samples.ts';
import type { MachineStore } from './store.ts';
import type { StoredAlias, StoredVersion } from './versions.ts';

const MACHINE = sampleMachine('m');
const machineArn = MACHINE.arn;

const version = (number: number, more: Partial<StoredVersion> = {}): StoredVersion => ({
  machineArn,
  number,
  createdAt: number * 100,
  revision: number === 1 ? MACHINE.revision : sampleRevision({ id: `r${number}`, at: number }),
  ...more,
});

const alias = (name: string, more: Partial<StoredAlias> = {}): StoredAlias => ({
  machineArn,
  name,
  createdAt: 5,
  updatedAt: 5,
  routes: [{ version: 1, weight: 100 }],
  ...more,
});

/** A machine with versions 1 to `count`, each of a revision of its own. */
async function published(store: MachineStore, count: number): Promise<void> {
  await store.create({ ...MACHINE, lastVersion: 1 }, 'd', version(1));
  for (let number = 2; number <= count; number++) {
    const from = (await store.machine(machineArn))!;
    const next = version(number);
    expect(await store.revise(from, next.revision, { version: next })).toBe(true);
  }
}

const INVALID_TOKEN = expect.objectContaining({ code: 'InvalidToken' });

export const versionCases: Cases<MachineStore> = {
  'a version comes with its machine, its revision, or alone': async (store) => {
    await published(store, 2);
    const revision = sampleRevision({ id: 'r3', at: 3, logging: '{}', encryption: '{}' });
    const third = version(3, { description: '', revision });
    expect(await store.publish(third)).toBe(false);
    expect(await store.revise((await store.machine(machineArn))!, revision)).toBe(true);
    expect(await store.publish({ ...third, number: 4 })).toBe(false);
    expect(await store.publish({ ...third, machineArn: 'arn:none' })).toBe(false);
    expect(await store.publish(third)).toBe(true);
    expect(await store.publish(third)).toBe(false);
    for (const one of [version(1), version(2), third]) {
      expect(await store.version(machineArn, one.number)).toEqual(one);
      expect(await store.versionOf(machineArn, one.revision)).toEqual(one);
    }
    expect((await store.machine(machineArn))!.lastVersion).toBe(3);
    expect(await store.version(machineArn, 4)).toBeUndefined();
    const other = sampleRevision({ id: 'r3', at: 4 });
    expect(await store.versionOf(machineArn, other)).toBeUndefined();
  },

  'a machine that exists gets no version by being created': async (store) => {
    await store.create(MACHINE, 'd');
    await store.create({ ...MACHINE, lastVersion: 1 }, 'd', version(1));
    expect(await store.version(machineArn, 1)).toBeUndefined();
    expect((await store.machine(machineArn))!.lastVersion).toBe(0);
  },

  'of many publications of one number exactly one wins': async (store) => {
    await store.create(MACHINE, 'd');
    const outcomes = await Promise.all(
      ['a', 'b', 'c'].map((description) => store.publish(version(1, { description }))),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const { description } = (await store.version(machineArn, 1))!;
    expect(description).toBe(['a', 'b', 'c'][outcomes.indexOf(true)]);
    const stale = { ...MACHINE, lastVersion: 0 };
    expect(await store.revise(stale, sampleRevision({ id: 'x', at: 9 }))).toBe(false);
  },

  'numbers are not given twice': async (store) => {
    await published(store, 2);
    expect(await store.deleteVersion(machineArn, 2)).toBe(true);
    expect(await store.deleteVersion(machineArn, 2)).toBe(false);
    expect(await store.deleteVersion('arn:none', 1)).toBe(false);
    const { revision } = version(2);
    expect(await store.publish(version(2))).toBe(false);
    expect(await store.publish(version(3, { revision }))).toBe(true);
    expect(await store.counts(machineArn)).toEqual({ versions: 2, aliases: 0 });
  },

  'lists versions, the newest first': async (store) => {
    await published(store, 4);
    await store.deleteVersion(machineArn, 3);
    const first = await store.listVersions({ machineArn, limit: 2 });
    expect(first.items.map(({ number }) => number)).toEqual([4, 2]);
    const token = first.nextToken!;
    const second = await store.listVersions({ machineArn, limit: 2, token });
    expect(second).toEqual({ items: [version(1)] });
    expect(await store.listVersions({ machineArn: 'arn:none', limit: 2 })).toEqual({ items: [] });
    const ask = (query: { machineArn: string; token: string }) =>
      expect(store.listVersions({ limit: 2, ...query })).rejects.toEqual(INVALID_TOKEN);
    await ask({ machineArn, token: 'x' });
    await ask({ machineArn: 'arn:other', token });
  },

  'an alias refers to versions that are there': async (store) => {
    await published(store, 2);
    const two = alias('two', {
      description: 'd',
      routes: [
        { version: 2, weight: 0 },
        { version: 1, weight: 100 },
      ],
    });
    expect(await store.createAlias(two)).toBe(true);
    expect(await store.createAlias({ ...two, createdAt: 9 })).toBe(false);
    expect(await store.createAlias(alias('one'))).toBe(true);
    expect(await store.alias(machineArn, 'two')).toEqual(two);
    expect(await store.alias(machineArn, 'one')).toEqual(alias('one'));
    expect(await store.alias(machineArn, 'none')).toBeUndefined();
    const routes = [{ version: 7, weight: 100 }] as const;
    expect(await store.createAlias(alias('x', { routes }))).toBe(false);
    expect(await store.createAlias(alias('x', { routes: [two.routes[0]!, routes[0]] }))).toBe(
      false,
    );
    expect(await store.createAlias(alias('x', { machineArn: 'arn:none' }))).toBe(false);
  },

  'an alias changes as a whole': async (store) => {
    await published(store, 2);
    await store.createAlias(alias('a', { description: 'before' }));
    const routes = [
      { version: 1, weight: 30 },
      { version: 2, weight: 70 },
    ] as const;
    const after = alias('a', { updatedAt: 8, routes });
    expect(await store.updateAlias({ ...after, createdAt: 77 })).toBe(true);
    expect(await store.alias(machineArn, 'a')).toEqual(after);
    expect(await store.updateAlias(alias('b'))).toBe(false);
    const gone = alias('a', { routes: [{ version: 7, weight: 100 }] });
    expect(await store.updateAlias(gone)).toBe(false);
    expect(await store.alias(machineArn, 'a')).toEqual(after);
  },

  'a version stays while an alias refers to it': async (store) => {
    await published(store, 3);
    const routes = [
      { version: 3, weight: 50 },
      { version: 2, weight: 50 },
    ] as const;
    await store.createAlias(alias('a', { routes }));
    expect(await store.deleteVersion(machineArn, 3)).toBe(false);
    expect(await store.deleteVersion(machineArn, 2)).toBe(false);
    expect(await store.deleteVersion(machineArn, 1)).toBe(true);
    await store.deleteAlias(machineArn, 'a');
    await store.deleteAlias(machineArn, 'a');
    expect(await store.alias(machineArn, 'a')).toBeUndefined();
    expect(await store.deleteVersion(machineArn, 3)).toBe(true);
  },

  'lists aliases, the oldest first, all or those of a version': async (store) => {
    await published(store, 2);
    const second = [{ version: 2, weight: 100 }] as const;
    for (const name of ['c', 'a', 'b']) await store.createAlias(alias(name));
    await store.createAlias(alias('d', { routes: second }));
    const first = await store.listAliases({ machineArn, limit: 3 });
    expect(first.items.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
    const token = first.nextToken!;
    const rest = await store.listAliases({ machineArn, limit: 3, token });
    expect(rest.items.map(({ name }) => name)).toEqual(['d']);
    const ofSecond = await store.listAliases({ machineArn, limit: 3, version: 2 });
    expect(ofSecond.items).toEqual(rest.items);
    const mixed = store.listAliases({ machineArn, limit: 3, version: 2, token });
    await expect(mixed).rejects.toEqual(INVALID_TOKEN);
    expect(await store.counts(machineArn)).toEqual({ versions: 2, aliases: 4 });
  },

  'versions and aliases go with their machine': async (store) => {
    await published(store, 2);
    await store.createAlias(alias('a'));
    await store.delete(machineArn);
    expect(await store.counts(machineArn)).toEqual({ versions: 0, aliases: 0 });
    await store.create(MACHINE, 'd');
    expect(await store.version(machineArn, 1)).toBeUndefined();
    expect(await store.alias(machineArn, 'a')).toBeUndefined();
    expect(await store.publish(version(1))).toBe(true);
  },
};
