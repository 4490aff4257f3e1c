/**
 * Everything in the server that works in turns, started, stopped, woken and left alone at random:
 * never two turns at once, never a turn after a stop has resolved, a stop waits for the turn that
 * runs, and what has been started goes on working.
 */
import { createHash, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { Random } from '../sim/random.ts';
import type { HistoryRecord } from '../src/execution/record.ts';
import type { Logger } from '../src/ground/log.ts';
import { Loop } from '../src/ground/loop.ts';
import type { Clock } from '../src/ground/tools.ts';
import { AsyncQueue } from '../src/service/lambda/async.ts';
import { LogWriter } from '../src/service/logs/writer.ts';
import { Retention } from '../src/service/retention.ts';
import { ActivityQueues } from '../src/service/states/activity-queues.ts';
import { Deletions } from '../src/service/states/deletions.ts';
import { Tracing } from '../src/service/states/tracing.ts';
import { SqlResourceStore } from '../src/store/resources/sql.ts';
import { SettleLoop } from '../src/store/traces/sql/settle-loop.ts';
import { ManualClock } from './support/clock.ts';

const SEED = Number(process.env.STEPLIGHT_SEED ?? 1);
const SEEDS = 5;
const STEPS = 400;

const silent: Logger = { error() {}, warn() {}, info() {}, debug() {} };

interface Turns {
  start(): unknown;
  stop(): Promise<void>;
  /** Gives it something to do. */
  wake(): unknown;
}

/** Makes one that calls `turn` in each of its turns and waits for it, or `look` where it does not. */
type Make = (clock: Clock, turn: () => Promise<void>, look: () => void) => Turns;

/** A part that is never asked for more than a test gives it. */
const only = <T>(part: object): T => part as T;

const LOOPS: Readonly<Record<string, Make>> = {
  'a bare loop': (clock, turn) => {
    const loop = new Loop({
      clock,
      turn: () => turn().then(() => undefined),
      failed: () => {},
      retryMs: [10, 50],
    });
    return { start: () => loop.start(5), stop: () => loop.stop(), wake: () => loop.wake(3) };
  },

  'a loop asked for turns now': (clock, turn) => {
    const loop = new Loop({
      clock,
      turn: () => turn().then(() => 20),
      failed: () => {},
      retryMs: [10, 50],
    });
    return { start: () => loop.start(), stop: () => loop.stop(), wake: () => loop.now() };
  },

  retention: (clock, turn) => {
    const prune = () => turn().then(() => 0);
    const kept = [{ what: 'things', prune }];
    const usedBytes = async () => 0;
    const retention = new Retention({ clock, log: silent, kept, days: 1, bytesMax: 0, usedBytes });
    return { start: () => retention.start(), stop: () => retention.stop(), wake: () => {} };
  },

  'settling of traces': (clock, turn) => {
    const hot = only<ConstructorParameters<typeof SettleLoop>[0]['hot']>({
      ...{ size: 0, bytes: 0, all: () => [] },
    });
    const settler = only<ConstructorParameters<typeof SettleLoop>[0]['settler']>({
      ...{ hasDeadLogs: true, deleteDeadLogs: turn },
    });
    const loop = new SettleLoop({ hot, settler, clock, log: silent, rules: undefined });
    return { start: () => loop.start(), stop: () => loop.stop(), wake: () => loop.wake() };
  },

  'tracing of executions': (clock, turn) => {
    const head = only<Parameters<Tracing['project']>[0]>({
      ...{ id: 1, arn: 'arn:e', machineArn: 'arn:m', machineName: 'm' },
      trace: { sampled: true, traceId: '1-65000000-0123456789abcdef01234567' },
    });
    const records: HistoryRecord[] = [];
    const next = (): HistoryRecord[] => {
      const id = records.length + 1;
      const type = id === 1 ? 'ExecutionStarted' : id % 2 ? 'PassStateExited' : 'PassStateEntered';
      const details = id === 1 ? { input: '{}' } : { name: 'P' };
      const record = { type, id, previousEventId: id - 1, at: clock.now(), scope: '', details };
      records.push(record as HistoryRecord);
      return [record as HistoryRecord];
    };
    const tracing = new Tracing({
      recorder: only<ConstructorParameters<typeof Tracing>[0]['recorder']>({ record: turn }),
      clock,
      log: silent,
      digest: (_, text) => createHash('sha256').update(text).digest('hex'),
      records: async () => records,
    });
    const wake = () => tracing.project(head, next());
    return { start: () => tracing.start(), stop: () => tracing.stop(), wake };
  },

  'queues of activities': (clock, _turn, look) => {
    const abort = new AbortController();
    const queues = new ActivityQueues(
      only<ConstructorParameters<typeof ActivityQueues>[0]>({
        executions: {
          activityQueue: async () => {
            look();
            return [];
          },
        },
        limits: { activityWorkers: 1_000_000 },
        clock,
        log: silent,
      }),
    );
    let on = false;
    const start = () => {
      on = true;
      return queues.start();
    };
    const stop = () => {
      on = false;
      return queues.stop();
    };
    // Workers come through a door that is closed before.
    const wake = () => on && queues.take('a', undefined, abort.signal);
    return { start, stop, wake };
  },

  'deletions of state machines': (clock, turn) => {
    const deletions = new Deletions(
      only<ConstructorParameters<typeof Deletions>[0]>({
        machines: {
          beginDeleting: async () => true,
          machine: async () => ({ arn: 'arn:m', type: 'STANDARD' }),
          listDeleting: () => turn().then(() => []),
        },
        executions: { list: async () => ({ items: [{ id: 1 }] }) },
        catalog: { forget: () => {} },
        clock,
        log: silent,
      }),
    );
    const wake = () => deletions.delete('arn:m');
    return { start: () => deletions.start(), stop: () => deletions.stop(), wake };
  },

  'asynchronous invocations': (clock, turn) => {
    const queue = new AsyncQueue(
      only<ConstructorParameters<typeof AsyncQueue>[0]>({
        store: {
          lost: async () => [],
          due: () => turn().then(() => []),
          nextDue: async () => clock.now() + 50,
        },
        epoch: 1,
        clock,
        log: silent,
      }),
    );
    return { start: () => queue.start(), stop: () => queue.stop(), wake: () => {} };
  },

  'writing of logs': (clock, turn) => {
    const writer = new LogWriter(
      only<ConstructorParameters<typeof LogWriter>[0]>({
        store: { append: turn },
        clock,
        log: silent,
      }),
    );
    const place = { account: 'a', region: 'r' };
    const wake = () => writer.append(place, 'g', 's', [{ at: clock.now(), message: 'm' }]);
    return { start: () => writer.start(), stop: () => writer.stop(), wake };
  },

  "looking for other processes' resources": (clock, turn) => {
    const database = only<ConstructorParameters<typeof SqlResourceStore>[0]['database']>({
      capabilities: { processes: 'several' },
      read: async (sql: string) => {
        if (sql.startsWith('SELECT service, change')) await turn();
        return [];
      },
    });
    const store = new SqlResourceStore({
      ...{ database, clock, log: silent },
      tools: { uuid: randomUUID },
    });
    return { start: () => store.watch('s', () => {}), stop: () => store.close(), wake: () => {} };
  },
};

/** The turns of one of them, which last until they are told to end. */
class Watch {
  readonly #random: Random;
  turns = 0;
  #open: (() => void) | undefined;
  #starts = 0;
  #stopped = true;
  readonly problems: string[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  look = (): void => {
    this.turns += 1;
    if (this.#stopped) this.problems.push('a turn after a stop');
  };

  turn = (): Promise<void> => {
    if (this.#open) this.problems.push('two turns at once');
    this.look();
    if (this.#random.chance(0.3)) return Promise.resolve();
    const fails = this.#random.chance(0.2);
    return new Promise((resolve, reject) => {
      this.#open = () => {
        this.#open = undefined;
        if (fails) reject(new Error('no'));
        else resolve();
      };
    });
  };

  end(): void {
    this.#open?.();
  }

  start(loop: Turns): void {
    this.#starts += 1;
    this.#stopped = false;
    void loop.start();
  }

  stop(loop: Turns): Promise<void> {
    const starts = this.#starts;
    return loop.stop().then(() => {
      if (this.#starts !== starts) return;
      if (this.#open) this.problems.push('stopped while a turn runs');
      this.#stopped = true;
    });
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

async function disturb(name: string, make: Make, seed: number): Promise<void> {
  const random = new Random(seed, name);
  const clock = new ManualClock();
  const watch = new Watch(random);
  const loop = make(clock, watch.turn, watch.look);
  const stops: Promise<void>[] = [];
  for (let step = 0; step < STEPS; step++) {
    const what = random.next();
    if (what < 0.15) watch.start(loop);
    else if (what < 0.25) stops.push(watch.stop(loop));
    else if (what < 0.5) loop.wake();
    else if (what < 0.75) watch.end();
    else clock.advance(random.pick([1, 100, 1_000, 60_000, 600_000]));
    if (random.chance(0.7)) await settle();
  }
  // Started once more, it works.
  const before = watch.turns;
  watch.start(loop);
  for (let again = 0; again < 50 && watch.turns < before + 2; again++) {
    loop.wake();
    await settle();
    clock.advance(600_000);
    watch.end();
    await settle();
  }
  expect(watch.turns).toBeGreaterThan(before + 1);
  const last = watch.stop(loop);
  for (let again = 0; again < 50; again++) {
    watch.end();
    clock.advance(600_000);
    await settle();
  }
  await Promise.all([last, ...stops]);
  expect(watch.problems).toEqual([]);
}

test.each(Object.entries(LOOPS))('%s, disturbed', async (name, make) => {
  for (let seed = SEED; seed < SEED + SEEDS; seed++) {
    await disturb(name, make, seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    });
  }
});
