/**
 * Random machines under random signals. Whatever happens: folding the records gives the live state,
 * the work that the effects describe is what the state waits for, ids have no hole, and what is
 * over stays over. A failure prints its seed.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effectsOf } from './effects.ts';
import { evolve } from './evolve.ts';
import { pending } from './pending.ts';
import type { HistoryRecord } from './record.ts';
import type { Signal } from './signal.ts';
import { approximateBytes } from './size.ts';
import { createState } from './state.ts';
import { CALLBACK, INVOKE, LAMBDA, plainState, TestExecution } from './testing.ts';

const handlers = fc.record({
  Retry: fc.constantFrom(
    [],
    [{ ErrorEquals: ['E'], MaxAttempts: 1, IntervalSeconds: 3 }],
    [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2, JitterStrategy: 'FULL' }],
  ),
  Catch: fc.constantFrom([], [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Z' }]),
});

const task = fc.record({
  Type: fc.constant('Task'),
  Resource: fc.constantFrom(INVOKE, LAMBDA, CALLBACK),
  ResultPath: fc.constantFrom('$', '$.r', null),
});
const clocks = fc.constantFrom(
  {},
  { TimeoutSeconds: 9 },
  { TimeoutSeconds: 9, HeartbeatSeconds: 4 },
);

const leaf = fc.oneof(
  fc.constantFrom<object>(
    { Type: 'Pass' },
    { Type: 'Pass', Result: { n: 1 }, Assign: { v: 1 } },
    { Type: 'Pass', InputPath: '$.missing' },
    { Type: 'Pass', ResultPath: '$.r.r' },
    { Type: 'Wait', Seconds: 5 },
    { Type: 'Wait', Seconds: 0 },
    { Type: 'Fail', Error: 'E' },
    { Type: 'Succeed' },
  ),
  fc.tuple(task, handlers, clocks).map((parts) => Object.assign({}, ...parts) as object),
);

function flow(depth: number): fc.Arbitrary<object> {
  const state = depth === 0 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, container(depth - 1));
  return fc.array(state, { minLength: 1, maxLength: 3 }).map(sequence);
}

function container(depth: number): fc.Arbitrary<object> {
  const parallel = fc
    .array(flow(depth), { minLength: 1, maxLength: 3 })
    .map((Branches) => ({ Type: 'Parallel', Branches }));
  const map = fc.record({
    Type: fc.constant('Map'),
    ItemsPath: fc.constantFrom('$$.Execution.Input.items', '$'),
    MaxConcurrency: fc.constantFrom(0, 1, 2),
    ItemProcessor: flow(depth),
  });
  return fc.tuple(fc.oneof(parallel, map), handlers).map((parts) => Object.assign({}, ...parts));
}

/** The states one after the other, and `Z` for whatever is caught. */
function sequence(states: readonly object[]): object {
  const entries = states.map((state, i): [string, object] => {
    const { Type } = state as { Type: string };
    if (Type === 'Fail' || Type === 'Succeed') return [`S${i}`, state];
    const next = i + 1 < states.length ? { Next: `S${i + 1}` } : { End: true };
    return [`S${i}`, { ...state, ...next }];
  });
  return { StartAt: 'S0', States: { ...Object.fromEntries(entries), Z: { Type: 'Succeed' } } };
}

/** What the engine's work rows would be, from the effects alone. */
class Work {
  readonly rows = new Map<string, object>();

  apply(record: HistoryRecord): void {
    for (const effect of effectsOf(record)) {
      if (effect.type === 'finish') this.rows.clear();
      else if (effect.type === 'cancel') this.#cancel(effect.scope);
      else if (effect.type === 'settle') this.rows.delete(`${effect.attempt} ${effect.scope}`);
      else if (effect.type === 'task' || effect.type === 'timer' || effect.type === 'deadline') {
        const { scope, attempt } = effect;
        const kind = effect.type === 'timer' ? 'timer' : 'task';
        const due = effect.type === 'task' ? undefined : effect.due;
        this.rows.set(`${attempt} ${scope}`, { kind, scope, attempt, due });
      }
    }
  }

  #cancel(top: string): void {
    for (const key of this.rows.keys()) {
      const scope = key.slice(key.indexOf(' ') + 1);
      if (scope === top || scope.startsWith(`${top}/`)) this.rows.delete(key);
    }
  }
}

const sorted = (rows: Iterable<object>): string[] =>
  [...rows].map((row) => JSON.stringify(row)).sort();

/** One signal to something that is pending, picked by `dice`. */
function signalFor(run: TestExecution, dice: number): Signal {
  const waits = pending(run.state);
  const one = waits[dice % Math.max(waits.length, 1)];
  const what = Math.floor(dice / 8) % 16;
  if (!one || what === 15) return { type: what === 15 && dice % 5 === 0 ? 'Stop' : 'Redrive' };
  if (one.kind === 'continue') return { type: 'Continue' };
  const { scope, attempt } = one;
  if (one.kind === 'timer') {
    run.now = Math.max(run.now, one.due!);
    return { type: 'TimerFired', scope, attempt };
  }
  if (what < 3) return { type: 'TaskStarted', at: run.now, scope, attempt };
  if (what < 5) return { type: 'TaskSubmitted', output: '{}', scope, attempt };
  if (what < 9) {
    return { type: 'TaskSucceeded', output: '{"ok":1}', scope, attempt, byToken: what < 6 };
  }
  if (what < 12) return { type: 'TaskFailed', error: what < 11 ? 'E' : 'F', scope, attempt };
  if (what === 12) return { type: 'TaskLost', scope, attempt };
  if (what === 13) return { type: 'TaskHeartbeat', scope, attempt };
  run.now = Math.max(run.now, one.due ?? run.now);
  return { type: 'TaskTimedOut', heartbeat: false, scope, attempt };
}

function checkRecords(records: readonly HistoryRecord[], before: number): void {
  let id = before;
  for (const record of records) {
    if (/^[a-z]/.test(record.type)) {
      expect(record.id).toBe(0);
      continue;
    }
    expect(record.id).toBe(++id);
    expect(record.previousEventId).toBeLessThan(record.id);
  }
}

function exercise(definition: object, dice: readonly number[], events: number): void {
  const random = () => (dice.length % 7) / 7;
  const run = new TestExecution(definition, { budget: { events }, random });
  const shadow = createState(run.facts);
  const work = new Work();
  const heard: Signal[] = [];
  const timers = new Set<number>();
  const send = (signal: Signal): void => {
    const before = run.state.nextId - 1;
    const records = run.send(signal);
    checkRecords(records, before);
    for (const record of JSON.parse(JSON.stringify(records)) as HistoryRecord[]) {
      evolve(shadow, record);
      work.apply(record);
      if (record.type !== 'timerStarted') continue;
      expect(timers.has(record.hidden!.attempt as number)).toBe(false);
      timers.add(record.hidden!.attempt as number);
    }
    expect(plainState(shadow)).toEqual(plainState(run.state));
    const waits = pending(run.state);
    expect(sorted(waits.filter((one) => one.kind !== 'continue'))).toEqual(
      sorted(work.rows.values()),
    );
    expect(waits.length > 0).toBe(run.state.status === 'RUNNING');
    expect(approximateBytes(run.state)).toBeGreaterThan(0);
    heard.push(signal);
  };
  send({ type: 'Start', input: '{"items":[1,2,3]}' });
  for (const one of dice) {
    run.now += one % 3 === 0 ? 700 : 0;
    send(signalFor(run, one));
    const old = heard[one % heard.length]!;
    if (isSettled(run, old)) expect(run.send(old)).toEqual([]);
  }
}

/** True for a signal whose attempt or timer no longer waits. */
function isSettled(run: TestExecution, signal: Signal): boolean {
  if (!('attempt' in signal)) return signal.type === 'Start';
  if (run.now >= run.state.deadline) return false;
  return pending(run.state).every(
    (one) =>
      one.kind === 'continue' || one.scope !== signal.scope || one.attempt !== signal.attempt,
  );
}

test('random machines', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(
      flow(2),
      fc.array(fc.nat({ max: 10_000 }), { minLength: 5, maxLength: 60 }),
      fc.constantFrom(3, 10, 500),
      exercise,
    ),
    { numRuns: 400 },
  );
});
