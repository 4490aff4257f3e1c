/**
 * The examination of a MachineStore: machines, activities, tags; `contract-versions.ts` has the
 * rest.
 *
 * Implementations: SQL alone. What is hard in it are guards of units against each other, which an
 * oracle in memory could not get wrong; tests that need machines open a SQLite in the process.
 */
import { expect } from 'vitest';
import { type Cases, exercise, type Subject, type SuiteOptions } from '../suite.ts';
import { HERE, sampleMachine, sampleRevision } from './contract-samples.ts';
import { versionCases } from './contract-versions.ts';
import type { MachineStore, StoredActivity } from './store.ts';

const ELSEWHERE = { account: HERE.account, region: 'eu-west-1' };

const activity = (name: string): StoredActivity => ({
  ...HERE,
  arn: `arn:aws:states:r:a:activity:${name}`,
  name,
  createdAt: 4,
  tags: [],
});

const INVALID_TOKEN = expect.objectContaining({ code: 'InvalidToken' });

const machineCases: Cases<MachineStore> = {
  'gives back what was created, every member of it': async (store) => {
    const tags = [{ key: 'ключ', value: '' }];
    const full = sampleMachine('full', {
      type: 'EXPRESS',
      tags,
      revision: sampleRevision({ id: 'x', logging: '{}', tracing: '[]', encryption: '"e"' }),
    });
    expect(await store.create(full, '{"text":"ü\u0000"}')).toBeUndefined();
    expect(await store.create(sampleMachine('bare'), 'd')).toBeUndefined();
    expect(await store.machine(full.arn)).toEqual(full);
    expect(await store.machine(sampleMachine('bare').arn)).toEqual(sampleMachine('bare'));
    expect(await store.definition('hash')).toBe('{"text":"ü\u0000"}');
    expect(await store.machine('arn:none')).toBeUndefined();
    expect(await store.definition('none')).toBeUndefined();
  },

  'an ARN that exists is not created again': async (store) => {
    await store.create(sampleMachine('m'), 'd');
    const other = sampleMachine('m', { revision: sampleRevision({ definitionHash: 'other' }) });
    expect(await store.create(other, 'e')).toEqual(sampleMachine('m'));
    expect(await store.definition('other')).toBeUndefined();
  },

  'of many updates of one revision exactly one wins': async (store) => {
    const machine = sampleMachine('m');
    await store.create(machine, 'd');
    const to = (n: number) => sampleRevision({ id: `r${n}`, at: 10, definitionHash: `h${n}` });
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map((n) => store.revise(machine, to(n), { definition: `d${n}` })),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const winner = to(outcomes.indexOf(true) + 1);
    expect((await store.machine(machine.arn))!.revision).toEqual(winner);
    expect(await store.definition(winner.definitionHash)).toBeDefined();
    expect(await store.revise(machine, to(5))).toBe(false);
    expect(await store.revise(sampleMachine('none'), to(5))).toBe(false);
  },

  'a deleted machine is gone, its definition stays': async (store) => {
    const { arn } = sampleMachine('m');
    await store.create(sampleMachine('m'), 'd');
    expect(await store.delete(arn)).toBe(true);
    expect(await store.delete(arn)).toBe(false);
    expect(await store.machine(arn)).toBeUndefined();
    expect(await store.definition('hash')).toBe('d');
    expect(await store.create(sampleMachine('m'), 'd')).toBeUndefined();
  },

  'a machine that is being deleted stays as it is and out of the lists': async (store) => {
    const { arn, revision } = sampleMachine('m');
    await store.create(sampleMachine('m'), 'd');
    await store.create(sampleMachine('n'), 'd');
    expect(await store.beginDeleting(arn)).toBe(true);
    expect(await store.beginDeleting(arn)).toBe(false);
    expect(await store.beginDeleting('arn:none')).toBe(false);
    const going = { ...sampleMachine('m'), deleting: true };
    expect(await store.machine(arn)).toEqual(going);
    expect(await store.listDeleting()).toEqual([going]);
    expect(await store.list({ ...HERE, limit: 5 })).toEqual({ items: [sampleMachine('n')] });
    expect(await store.create(sampleMachine('m'), 'd')).toEqual(going);
    expect(await store.revise(sampleMachine('m'), sampleRevision({ id: 'x' }))).toBe(false);
    const version = { machineArn: arn, number: 1, createdAt: 2, revision };
    expect(await store.publish(version)).toBe(false);
    expect(await store.delete(arn)).toBe(true);
    expect(await store.listDeleting()).toEqual([]);
  },

  'lists a place, the oldest first': async (store) => {
    for (const name of ['c', 'a', 'b']) await store.create(sampleMachine(name), 'd');
    await store.create(sampleMachine('far', { ...ELSEWHERE, arn: 'arn:far' }), 'd');
    const first = await store.list({ ...HERE, limit: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(['c', 'a']);
    const token = first.nextToken!;
    const second = await store.list({ ...HERE, limit: 2, token });
    expect(second.items.map(({ name }) => name)).toEqual(['b']);
    expect(second.nextToken).toBeUndefined();
    expect((await store.list({ ...HERE, limit: 3 })).nextToken).toBeUndefined();
    await expect(store.list({ ...HERE, limit: 2, token: 'x' })).rejects.toEqual(INVALID_TOKEN);
    await expect(store.listActivities({ ...HERE, limit: 2, token })).rejects.toEqual(INVALID_TOKEN);
  },

  'keeps activities': async (store) => {
    expect(await store.createActivity(activity('a'))).toBeUndefined();
    expect(await store.createActivity({ ...activity('a'), createdAt: 9 })).toEqual(activity('a'));
    await store.createActivity({ ...activity('b'), encryption: '{}' });
    expect(await store.activity(activity('b').arn)).toEqual({ ...activity('b'), encryption: '{}' });
    const { items } = await store.listActivities({ ...HERE, limit: 5 });
    expect(items.map(({ name }) => name)).toEqual(['a', 'b']);
    await store.deleteActivity(activity('a').arn);
    await store.deleteActivity(activity('a').arn);
    expect(await store.activity(activity('a').arn)).toBeUndefined();
  },

  'tags change only from what they were': async (store) => {
    await store.create(sampleMachine('m'), 'd');
    await store.createActivity(activity('a'));
    const tags = [{ key: 'k', value: 'v' }];
    for (const { arn } of [sampleMachine('m'), activity('a')]) {
      expect(await store.retag(arn, [], tags)).toBe(true);
      expect(await store.retag(arn, [], [])).toBe(false);
    }
    expect((await store.machine(sampleMachine('m').arn))!.tags).toEqual(tags);
    expect((await store.activity(activity('a').arn))!.tags).toEqual(tags);
    expect(await store.retag('arn:none', [], tags)).toBe(false);
  },
};

export function exerciseMachineStore(
  name: string,
  newStore: () => Promise<Subject<MachineStore>>,
  options: SuiteOptions = {},
): void {
  exercise(name, newStore, { ...machineCases, ...versionCases }, options);
}
