import { expect, test } from 'vitest';
import type { Commit, ExecutionStore } from '../src/store/executions.ts';
import { comparable } from './check.ts';
import { Random } from './random.ts';
import { printFailure, printTotals, runSeeds } from './run.ts';
import { runSeed } from './seeds.ts';

const SECONDS = 10;
const SEEDS_TO_FIND = 40;

test('random machines survive crashes at every commit', async () => {
  const { totals, failed } = await runSeeds(1, SECONDS * 1000, () => performance.now());
  console.log(printTotals(totals));
  expect(failed && printFailure(failed)).toBeUndefined();
  expect(totals.crashes).toBeGreaterThan(0);
}, 60_000);

test('a seed tells the same story every time', async () => {
  const [first, second] = [await runSeed(5), await runSeed(5)];
  expect(second).toEqual(first);
  const draws = (stream: string): number[] => {
    const random = new Random(7, stream);
    return [random.next(), random.next()];
  };
  expect(draws('a')).toEqual(draws('a'));
  expect(draws('a')).not.toEqual(draws('b'));
});

/** A store of which one method does wrong, to see that somebody notices. */
function planted(wrong: (store: ExecutionStore) => Partial<ExecutionStore>) {
  return (store: ExecutionStore): ExecutionStore => {
    const bad = wrong(store);
    return new Proxy(store, {
      get(target, name: keyof ExecutionStore) {
        const method = bad[name] ?? target[name];
        return (method as (...args: never[]) => unknown).bind(target);
      },
    });
  };
}

const without = (commit: Commit, work: Partial<Commit['work']>): Commit => ({
  ...commit,
  work: { ...commit.work, ...work },
});

const defects: Record<string, (store: ExecutionStore) => Partial<ExecutionStore>> = {
  'timers are set after the commit, in memory only': (store) => ({
    commit: (commit) => {
      const put = commit.work.put.filter(({ kind }) => kind !== 'timer');
      return store.commit(without(commit, { put }));
    },
  }),
  'settled work stays': (store) => ({
    commit: (commit) => store.commit(without(commit, { remove: [] })),
  }),
  'the end leaves its work behind': (store) => ({
    commit: (commit) => store.commit(without(commit, { clear: false })),
  }),
  'some commits are acknowledged and lost': (store) => {
    let count = 0;
    return {
      commit: async (commit) => (++count % 7 === 0 ? 'ok' : store.commit(commit)),
    };
  },
  'a lost attempt is nobody’s business': () => ({ lost: async () => [] }),
  'a conflict is taken for success': (store) => ({
    commit: async (commit) => {
      await store.commit(commit);
      return 'ok';
    },
  }),
};

for (const [name, wrong] of Object.entries(defects)) {
  test(`finds a planted defect: ${name}`, async () => {
    let found = 0;
    for (let seed = 1; seed <= SEEDS_TO_FIND && found === 0; seed++) {
      const { problems } = await runSeed(seed, planted(wrong));
      if (problems.length > 0) found = seed;
    }
    expect(found).toBeGreaterThan(0);
  }, 60_000);
}

test('compares runs by scope, whatever their ids and times', () => {
  const record = (id: number, type: string, scope: string, details = {}) => ({
    type,
    id,
    previousEventId: 0,
    at: id,
    scope,
    details,
  });
  const branch = (entered: number, first: number) => [
    record(entered, 'ParallelStateEntered', '', { name: 'P' }),
    record(first, 'PassStateEntered', `/${entered}.0`, {
      name: 'A',
      at: 1_700_000_000_000 + first,
    }),
  ];
  expect(comparable(branch(2, 5))).toBe(comparable(branch(3, 9)));
  expect(comparable(branch(2, 5))).not.toBe(comparable(branch(2, 5).slice(0, 1)));
});
