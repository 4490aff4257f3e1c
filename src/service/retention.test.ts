import { expect, test } from 'vitest';
import { ManualClock, settle, testLog } from './engine/testing.ts';
import { type Prune, Retention } from './retention.ts';

const DAY_MS = 86_400_000;

function world(days: number, bytesMax: number, ends: number[], bytesEach = 10) {
  const clock = new ManualClock(100 * DAY_MS);
  const log = testLog();
  const pieces: number[] = [];
  const prune: Prune = async (before, limit) => {
    ends.sort((a, b) => a - b);
    const count = Math.min(ends.filter((at) => at < before).length, limit);
    ends.splice(0, count);
    if (count > 0) pieces.push(count);
    return count;
  };
  const retention = new Retention({
    clock,
    log,
    kept: [
      { what: 'executions', prune, bounded: true },
      { what: 'broken', days, prune: () => Promise.reject(new Error('no')) },
    ],
    days,
    bytesMax,
    usedBytes: async () => ends.length * bytesEach,
  });
  return { clock, log, retention, pieces };
}

test('deletes what ended too long ago, in pieces', async () => {
  const ends = Array.from({ length: 500 }, (_, i) => (i < 350 ? 9 : 11) * DAY_MS);
  const { clock, retention, pieces } = world(90, 0, ends);
  await retention.start();
  await clock.pass(60_000);
  expect(ends).toHaveLength(150);
  expect(pieces).toEqual([100, 100, 100, 50]);
  await clock.pass(DAY_MS);
  expect(ends).toHaveLength(0);
  await retention.stop();
  await retention.stop();
});

test('keeps for ever what is to be kept for ever', async () => {
  const ends = [1, 2, 3];
  const { clock, retention } = world(0, 0, ends);
  await retention.start();
  await clock.pass(10 * DAY_MS);
  expect(ends).toHaveLength(3);
  await retention.stop();
});

test('deletes the oldest while there is too much', async () => {
  const ends = Array.from({ length: 500 }, (_, i) => i + 1);
  const { clock, retention } = world(0, 2_000, ends);
  await retention.start();
  await clock.pass(60_000);
  expect(ends).toHaveLength(200);
  expect(ends[0]).toBe(301);
  await retention.stop();
});

test('says so where something cannot be deleted, and stops at once', async () => {
  const { clock, log, retention } = world(0, 1, [200 * DAY_MS]);
  await retention.start();
  await clock.pass(60_000);
  expect(log.lines.map(({ message }) => message)).toEqual([
    'could not delete old broken',
    'the data is above its limit, and nothing in it may go',
  ]);
  await retention.stop();
  await settle();
  expect(clock.next).toBeUndefined();
});
