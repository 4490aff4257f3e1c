import { expect, test } from 'vitest';
import { type Timer, Timers } from './timers.ts';

function manualClock() {
  let now = 0;
  const wakes = new Set<{ at: number; wake: () => void }>();
  return {
    clock: {
      now: () => now,
      wake: (at: number, wake: () => void) => {
        const entry = { at, wake };
        wakes.add(entry);
        return () => void wakes.delete(entry);
      },
    },
    wakes,
    go(to: number) {
      now = to;
      for (const entry of [...wakes]) {
        if (entry.at > now) continue;
        wakes.delete(entry);
        entry.wake();
      }
    },
  };
}

const timer = (attempt: number, due: number): Timer => ({
  execution: 1,
  scope: '',
  attempt,
  kind: 'timer',
  due,
  heartbeat: false,
});

test('fires in the order of due times, cleared and moved ones not', () => {
  const world = manualClock();
  const fired: number[] = [];
  const timers = new Timers(world.clock, (one) => fired.push(one.attempt));
  const order = [...Array(200).keys()].map((i) => (i * 67) % 200);
  for (const i of order) timers.set(timer(i, 100 + i));
  for (let i = 0; i < 200; i += 3) timers.clear(timer(i, 0));
  timers.set(timer(1, 1000));
  world.go(350);
  const rest = [...Array(200).keys()].filter((i) => i % 3 !== 0 && i !== 1);
  expect(fired).toEqual(rest);
  world.go(999);
  expect(fired.length).toBe(rest.length);
  world.go(1000);
  expect(fired.at(-1)).toBe(1);
  expect(timers.size).toBe(0);
});

test('keeps one wake outstanding, and none after stop', () => {
  const world = manualClock();
  const timers = new Timers(world.clock, () => {
    throw new Error('fired after stop');
  });
  for (let i = 50; i > 0; i--) timers.set(timer(i, 100 + i));
  expect(world.wakes.size).toBe(1);
  expect([...world.wakes][0]!.at).toBe(101);
  timers.stop();
  timers.set(timer(99, 5));
  expect(world.wakes.size).toBe(0);
  world.go(1000);
});
