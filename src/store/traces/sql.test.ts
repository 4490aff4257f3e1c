import { describe, expect, it } from 'vitest';
import { wrapped } from '../../../test/support/wrapped-database.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock } from '../../ground/tools.ts';
import { parseFilter } from '../../trace/filter.ts';
import { type Database, DatabaseError, type Row, type Unit, type Value } from '../database.ts';
import { openSqliteInProcess } from '../sqlite/in-process.ts';
import { exerciseTraces } from './contract.ts';
import {
  chance,
  HandClock,
  randomDocument,
  randomFilter,
  START,
  segment,
  traceIdOf,
} from './contract-samples.ts';
import { MemoryTraceStore } from './memory.ts';
import { traceMigrations } from './migrations.ts';
import { openTraceStore, type SqlTraceStore } from './sql.ts';
import type { TraceQuery, TraceStore, TraceTime } from './store.ts';

const HERE = { account: '000000000000', region: 'us-east-1' };
const silent: Logger = { error: fail, warn: fail, info() {}, debug() {} };

function fail(message: string, fields?: unknown): void {
  throw new Error(`${message} ${JSON.stringify(fields)}`);
}

const openDatabase = (): Promise<Database> =>
  openSqliteInProcess({ migrations: { traces: traceMigrations } });

async function settled(clock: HandClock, store: TraceStore): Promise<void> {
  clock.advance(11_000);
  for (let turn = 0; (await store.counts()).hot > 0; turn++) {
    if (turn > 500) throw new Error('does not settle');
    await new Promise((resolve) => setTimeout(resolve, 2));
    // What failed a moment ago is tried again some seconds later.
    clock.advance(turn % 50 === 49 ? 6_000 : 0);
  }
}

exerciseTraces(
  'traces in SQLite',
  async (clock) => {
    const database = await openDatabase();
    const store = await openTraceStore({ database, clock, log: silent });
    const close = async () => {
      await store.close();
      await database.close();
    };
    return { store, close };
  },
  async (clock, store) => {
    const before = clock.now();
    await settled(clock, store);
    clock.advance(before - clock.now());
  },
);

describe('the life of a trace in SQLite', () => {
  it('deletes the log once everything in it is settled', async () => {
    const database = await openDatabase();
    const clock = new HandClock(START * 1000);
    const store = await openTraceStore({ database, clock, log: silent });
    await store.put(HERE, [segment(1, 1), segment(2, 1)]);
    await settled(clock, store);
    for (let turn = 0; turn < 50; turn++) {
      const [row] = await database.read('SELECT COUNT(*) AS rows FROM trace_log', []);
      if (row!.rows === 0) return;
      clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error('the log is still there');
  });

  it('keeps everything while the disk fails, and settles when it works again', async () => {
    const database = await openDatabase();
    let broken = false;
    let failures = 0;
    const flaky = wrapped(database, {
      write: async (unit) => {
        if (!broken || unit.statements.length < 3) return database.write(unit);
        failures++;
        throw new DatabaseError('no room', 'SQLITE_FULL', true);
      },
    });
    const clock = new HandClock(START * 1000);
    const rules = { batchTraces: 4 };
    const log = { ...silent, warn() {} };
    const store = await openTraceStore({ database: flaky, clock, log, rules });
    const documents = Array.from({ length: 10 }, (_, trace) => segment(trace, 1));
    await store.put(HERE, documents);
    broken = true;
    for (let turn = 0; turn < 20; turn++) {
      clock.advance(6_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(failures).toBeGreaterThan(1);
    expect(await store.counts()).toEqual({ traces: 10, hot: 10 });
    broken = false;
    await settled(clock, store);
    expect(await store.counts()).toEqual({ traces: 10, hot: 0 });
    const window = { place: HERE, fromMinute: 0, toMinute: 1e9 };
    const oracle = new MemoryTraceStore(() => clock.now());
    await oracle.put(HERE, documents);
    expect(tidy(await store.tallies(window))).toEqual(tidy(await oracle.tallies(window)));
    await store.close();
  });

  it('settles the quietest first when memory is short', async () => {
    const clock = new HandClock(START * 1000);
    const rules = { tracesMax: 10 };
    const store = await openTraceStore({
      database: await openDatabase(),
      clock,
      log: silent,
      rules,
    });
    for (let trace = 0; trace < 100; trace++) await store.put(HERE, [segment(trace, 1)]);
    expect((await store.counts()).traces).toBe(100);
    expect((await store.counts()).hot).toBeLessThanOrEqual(16);
    expect((await store.get(HERE, [traceIdOf(3)]))[0]!.documents).toHaveLength(1);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'answers as the oracle does, whatever happens (seed %i)',
    async (seed) => {
      await compareWithOracle(seed);
    },
  );
});

/** What one process sees of the world: once it is dead, nothing it began goes on. */
class Life implements Database, Clock {
  dead = false;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly backlog: Database['backlog'];
  readonly capabilities: Database['capabilities'];

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.backlog = database.backlog;
    this.capabilities = database.capabilities;
  }

  async write(unit: Unit): Promise<'ok' | 'conflict'> {
    if (this.dead) return new Promise(() => {});
    return this.#database.write(unit);
  }

  read(sql: string, params: readonly Value[]): Promise<readonly Row[]> {
    return this.dead ? new Promise(() => {}) : this.#database.read(sql, params);
  }

  now(): number {
    return this.#clock.now();
  }

  wake(at: number, wake: () => void): () => void {
    return this.#clock.wake(at, () => this.dead || wake());
  }

  async close(): Promise<void> {}
}

/** Random documents, times that pass, restarts; every question put to both stores. */
async function compareWithOracle(seed: number): Promise<void> {
  const random = chance(seed);
  const database = await openDatabase();
  const clock = new HandClock(START * 1000);
  const rules = { tracesMax: 8, batchTraces: 3, logAgeMs: 15_000 };
  const oracle = new MemoryTraceStore(() => clock.now());
  let life = new Life(database, clock);
  const open = (): Promise<SqlTraceStore> =>
    openTraceStore({ database: life, clock: life, log: silent, rules });
  let store = await open();
  for (let step = 0; step < 120; step++) {
    const kind = random();
    if (kind < 0.6) {
      const documents = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
        randomDocument(random),
      );
      await Promise.all([store.put(HERE, documents), oracle.put(HERE, documents)]);
    } else if (kind < 0.8) {
      clock.advance(Math.floor(random() * 12_000));
      await new Promise((resolve) => setTimeout(resolve, 1));
    } else if (kind < 0.85) {
      if (random() < 0.5) await store.close();
      life.dead = true;
      life = new Life(database, clock);
      store = await open();
    }
    await compare(store, oracle, random, `seed ${seed}, step ${step}`);
  }
}

async function compare(
  store: TraceStore,
  oracle: TraceStore,
  random: () => number,
  at: string,
): Promise<void> {
  const ids = Array.from({ length: 12 }, (_, index) => traceIdOf(index));
  const texts = async (it: TraceStore) =>
    (await it.get(HERE, ids)).map(({ id, documents }) => [id, documents]);
  expect(await texts(store), at).toEqual(await texts(oracle));
  const text = randomFilter(random);
  const reading = parseFilter(text);
  if (!reading.ok) throw new Error(`${text}: ${reading.problem.message}`);
  const time = (['start', 'update', 'end'] as TraceTime[])[Math.floor(random() * 3)]!;
  const from = (START + Math.floor(random() * 400) - 100) * 1000;
  const query: TraceQuery = {
    place: HERE,
    time,
    from,
    to: from + Math.floor(random() * 900_000),
    limit: 4,
    filter: random() < 0.8 ? reading.filter : undefined,
  };
  expect(await allPages(store, query), `${at}: ${text}`).toEqual(await allPages(oracle, query));
  const fromMinute = Math.floor(START / 60) - 3 + Math.floor(random() * 8);
  const window = { place: HERE, fromMinute, toMinute: fromMinute + Math.floor(random() * 90) };
  const tallies = async (it: TraceStore) => tidy(await it.tallies(window));
  expect(await tallies(store), at).toEqual(await tallies(oracle));
}

async function allPages(store: TraceStore, query: TraceQuery): Promise<unknown[]> {
  const found: unknown[] = [];
  let after: TraceQuery['after'];
  do {
    const page = await store.find({ ...query, after });
    found.push(...page.items);
    after = page.next;
  } while (after);
  return found;
}

/** Without what is gone, and without first and last times, which only ever grow. */
function tidy(tallies: Awaited<ReturnType<TraceStore['tallies']>>): unknown {
  return [...tallies]
    .map(([minute, tally]) => [
      minute,
      [...tally]
        .filter(([, stats]) => stats.seen > 0)
        .map(([subject, { firstUs: _first, lastUs: _last, ...stats }]) => [subject, stats])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    ])
    .filter(([, subjects]) => (subjects as unknown[]).length > 0);
}
