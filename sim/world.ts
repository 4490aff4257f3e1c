/**
 * A simulated world: virtual time, one database, a server that dies and comes back, and what lives
 * around it. One seed decides everything. After every step, what was written is checked.
 */
import type { HistoryRecord } from '../src/execution/record.ts';
import { ManualClock, TestMachines, testTools } from '../src/service/engine/testing.ts';
import type { ExecutionStore } from '../src/store/executions.ts';
import { SqliteConnection } from '../src/store/sql/connection.ts';
import { sqlExecutionStore } from '../src/store/sql/executions.ts';
import { inProcessDatabase } from '../src/store/sql/in-process.ts';
import { migrateAll } from '../src/store/sql/migrate.ts';
import { executionMigrations } from '../src/store/sql/migrations/executions.ts';
import { type Held, type Stored, violations } from './check.ts';
import { Outside } from './outside.ts';
import { Crash } from './process.ts';
import { childProgram, randomProgram } from './programs.ts';
import { Random } from './random.ts';
import { type Options, Server } from './server.ts';

export interface Report {
  readonly problems: readonly string[];
  readonly crashes: number;
  readonly commits: number;
  readonly events: number;
  readonly days: number;
  /** By name, of the executions that were started from outside. */
  readonly histories: ReadonlyMap<string, readonly HistoryRecord[]>;
}

const TICKS_MAX = 60_000;
const LAST_EVENTS = 12;

export async function simulate(options: Options): Promise<Report> {
  const connection = new SqliteConnection({ file: undefined });
  const database = inProcessDatabase(connection);
  await migrateAll(database, { executions: executionMigrations });
  const world = new World(options, connection, await sqlExecutionStore(database));
  try {
    return await world.run();
  } finally {
    connection.close();
  }
}

class World {
  readonly #options: Options;
  readonly #clock = new ManualClock();
  readonly #connection: SqliteConnection;
  /** The stored truth, without delays and deaths. */
  readonly #truth: ExecutionStore;
  readonly #problems: string[] = [];
  readonly #start = this.#clock.now();
  readonly #server: Server;
  readonly #outside: Outside;

  constructor(options: Options, connection: SqliteConnection, truth: ExecutionStore) {
    this.#options = options;
    this.#connection = connection;
    this.#truth = truth;
    const { seed, wild } = options;
    const clock = this.#clock;
    const chance = new Random(seed, 'tools');
    const machines = new TestMachines();
    const program = randomProgram(new Random(seed, 'program'), { timeouts: wild, children: true });
    const mainHash = machines.add(program);
    this.#server = new Server({
      options,
      clock,
      connection,
      machines,
      tools: { ...testTools(clock), random: () => chance.next() },
      childHash: machines.add(childProgram()),
      run: (process, task) => this.#outside.run(process, task),
    });
    this.#outside = new Outside({
      options,
      clock,
      server: this.#server,
      mainHash,
      problem: (text) => this.#problems.push(text),
      exists: async (id) => (await truth.load(id)) !== undefined,
    });
  }

  async run(): Promise<Report> {
    this.#server.boot();
    this.#outside.begin();
    for (let ticks = 0; ; ticks++) {
      await drain();
      await this.#check();
      if (this.#problems.length > 0) break;
      if (this.#outside.busy === 0 && (await this.#truth.counts()).open === 0) break;
      if (ticks > TICKS_MAX) await this.#failOpen(`no end after ${TICKS_MAX} steps`);
      else if (!this.#tick()) await this.#failOpen('everything waits and nothing comes');
    }
    // How far projectors are is one server's knowledge: with two, each marks what it has seen.
    if (this.#problems.length === 0 && this.#options.engines === 1) await this.#checkShown();
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
    const { touched, lines, process } = this.#server;
    for (const id of touched) {
      touched.delete(id);
      const stored = await this.#stored(id);
      // A start whose name was taken has written nothing.
      if (!stored) continue;
      const nodes = process.dead ? [] : process.nodes;
      const held = nodes.map(({ engine }) => engine.held(id)).filter((one) => one) as Held[];
      for (const problem of violations(stored, held)) this.#fail(stored, problem);
    }
    for (const { level, message, fields } of lines.splice(0)) {
      if (level === 'error') this.#problems.push(`${message}: ${JSON.stringify(fields)}`);
    }
  }

  async #stored(id: number): Promise<Stored | undefined> {
    const loaded = await this.#truth.load(id);
    if (!loaded) return undefined;
    const sql = 'SELECT seq FROM journal WHERE execution = $1 ORDER BY seq';
    const rows = this.#connection.read(sql, [id]);
    return { ...loaded, seqs: rows.map(({ seq }) => seq as number) };
  }

  #fail({ head, records }: Stored, problem: string): void {
    const last = records.slice(-LAST_EVENTS).map(({ id, previousEventId, type, scope, hidden }) => {
      const more = hidden ? ` ${JSON.stringify(hidden)}` : '';
      return `    ${id}<-${previousEventId} ${type} ${scope}${more}`;
    });
    this.#problems.push(`${head.name} at commit ${head.seq}: ${problem}\n${last.join('\n')}`);
  }

  async #failOpen(problem: string): Promise<void> {
    this.#problems.push(`${problem} (${this.#outside.busy} callers wait)`);
    for (const id of this.#ids()) {
      const stored = (await this.#stored(id))!;
      const rows = stored.work.map((row) => JSON.stringify(row)).join('\n    ');
      if (stored.head.status === 'RUNNING') this.#fail(stored, `runs, with rows\n    ${rows}`);
    }
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
    for (const id of this.#ids()) {
      const { records } = (await this.#truth.load(id))!;
      const unseen = records.filter((record) => !server.shown.get(id)?.has(record.id));
      if (unseen.length > 0) this.#problems.push(`projectors missed ${unseen.length} of ${id}`);
    }
  }

  #ids(): number[] {
    const rows = this.#connection.read('SELECT id FROM execution ORDER BY id', []);
    return rows.map(({ id }) => id as number);
  }

  async #report(): Promise<Report> {
    const histories = new Map<string, readonly HistoryRecord[]>();
    let events = 0;
    for (const id of this.#ids()) {
      const { head, records } = (await this.#truth.load(id))!;
      events += records.length;
      if (head.machineName === 'main') histories.set(head.name, records);
    }
    const { crashes, commits } = this.#server;
    const days = (this.#clock.now() - this.#start) / 86_400_000;
    return { problems: this.#problems, crashes, commits, events, days, histories };
  }
}

/** Lets every promise go as far as it can without time. */
const drain = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
