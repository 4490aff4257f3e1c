import { expect, test } from 'vitest';
import type { HistoryRecord, RecordType } from '../src/execution/record.ts';
import { comparable } from './check.ts';
import { Random } from './random.ts';
import { printFailure, printTotals, runSeeds } from './run.ts';
import { runSeed } from './seeds.ts';

const SECONDS = 10;

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

test('compares runs by scope, whatever their ids and times', () => {
  const record = (id: number, type: RecordType, scope: string, details = {}) =>
    ({ type, id, previousEventId: 0, at: id, scope, details }) as HistoryRecord;
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
