import { describe, expect, it } from 'vitest';
import { SteadyClock } from './steady-clock.ts';

const HOUR_MS = 3_600_000;

/** A machine: time passes in steps of 10 ms; its clock can be set, and it can sleep. */
class Machine {
  wallMs = 1_000_000;
  elapsedMs = 0;
  #timers: { at: number; call: () => void }[] = [];
  readonly steps: number[] = [];
  readonly clock = new SteadyClock(
    {
      wall: () => this.wallMs,
      elapsed: () => this.elapsedMs,
      after: (ms, call) => {
        const timer = { at: this.elapsedMs + ms, call };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((one) => one !== timer);
        };
      },
    },
    (ms) => this.steps.push(Math.round(ms)),
  );

  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 10) {
      this.wallMs += 10;
      this.elapsedMs += 10;
      const due = this.#timers.filter(({ at }) => at <= this.elapsedMs);
      this.#timers = this.#timers.filter(({ at }) => at > this.elapsedMs);
      for (const { call } of due) call();
    }
  }

  /** Wakes after so long by the clock; answers when it was woken, counted from now. */
  waking(ms: number): { readonly after: () => number | undefined } {
    const began = this.elapsedMs;
    let woken: number | undefined;
    this.clock.wake(this.clock.now() + ms, () => {
      woken = this.elapsedMs - began;
    });
    return { after: () => woken };
  }

  get pending(): number {
    return this.#timers.length;
  }
}

describe('waits', () => {
  it('end when they are due, in order, and leave no timer', () => {
    const machine = new Machine();
    const [long, short] = [machine.waking(5_000), machine.waking(300)];
    machine.pass(300);
    expect([short.after(), long.after()]).toEqual([300, undefined]);
    machine.pass(4_700);
    expect(long.after()).toBe(5_000);
    expect(machine.pending).toBe(0);
    const cancel = machine.clock.wake(machine.clock.now() + 100, () => expect.unreachable());
    cancel();
    expect(machine.pending).toBe(0);
  });

  it('take as long as they should when the clock is set back', () => {
    const machine = new Machine();
    const wait = machine.waking(5_000);
    machine.pass(2_000);
    const before = machine.clock.now();
    machine.wallMs -= HOUR_MS;
    expect(machine.clock.now()).toBeGreaterThanOrEqual(before);
    machine.pass(3_000);
    expect(wait.after()).toBe(5_000);
    expect(machine.clock.aheadMs).toBe(HOUR_MS);
    expect(machine.steps).toEqual([-HOUR_MS]);
    const next = machine.waking(2_000);
    machine.pass(2_000);
    expect(next.after()).toBe(2_000);
  });

  it('are over within a second when the machine has slept past them', () => {
    const machine = new Machine();
    const waits = [machine.waking(600_000), machine.waking(3 * HOUR_MS)];
    machine.pass(500);
    machine.wallMs += 2 * HOUR_MS;
    const fresh = machine.waking(2_000);
    machine.pass(1_000);
    expect(waits.map((one) => one.after() !== undefined)).toEqual([true, false]);
    machine.pass(1_000);
    expect(fresh.after()).toBe(2_000);
    expect(machine.clock.aheadMs).toBe(0);
  });

  it('know the clock again when it has been set back and then right', () => {
    const machine = new Machine();
    machine.waking(10 * HOUR_MS);
    machine.wallMs -= HOUR_MS;
    machine.pass(2_000);
    expect(machine.clock.aheadMs).toBe(HOUR_MS);
    machine.wallMs += HOUR_MS;
    machine.pass(2_000);
    expect(machine.clock.aheadMs).toBe(0);
    expect(machine.clock.now()).toBe(machine.wallMs);
  });

  it('never see time go back, however the clock is set', () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.log(`clock: seed ${seed}`);
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return Math.floor((state / 0x80000000) * below);
    };
    const machine = new Machine();
    machine.waking(10_000 * HOUR_MS);
    let last = machine.clock.now();
    for (let n = 0; n < 2_000; n++) {
      if (random(3) === 0) machine.wallMs += random(2 * HOUR_MS) - HOUR_MS;
      machine.pass(random(3_000));
      const now = machine.clock.now();
      expect(now, `seed ${seed}, step ${n}`).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });
});
