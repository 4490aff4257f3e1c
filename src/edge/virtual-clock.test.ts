import { describe, expect, it } from 'vitest';
import { ManualClock } from '../service/engine/testing.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('VirtualClock', () => {
  it('goes with the real clock, leaps ahead of it, and never back', async () => {
    const real = new ManualClock(1_000);
    const clock = new VirtualClock(real, 5_000);
    expect(clock.now()).toBe(5_000);
    await real.pass(10);
    expect(clock.now()).toBe(5_010);
    clock.skipTo(1_000_000);
    expect(clock.now()).toBe(1_000_000);
    clock.skipTo(7_000);
    expect(clock.now()).toBe(1_000_000);
    expect(clock.aheadMs).toBe(1_000_000 - 1_010);
  });

  it('wakes in order what a leap has passed over, and nobody twice', async () => {
    const real = new ManualClock(0);
    const clock = new VirtualClock(real);
    const woken: string[] = [];
    const wake = (at: number, name: string) => clock.wake(at, () => woken.push(name));
    wake(300, 'c');
    wake(100, 'a');
    const cancel = wake(150, 'cancelled');
    wake(200, 'b');
    wake(5_000, 'later');
    cancel();
    clock.skipTo(400);
    expect(woken).toEqual(['a', 'b', 'c']);
    await real.pass(4_599);
    expect(woken).not.toContain('later');
    await real.pass(1);
    expect(woken).toEqual(['a', 'b', 'c', 'later']);
  });

  it('wakes by the real clock, earlier wakes before those asked for first', async () => {
    const real = new ManualClock(0);
    const clock = new VirtualClock(real, 50);
    const woken: string[] = [];
    clock.wake(1_050, () => woken.push('second'));
    clock.wake(60, () => {
      woken.push('first');
      clock.wake(70, () => woken.push('asked for while waking'));
    });
    await real.pass(10);
    expect(woken).toEqual(['first']);
    await real.pass(1_000);
    expect(woken).toEqual(['first', 'asked for while waking', 'second']);
  });

  it('leaves no timer of the real clock behind', () => {
    const real = new ManualClock(0);
    const clock = new VirtualClock(real);
    clock.wake(100, () => undefined)();
    expect(real.next).toBeUndefined();
  });
});
