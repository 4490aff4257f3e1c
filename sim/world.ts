/**
 * A simulated world: virtual time, one database, a server that dies and comes back, and what lives
 * around it. One seed decides everything. After every step, what was written is checked.
 */
import type { HistoryRecord } from '../src/execution/record.ts';
import { type LoggedLine, ManualClock, testTools } from '../src/service/engine/testing.ts';
import { executionMigrations } from '../src/store/executions/migrations.ts';
import { machineMigrations } from '../src/store/machines/migrations.ts';
import { migrateAll } from '../src/store/migrate.ts';
import { nodeMigrations } from '../src/store/nodes/migrations.ts';
import { SqliteConnection } from '../src/store/sqlite/connection.ts';
import { inProcessDatabase } from '../src/store/sqlite/in-process.ts';
import { attemptOf } from './attempt.ts';
import { type Held, type Stored, violations } from './check.ts';
import { runViolations } from './check-mapruns.ts';
import { resultViolations } from './check-results.ts';
import { isDefect, isLost, Marks } from './marks.ts';
import { simulatedObjects } from './objects.ts';
import { PLANTED } from './observed.ts';
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
  readonly marks: Marks;
  /** By name, of the executions that were started from outside. */
  readonly histories: ReadonlyMap<string, readonly HistoryRecord[]>;
}

const TICKS_MAX = 100_000;
/** Longer than anybody waits for anything, where there are long waits and where there are none. */
const STALLED_MS = { long: 3 * 3_600_000, short: 1_800_000 };
const LAST_EVENTS = 12;

export async function simulate(options: Options): Promise<Report> {
  const connection = new SqliteConnection({ file: undefined });
  const migrations = {
    executions: executionMigrations,
    machines: machineMigrations,
    nodes: nodeMigrations,
  };
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
  readonly #marks = new Marks();
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
      marks: this.#marks,
      tools: { ...testTools(clock), random: () => chance.next() },
      run: (process, task) => this.#outside.run(process, task),
    });
    this.#outside = new Outside({
      options,
      clock,
      server: this.#server,
      truth,
      marks: this.#marks,
      problem: (text) => this.#problems.push(text),
    });
  }

  async run(): Promise<Report> {
    const { longWaits } = this.#options;
    this.#server.boot();
    this.#outside.begin();
    for (let ticks = 0; ; ticks++) {
      await drain();
      await this.#check();
      if (this.#problems.length > 0) break;
      if (this.#outside.busy === 0 && !this.#truth.open) break;
      const quietMs = this.#clock.now() - this.#server.committedAt;
      if (quietMs > (longWaits ? STALLED_MS.long : STALLED_MS.short))
        await this.#failOpen('nothing happens any more');
      else if (ticks > TICKS_MAX) await this.#failOpen(`no end after ${TICKS_MAX} steps`);
      else if (!this.#tick()) await this.#failOpen('everything waits and nothing comes');
    }
    if (this.#problems.length === 0) await this.#checkEnd();
    this.#server.kill();
    return this.#report();
  }

  #tick(): boolean {
    try {
      return this.#clock.tick();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.#server.crash(error.process);
      return true;
    }
  }

  async #check(): Promise<void> {
    const { touched, touchedRuns, lines, processes } = this.#server;
    for (const id of touched) {
      touched.delete(id);
      const stored = await this.#truth.stored(id);
      // A start whose name was taken has written nothing.
      if (!stored) continue;
      const ready = processes.filter((one) => one.ready);
      const held = ready.map(({ states }) => states.engine.held(id)).filter((one) => one) as Held[];
      for (const problem of violations(stored, held)) this.#fail(stored, problem);
      this.#checkKept(stored);
      this.#checkLost(stored);
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
    for (const line of lines.splice(0)) {
      if (line.level === 'error' && !isPlanted(line)) this.#problems.push(told(line));
    }
  }

  /** An attempt is lost where its process is dead, and nowhere else. */
  #checkLost(stored: Stored): void {
    const { head, records } = stored;
    for (const record of records.filter(isLost)) {
      const attempt = attemptOf(record)!;
      if (!this.#outside.runs(head, record.scope, attempt)) continue;
      this.#fail(stored, `attempt ${attempt} is lost, and its process lives`);
    }
    for (const { details } of records.filter(isDefect)) {
      const { cause } = details as { readonly cause: string };
      if (!cause.includes(PLANTED)) this.#fail(stored, `it failed by a defect: ${cause}`);
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
    // How far projectors are is one node's knowledge: with two, each marks what it has seen.
    if (this.#options.nodes === 1) await this.#checkShown();
  }

  /** After one more boot, projectors have seen everything. */
  async #checkShown(): Promise<void> {
    const server = this.#server;
    let ready = false;
    void server.bootLast().then(() => {
      ready = true;
    });
    while (!ready) {
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
      this.#marks.noteHistory(records);
      if (head.machineName === 'main') histories.set(head.name, records);
    }
    let late = false;
    for (const id of this.#truth.runIds) {
      const { run } = (await this.#truth.run(id))!;
      this.#marks.noteMapRun(run);
      late ||= run.order.executionType === 'EXPRESS' && run.state.executions.timedOut > 0;
    }
    const { crashes, commits } = this.#server;
    const days = (this.#clock.now() - this.#start) / 86_400_000;
    const counts = { crashes, commits, events, days };
    return { problems: this.#problems, ...counts, late, marks: this.#marks, histories };
  }
}

/** What was planted is logged, of course. */
function isPlanted({ message, fields }: LoggedLine): boolean {
  const { error } = fields as { readonly error?: unknown };
  return message === 'a decision failed' && error instanceof Error && error.message === PLANTED;
}

function told({ message, fields }: LoggedLine): string {
  const { error, ...rest } = fields as { readonly error?: unknown };
  const what = error instanceof Error ? error.stack : JSON.stringify(error);
  return `${message}: ${JSON.stringify(rest)} ${what}`;
}

/** Lets every promise go as far as it can without time. */
const drain = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
