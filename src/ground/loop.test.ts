import { expect, it } from 'vitest';
import { ManualClock } from '../../test/support/clock.ts';
import { Loop } from './loop.ts';

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

function loopOf(turn: () => Promise<number | undefined>) {
  const clock = new ManualClock();
  const failures: unknown[] = [];
  const failed = (error: unknown): void => {
    failures.push(error);
  };
  const loop = new Loop({ clock, turn, failed, retryMs: [100, 300] });
  return { clock, loop, failures };
}

it('takes its first turn when it was told to, and the next when the turn says', async () => {
  let turns = 0;
  const { clock, loop } = loopOf(async () => (++turns < 3 ? 50 : undefined));
  loop.start(10);
  loop.start(0);
  expect(clock.waits).toEqual([10]);
  clock.advance(10);
  await settle();
  expect([turns, clock.waits]).toEqual([1, [50]]);
  clock.advance(50);
  await settle();
  clock.advance(50);
  await settle();
  expect([turns, clock.waits]).toEqual([3, []]);
});

it('takes the earliest of many wakes, one before its start included', async () => {
  let turns = 0;
  const { clock, loop } = loopOf(async () => {
    turns += 1;
    return undefined;
  });
  loop.wake(40);
  expect(clock.waits).toEqual([]);
  loop.start();
  loop.wake(20);
  loop.wake(30);
  expect(clock.waits).toEqual([20]);
  clock.advance(1000);
  await settle();
  expect([turns, clock.waits]).toEqual([1, []]);
});

it('takes another turn after one during which it was woken', async () => {
  const ends: (() => void)[] = [];
  const { clock, loop } = loopOf(
    () => new Promise((resolve) => ends.push(() => resolve(undefined))),
  );
  loop.start(0);
  clock.advance(0);
  loop.wake();
  clock.advance(1000);
  await settle();
  expect(ends).toHaveLength(1);
  ends[0]!();
  await settle();
  clock.advance(0);
  await settle();
  expect(ends).toHaveLength(2);
});

it('waits longer after each turn that throws, and no wake cuts that short', async () => {
  let broken = true;
  const { clock, loop, failures } = loopOf(async () => {
    if (broken) throw new Error('no');
    return undefined;
  });
  loop.start(0);
  const waits: number[] = [];
  for (const ms of [0, 100, 200, 300]) {
    clock.advance(ms);
    await settle();
    loop.wake();
    waits.push(...clock.waits);
  }
  expect(waits).toEqual([100, 200, 300, 300]);
  expect(failures).toHaveLength(4);
  broken = false;
  clock.advance(300);
  await settle();
  broken = true;
  loop.wake();
  clock.advance(0);
  await settle();
  expect(clock.waits).toEqual([100]);
});

it('stops at once where it pauses, and can start again', async () => {
  const steps: string[] = [];
  const { clock, loop } = loopOf(async () => {
    steps.push('begin');
    await loop.pause(1000);
    steps.push(loop.stopped ? 'stopped' : 'on');
    return 0;
  });
  loop.start(0);
  clock.advance(0);
  await Promise.all([loop.stop(), loop.stop()]);
  expect([steps, clock.waits]).toEqual([['begin', 'stopped'], []]);
  loop.start(0);
  clock.advance(0);
  await settle();
  clock.advance(1000);
  await settle();
  expect(steps.slice(0, 4)).toEqual(['begin', 'stopped', 'begin', 'on']);
  await loop.stop();
  await loop.stop();
});

it('lets a turn end that runs when it is stopped, and goes on when it is started meanwhile', async () => {
  const ends: (() => void)[] = [];
  const { clock, loop } = loopOf(() => new Promise((resolve) => ends.push(() => resolve(0))));
  loop.start(0);
  clock.advance(0);
  let stopped = false;
  const stop = loop.stop().then(() => {
    stopped = true;
  });
  await settle();
  expect(stopped).toBe(false);
  loop.start(0);
  clock.advance(0);
  expect(ends).toHaveLength(1);
  ends[0]!();
  await stop;
  clock.advance(0);
  await settle();
  expect(ends).toHaveLength(2);
});

it('forgets with a stop what its last turn has asked for', async () => {
  let end!: () => void;
  const turn = () =>
    new Promise<number>((resolve) => {
      end = () => resolve(50);
    });
  const { clock, loop } = loopOf(turn);
  loop.start(0);
  clock.advance(0);
  const stopped = loop.stop();
  end();
  await stopped;
  loop.start();
  expect(clock.waits).toEqual([]);
});
