import { expect, test } from 'vitest';
import type { HistoryRecord, RecordType } from '../src/execution/record.ts';
import { comparable } from './check.ts';
import { type Mark, Marks } from './marks.ts';
import { Random } from './random.ts';
import { printFailure, Totals } from './run.ts';
import { runSeed, SEEDS } from './seeds.ts';

/** How much of each the list of seeds must have seen, at the very least. */
const WANTED: Readonly<Record<Mark, number>> = {
  'crashes before a commit': 500,
  'crashes after a commit': 400,
  'nodes that died while others lived': 100,
  'nodes that stopped cleanly': 10,
  'nodes that paused for longer than their lease': 10,
  'nodes whose work others took over': 300,
  'commits that conflicted': 30,
  'reloads after a conflict': 30,
  evictions: 80,
  'tasks lost': 40,
  'tasks run again': 40,
  'task timeouts': 15,
  'execution timeouts': 5,
  'executions aborted': 10,
  redrives: 40,
  'defects survived': 10,
  'executions failed by a defect': 8,
  'Express executions begun again': 20,
  'Map Runs aborted': 2,
  'Map Runs failed': 10,
  'Map Runs redriven': 4,
  'Map Runs taken over': 100,
  callbacks: 50,
  'early answers': 15,
  'answers that came too late': 8,
  'late heartbeats': 3,
  'activity tasks': 15,
  'starts by what another node has changed': 1,
};

test('random machines survive what the seeds bring, and that is enough', async () => {
  const totals = new Totals();
  for (const seed of SEEDS) {
    const report = await runSeed(seed);
    totals.add(report);
    expect(report.problems.length > 0 && printFailure(report)).toBe(false);
  }
  console.log(totals.print());
  expect(totals.marks.below(WANTED)).toEqual([]);
}, 600_000);

test('what has been seen too little of is told', () => {
  const marks = new Marks();
  marks.note('redrives', 3);
  const wanted = { ...WANTED, redrives: 4, callbacks: 0 };
  expect(marks.below(wanted)).toContain('redrives: 3, at least 4 wanted');
  expect(marks.below(wanted).join()).not.toContain('callbacks');
  marks.note('redrives');
  expect(marks.below(wanted).join()).not.toContain('redrives');
});

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
