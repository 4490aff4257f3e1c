/**
 * A simulated world: virtual time, one database, a server that dies and comes back, and what lives
 * around it. One seed decides everything. After every step, what was written is checked.
 */
import type { HistoryRecord } from '../src/execution/record.ts';
import { ManualClock, testTools } from '../src/service/engine/testing.ts';
import { executionMigrations } from '../src/store/executions/migrations.ts';
import { machineMigrations } from '../src/store/machines/migrations.ts';
import { migrateAll } from '../src/store/migrate.ts';
import { SqliteConnection } from '../src/store/sqlite/connection.ts';
import { inProcessDatabase } from '../src/store/sqlite/in-process.ts';
import { type Held, type Stored, violations } from './check.ts';
import { runViolations } from './check-mapruns.ts';
import { resultViolations } from './check-results.ts';
import { simulatedObjects } from './objects.ts';
import { Outside } from './outside.ts';
import { Crash } from './process.ts';
import { Random } from './random.ts';
import { type Options, Server } from './server.ts';
import { Truth } from './truth.ts';

export interface Report {
  readonly problems: readonly string[];
  readonly crashes: number;
  readonly commits: number;
  readonly events: number;
  readonly days: number;
  /** An Express child had no time left when it began again: its server was away for too long. */
  readonly late: boolean;
  /** By name, of the executions that were started from outside. */
  readonly histories: ReadonlyMap<string, readonly HistoryRecord[]>;
}

const TICKS_MAX = 100_000;
/** Longer than anybody waits for anything. */
const STALLED_MS = 3 * 3_600_000;
const LAST_EVENTS = 12;

export async function simulate(options: Options): Promise<Report> {
  const connection = new SqliteConnection({ file: undefined });
  const migrations = { executions: executionMigrations, machines: machineMigrations };
  await migrateAll(inProcessDatabase(connection), migrations);
  const world = new World(options, connection, await Truth.of(connection));
  try {
    return await world.run();
  } finally {
    connection.close();
  }
}

class World {
  readonly #options: Options;
  readonly #clock = new ManualClock();
  readonly #truth: Truth;
  readonly #objects = simulatedObjects();
  readonly #problems: string[] = [];
  readonly #start = this.#clock.now();
  readonly #server: Server;
  readonly #outside: Outside;
  /** Histories as they were when their executions closed, for those that are redriven. */
  readonly #closed = new Map<number, string>();

  constructor(options: Options, connection: SqliteConnection, truth: Truth) {
    this.#options = options;
    this.#truth = truth;
    const clock = this.#clock;
    const chance = new Random(options.seed, 'tools');
    this.#server = new Server({
      options,
      clock,
      connection,
      objects: this.#objects,
      tools: { ...testTools(clock), random: () => chance.next() },
      run: (process, task) => this.#outside.run(process, task),
    });
    this.#outside = new Outside({
      options,
      clock,
      server: this.#server,
      truth,
      problem: (text) => this.#problems.push(text),
    });
  }

  async run(): Promise<Report> {
    this.#server.boot();
    this.#outside.begin();
    for (let ticks = 0; ; ticks++) {
      await drain();
      await this.#check();
      if (this.#problems.length > 0) break;
      if (this.#outside.busy === 0 && !this.#truth.open) break;
      const quietMs = this.#clock.now() - this.#server.committedAt;
      if (quietMs > STALLED_MS) await this.#failOpen('nothing happens any more');
      else if (ticks > TICKS_MAX) await this.#failOpen(`no end after ${TICKS_MAX} steps`);
      else if (!this.#tick()) await this.#failOpen('everything waits and nothing comes');
    }
    if (this.#problems.length === 0) await this.#checkEnd();
    this.#server.process.kill();
    return this.#report();
  }

  #tick(): boolean {
    try {
      return this.#clock.tick();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.#server.crash();
      return true;
    }
  }

  async #check(): Promise<void> {
    const { touched, touchedRuns, lines, process } = this.#server;
    for (const id of touched) {
      touched.delete(id);
      const stored = await this.#truth.stored(id);
      // A start whose name was taken has written nothing.
      if (!stored) continue;
      const nodes = process.dead ? [] : process.nodes;
      const held = nodes.map(({ engine }) => engine.held(id)).filter((one) => one) as Held[];
      for (const problem of violations(stored, held)) this.#fail(stored, problem);
      this.#checkKept(stored);
    }
    for (const id of touchedRuns) {
      touchedRuns.delete(id);
      const stored = await this.#truth.run(id);
      if (!stored) continue;
      const { arn, seq, state } = stored.run;
      const text = JSON.stringify(state);
      for (const problem of runViolations(stored)) {
        this.#problems.push(`${arn} at commit ${seq}: ${problem}\n    ${text}`);
      }
    }
    for (const { level, message, fields } of lines.splice(0)) {
      if (level === 'error') this.#problems.push(`${message}: ${JSON.stringify(fields)}`);
    }
  }

  /** A redrive goes on with the history there is. */
  #checkKept(stored: Stored): void {
    const { head, records } = stored;
    const before = this.#closed.get(head.id);
    const text = JSON.stringify(records).slice(0, -1);
    if (before !== undefined && !text.startsWith(before)) {
      this.#fail(stored, 'its earlier history has changed');
    }
    if (head.status !== 'RUNNING') this.#closed.set(head.id, text);
  }

  #fail({ head, records }: Stored, problem: string): void {
    const last = records.slice(-LAST_EVENTS).map(({ id, previousEventId, type, scope, hidden }) => {
      const more = hidden ? ` ${JSON.stringify(hidden)}` : '';
      return `    ${id}<-${previousEventId} ${type} ${scope}${more}`;
    });
    const who = `${head.machineName} ${head.name}`;
    this.#problems.push(`${who} at commit ${head.seq}: ${problem}\n${last.join('\n')}`);
  }

  async #failOpen(problem: string): Promise<void> {
    this.#problems.push(`${problem} (${this.#outside.busy} callers wait)`);
    for (const id of this.#truth.executionIds) {
      const stored = (await this.#truth.stored(id))!;
      const rows = stored.work.map((row) => JSON.stringify(row)).join('\n    ');
      if (stored.head.status === 'RUNNING') this.#fail(stored, `runs, with rows\n    ${rows}`);
    }
    for (const id of this.#truth.runIds) {
      const { run } = (await this.#truth.run(id))!;
      const text = JSON.stringify(run.state);
      if (run.state.stage !== 'closed') this.#problems.push(`${run.arn} is open: ${text}`);
    }
  }

  async #checkEnd(): Promise<void> {
    this.#problems.push(...this.#truth.leftovers);
    await this.#outside.verify();
    for (const id of this.#truth.runIds) {
      const stored = (await this.#truth.run(id))!;
      const { records } = (await this.#truth.executions.load(stored.run.execution.id))!;
      for (const problem of resultViolations(stored, records, this.#objects)) {
        this.#problems.push(`${stored.run.arn}: ${problem}`);
      }
    }
    // How far projectors are is one server's knowledge: with two, each marks what it has seen.
    if (this.#options.engines === 1) await this.#checkShown();
  }

  /** After one more boot, projectors have seen everything. */
  async #checkShown(): Promise<void> {
    const server = this.#server;
    server.stormy = false;
    server.process.kill();
    server.boot();
    while (!server.process.ready) {
      await drain();
      this.#clock.tick();
    }
    for (const id of this.#truth.executionIds) {
      const { records } = (await this.#truth.executions.load(id))!;
      const unseen = records.filter((record) => !server.shown.get(id)?.has(record.id));
      if (unseen.length > 0) this.#problems.push(`projectors missed ${unseen.length} of ${id}`);
    }
  }

  async #report(): Promise<Report> {
    const histories = new Map<string, readonly HistoryRecord[]>();
    let events = 0;
    for (const id of this.#truth.executionIds) {
      const { head, records } = (await this.#truth.executions.load(id))!;
      events += records.length;
      if (head.machineName === 'main') histories.set(head.name, records);
    }
    let late = false;
    for (const id of this.#truth.runIds) {
      const { run } = (await this.#truth.run(id))!;
      late ||= run.order.executionType === 'EXPRESS' && run.state.executions.timedOut > 0;
    }
    const { crashes, commits } = this.#server;
    const days = (this.#clock.now() - this.#start) / 86_400_000;
    return { problems: this.#problems, crashes, commits, events, days, late, histories };
  }
}

/** Lets every promise go as far as it can without time. */
const drain = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
