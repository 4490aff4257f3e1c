/**
 * Random machines on odd data under random signals. Whatever happens: folding the records gives the
 * live state, the work that the effects describe is what the state waits for, ids have no hole,
 * every life ends once, what is over stays over, and no decision takes long. A failure prints its
 * seed.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Effort } from '../asl/effort.ts';
import type { ExpressionRequest } from '../asl/env.ts';
import { LanguageError } from '../asl/language-error.ts';
import type { Json } from '../ground/json.ts';
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

const EXPRESSIONS = { QueryLanguage: 'JSONata' };

/** Machines that speak JSONata somewhere; what their expressions give is chance. */
const expressive = fc.constantFrom<object>(
  { Type: 'Pass', ...EXPRESSIONS, Output: { a: '{% a %}', b: ['{% b %}'] } },
  { Type: 'Pass', ...EXPRESSIONS, Assign: { w: '{% c %}', v: '{% d %}' } },
  { Type: 'Wait', ...EXPRESSIONS, Seconds: '{% e %}' },
  { Type: 'Wait', ...EXPRESSIONS, Timestamp: '{% f %}' },
  { Type: 'Fail', ...EXPRESSIONS, Error: '{% g %}', Cause: '{% h %}' },
  { Type: 'Choice', ...EXPRESSIONS, Choices: [{ Condition: '{% i %}', Next: 'Z' }] },
  {
    Type: 'Task',
    ...EXPRESSIONS,
    Resource: INVOKE,
    Arguments: { x: '{% j %}' },
    TimeoutSeconds: '{% k %}',
    Output: '{% l %}',
    Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 1 }],
    Catch: [
      { ErrorEquals: ['States.ALL'], Next: 'Z', Output: '{% m %}', Assign: { v: '{% n %}' } },
    ],
  },
);

const leaf = fc.oneof(
  expressive,
  fc.constantFrom<object>(
    { Type: 'Choice', Choices: [{ Variable: '$.items[1]', IsString: true, Next: 'Z' }] },
    { Type: 'Choice', Choices: [{ Variable: '$.n', NumericGreaterThan: 0, Next: 'Z' }] },
    { Type: 'Choice', Choices: [{ Not: { Variable: '$..x', IsPresent: true }, Next: 'Z' }] },
    { Type: 'Pass', Parameters: { 'x.$': '$v', 'all.$': '$..*' } },
    { Type: 'Pass', Parameters: { 'x.$': '$.items[?(@.a == 1)]' }, ResultPath: '$.items' },
    { Type: 'Pass', Parameters: { 'x.$': "States.Format('{}', $)" } },
    { Type: 'Pass', Parameters: { 'x.$': 'States.ArrayUnique($.items)' }, OutputPath: '$.x' },
    { Type: 'Pass', Parameters: { 'x.$': 'States.JsonMerge($, $, false)' } },
    { Type: 'Pass', Parameters: { 'x.$': "States.Hash($, 'MD5')" } },
    { Type: 'Pass', Assign: { 'v.$': '$', 'w.$': '$$' }, ResultPath: '$.__proto__' },
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
    ItemsPath: fc.constantFrom('$$.Execution.Input.items', '$', '$.items[*]', '$v'),
    ItemSelector: fc.constantFrom<object>({ 'i.$': '$$.Map.Item', n: 1 }, { 'items.$': '$' }),
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
    if (Type === 'Choice') {
      return [`S${i}`, { ...state, Default: i + 1 < states.length ? `S${i + 1}` : 'Z' }];
    }
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

/** Texts that programs trip over. */
const deep = `${'['.repeat(900)}${']'.repeat(900)}`;
const ODD = [
  '{"items":[1,2,3]}',
  '{"items":[1,2,3],"n":2}',
  '{"items":[]}',
  '{"items":"x"}',
  '{"items":["\\u0000","\\ud800","\\udc00\\ud800"]}',
  '{"items":[{"__proto__":1,"constructor":null,"a":1},{"a":"1"}],"__proto__":{"n":5}}',
  '{"items":[1e308,-0,1e-7,123456789012345678901234567890]}',
  '{"":{"":""},"items":[null,false,""],"toString":1,"\\u2028":1}',
  `{"items":[${deep},1]}`,
  `{"items":["${'é'.repeat(60_000)}"]}`,
  `{"items":[${Array(5000).fill('{"a":1}').join(',')}]}`,
  'null',
  '"text"',
];

/** What an expression gives: anything, by the number of the question. */
function answers(seed: number): (request: ExpressionRequest) => Json {
  let asked = seed;
  return ({ source, field }) => {
    asked += source.charCodeAt(0);
    if (asked % 9 === 0) throw new LanguageError('States.QueryEvaluationError', 'chance', field);
    if (asked % 5 === 0) return JSON.parse(ODD[asked % ODD.length]!) as Json;
    return ([3, true, 'text', '2026-01-01T00:00:00Z', null, [1]] as Json[])[asked % 6]!;
  };
}

/** What one decision may cost, in as many steps as one field of a state may have. */
const TIMES_MAX = 50;
const VALUE = Array<Json>(100).fill(Array.from({ length: 20_000 }, (_, i) => i));
const allSteps = (): void => expect(() => new Effort().spendOn(VALUE)).toThrow('more work');

function cpuMs<T>(work: () => T): [ms: number, result: T] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1000, result];
}

/** The best of several, before anything else is measured. */
const yardstickMs = Math.min(...Array.from({ length: 5 }, () => cpuMs(allSteps)[0]));

function timed<T>(decide: () => T): T {
  const [ms, decided] = cpuMs(decide);
  expect(ms / yardstickMs).toBeLessThan(TIMES_MAX);
  return decided;
}

const isEnding = ({ type }: HistoryRecord): boolean =>
  /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(type);

/** Each life of an execution has one end at most, behind which there is nothing but another life. */
function checkEndings(run: TestExecution): void {
  let over = false;
  for (const record of run.records) {
    if (/^[a-z]/.test(record.type)) continue;
    expect(over).toBe(record.type === 'ExecutionRedriven');
    over = isEnding(record);
  }
  expect(over).toBe(run.state.status !== 'RUNNING');
}

function exercise(
  definition: object,
  input: string,
  dice: readonly number[],
  events: number,
): void {
  const random = () => (dice.length % 7) / 7;
  const evaluate = answers(dice[0]!);
  const run = new TestExecution(definition, { budget: { events }, random, evaluate });
  const shadow = createState(run.facts);
  const work = new Work();
  const heard: Signal[] = [];
  const timers = new Set<number>();
  const send = (signal: Signal): void => {
    const before = run.state.nextId - 1;
    const records = timed(() => run.send(signal));
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
  send({ type: 'Start', input });
  for (const one of dice) {
    run.now += one % 3 === 0 ? 700 : 0;
    send(signalFor(run, one));
    const old = heard[one % heard.length]!;
    if (isSettled(run, old)) expect(run.send(old)).toEqual([]);
  }
  checkEndings(run);
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

test('random machines', { timeout: 300_000 }, () => {
  fc.assert(
    fc.property(
      flow(2),
      fc.constantFrom(...ODD),
      fc.array(fc.nat({ max: 10_000 }), { minLength: 5, maxLength: 60 }),
      fc.constantFrom(3, 10, 500),
      exercise,
    ),
    { numRuns: 400 },
  );
});
