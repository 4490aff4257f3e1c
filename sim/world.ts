/**
 * A simulated world: virtual time, one database, a server process that dies and comes back, and
 * around it callers, functions, activity workers and token senders that live on. One seed decides
 * everything.
 */
import type { HistoryRecord } from '../src/execution/record.ts';
import type { Signal } from '../src/execution/signal.ts';
import type { Tools } from '../src/ground/tools.ts';
import { ManualClock, TestMachines, testLog, testTools } from '../src/service/engine/testing.ts';
import type { TaskOutcome, TaskRun } from '../src/service/ports.ts';
import type { Started, StartRequest } from '../src/service/states/start.ts';
import type { Database, Unit } from '../src/store/database.ts';
import type { ExecutionHead, ExecutionStore } from '../src/store/executions.ts';
import { SqliteConnection } from '../src/store/sql/connection.ts';
import { sqlExecutionStore } from '../src/store/sql/executions.ts';
import { inProcessDatabase } from '../src/store/sql/in-process.ts';
import { migrateAll } from '../src/store/sql/migrate.ts';
import { executionMigrations } from '../src/store/sql/migrations/executions.ts';
import { type Held, type Stored, violations } from './check.ts';
import { behaviourOf } from './functions.ts';
import { Crash, type Node, Process } from './process.ts';
import { childProgram, randomProgram } from './programs.ts';
import { Random } from './random.ts';
import { ACTIVITY, CHILD_MACHINE, executionArn, MACHINE, PLACE, RESOURCES } from './resources.ts';

export interface Options {
  readonly seed: number;
  /** Chance of dying at each COMMIT: half of the times before it, half after. */
  readonly crashes: number;
  readonly engines: number;
  /** Lost attempts run again, so that a run with crashes must equal one without. */
  readonly redeliver: boolean;
  /** Things that end by the clock or from outside. */
  readonly wild: boolean;
  readonly smallMemory: boolean;
  readonly plant?: (store: ExecutionStore) => ExecutionStore;
}

export interface Report {
  readonly problems: readonly string[];
  readonly crashes: number;
  readonly commits: number;
  readonly events: number;
  readonly days: number;
  readonly histories: ReadonlyMap<string, readonly HistoryRecord[]>;
}

const EXECUTIONS_MAX = 3;
const TICKS_MAX = 60_000;
const WORKERS = 2;

export async function simulate(options: Options): Promise<Report> {
  const world = new World(options);
  await world.open();
  return world.run();
}

class World {
  readonly #options: Options;
  readonly #clock = new ManualClock();
  readonly #connection = new SqliteConnection({ file: undefined });
  readonly #machines = new TestMachines();
  readonly #log = testLog();
  readonly #problems: string[] = [];
  readonly #touched = new Set<number>();
  readonly #runs = new Map<string, number>();
  readonly #tokens = new Set<string>();
  readonly #shown = new Map<number, Set<number>>();
  readonly #disk: Random;
  readonly #outside: Random;
  readonly #tools: Tools;
  readonly #start: number;
  #truth!: ExecutionStore;
  #process!: Process;
  #booted!: Promise<void>;
  /** After a crash: the next process is there. */
  #revived: Promise<void> = Promise.resolve();
  #epoch = 0;
  #crashes = 0;
  #stormy = true;
  #commits = 0;
  #open = 0;
  #hashes!: { main: string; child: string };

  constructor(options: Options) {
    this.#options = options;
    const { seed } = options;
    this.#disk = new Random(seed, 'disk');
    this.#outside = new Random(seed, 'outside');
    this.#start = this.#clock.now();
    const chance = new Random(seed, 'tools');
    this.#tools = { ...testTools(this.#clock), random: () => chance.next() };
  }

  async open(): Promise<void> {
    const database = inProcessDatabase(this.#connection);
    await migrateAll(database, { executions: executionMigrations });
    this.#truth = await sqlExecutionStore(database);
    const { seed, wild } = this.#options;
    const program = randomProgram(new Random(seed, 'program'), { timeouts: wild, children: true });
    this.#hashes = {
      main: this.#machines.add(program),
      child: this.#machines.add(childProgram()),
    };
    this.#boot();
    for (let i = 0; i < WORKERS; i++) this.#work(new Random(seed, `worker ${i}`));
    const count = this.#outside.between(1, EXECUTIONS_MAX);
    for (let i = 0; i < count; i++) this.#caller(`e${i}`, this.#outside.between(0, 3_000));
  }

  async run(): Promise<Report> {
    let ticks = 0;
    for (;;) {
      await drain();
      await this.#check();
      if (this.#problems.length > 0) break;
      if (this.#open === 0 && (await this.#truth.counts()).open === 0) break;
      if (ticks++ > TICKS_MAX) await this.#failOpen(`no end after ${TICKS_MAX} steps`);
      try {
        if (!this.#clock.tick()) await this.#failOpen('everything waits and nothing comes');
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        this.#crash();
      }
    }
    // How far projectors are is one server's knowledge: with two, each marks what it has seen.
    if (this.#problems.length === 0 && this.#options.engines === 1) await this.#checkShown();
    const report = await this.#report();
    this.#process.kill();
    this.#connection.close();
    return report;
  }

  // The server

  #boot(): void {
    const { redeliver, smallMemory, engines, plant = (store) => store } = this.#options;
    this.#epoch++;
    this.#process = new Process({
      world: this.#clock,
      tools: this.#tools,
      epoch: this.#epoch,
      log: this.#log,
      engines,
      redeliver,
      ...(smallMemory && { stateBytesMax: 1 }),
      machine: (hash) => this.#machines.machine(hash),
      watcher: { project: (head, records) => this.#see(head, records) },
      database: (process) => this.#database(process),
      store: plant,
      functions: (process) => ({
        onLost: 'fail',
        matches: (resource) => resource.includes(':lambda:'),
        run: (task) => this.#function(process, task),
      }),
      start: (node, request) => this.#startChild(node, request),
    });
    const process = this.#process;
    this.#booted = process.boot().catch((error: unknown) => {
      this.#problems.push(`boot failed: ${String(error)}`);
    });
  }

  #crash(): void {
    this.#crashes++;
    this.#process.kill();
    const away = this.#disk.pick([0, 100, 5_000, 90_000]);
    this.#revived = this.#sleep(away).then(() => this.#boot());
  }

  /** Late, sometimes deadly. */
  #database(process: Process): Database {
    const disk = this.#disk;
    const die = (probability: number): void => {
      if (this.#stormy && disk.chance(probability)) throw new Crash();
    };
    const database = inProcessDatabase(this.#connection, {
      schedule: (commit) => process.clock.wake(this.#clock.now() + disk.between(0, 3), commit),
      deliver: (settle) => process.clock.wake(this.#clock.now() + disk.between(0, 30), settle),
      beforeCommit: () => die(this.#options.crashes / 2),
      afterCommit: (units) => {
        this.#commits++;
        this.#note(units);
        die(this.#options.crashes / 2);
      },
    });
    const read: Database['read'] = async (sql, params) => {
      const wait = disk.between(0, 4);
      if (wait > 0) {
        await new Promise<void>((resolve) => process.clock.wake(this.#clock.now() + wait, resolve));
      }
      if (process.dead) return new Promise(() => undefined);
      return database.read(sql, params);
    };
    return {
      write: (unit) => (process.dead ? new Promise(() => undefined) : database.write(unit)),
      read,
      backlog: database.backlog,
      close: () => database.close(),
    };
  }

  #note(units: readonly Unit[]): void {
    for (const { statements } of units) {
      for (const { sql, params } of statements) {
        if (sql.startsWith('INSERT INTO journal')) this.#touched.add(params[0] as number);
      }
    }
  }

  #see(head: ExecutionHead, records: readonly HistoryRecord[]): void {
    const seen = this.#shown.get(head.id) ?? new Set();
    this.#shown.set(head.id, seen);
    for (const { id } of records) seen.add(id);
  }

  async #startChild({ engine }: Node, request: StartRequest): Promise<Started> {
    const { name, parent, input } = request;
    const arn = executionArn('child', name!);
    const startedAt = this.#clock.now();
    const { id, existing } = await engine.begin({
      ...PLACE,
      arn,
      name: name!,
      machineArn: CHILD_MACHINE,
      machineName: 'child',
      type: 'STANDARD',
      roleArn: 'arn:aws:iam::000000000000:role/r',
      definitionHash: this.#hashes.child,
      input: input!,
      startedAt,
      tracingEnabled: false,
      ...(parent && { parent }),
    });
    return { id: existing?.id ?? id, arn, startedAt: existing?.startedAt ?? startedAt };
  }

  /** A function that runs in the process and dies with it; its token's sender does not. */
  async #function(process: Process, task: TaskRun): Promise<TaskOutcome> {
    const { head, scope, attempt, order } = task;
    const { seed, wild, redeliver } = this.#options;
    const key = `${head.arn} ${scope} ${attempt}`;
    const runs = (this.#runs.get(key) ?? 0) + 1;
    this.#runs.set(key, runs);
    if (runs > 1 && !redeliver) this.#problems.push(`${key} ran ${runs} times`);
    task.started(this.#clock.now());
    const name = head.machineName === 'child' ? 'child' : head.name;
    const behaviour = behaviourOf(seed, name, scope, order, wild);
    if (order.resource === RESOURCES.callback) this.#answerLater(order.token!, behaviour);
    await new Promise<void>((resolve) =>
      process.clock.wake(this.#clock.now() + behaviour.ms, resolve),
    );
    if (order.resource !== RESOURCES.callback) return behaviour.outcome;
    return { type: 'Submitted', output: '{"accepted":true}' };
  }

  // What lives outside

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.wake(this.#clock.now() + ms, resolve));
  }

  /** A call to the server from outside, made again until some process answers it. */
  async #call<T>(use: (node: Node) => Promise<T>): Promise<T> {
    for (;;) {
      const process = this.#process;
      if (process.dead) await this.#revived;
      // A process may die while it boots.
      else await Promise.race([this.#booted, process.death]);
      if (process.ready && !process.dead) {
        const answer = use(this.#outside.pick(process.nodes)).then((value) => ({ value }));
        const answered = await Promise.race([answer, process.death]);
        if (answered) return answered.value;
      }
      await this.#sleep(this.#outside.between(1, 50));
    }
  }

  /** Keeps the world from ending before it has. */
  #actor(act: () => Promise<void>): void {
    this.#open++;
    act()
      .catch((error: unknown) => this.#problems.push(`an actor failed: ${String(error)}`))
      .finally(() => {
        this.#open--;
      });
  }

  #caller(name: string, after: number): void {
    const stop = this.#options.wild && this.#outside.chance(0.15);
    const stopAfter = this.#outside.between(0, 8_000);
    const input = JSON.stringify({ n: this.#outside.between(0, 9), items: [1, 2, 3] });
    this.#actor(async () => {
      await this.#sleep(after);
      const startedAt = this.#clock.now();
      const id = await this.#call(async ({ engine }) => {
        const begun = await engine.begin({
          ...PLACE,
          arn: executionArn('main', name),
          name,
          machineArn: MACHINE,
          machineName: 'main',
          type: 'STANDARD',
          roleArn: 'arn:aws:iam::000000000000:role/r',
          definitionHash: this.#hashes.main,
          input,
          startedAt,
          tracingEnabled: false,
        });
        return begun.existing?.id ?? begun.id;
      });
      if (!(await this.#truth.load(id)))
        this.#problems.push(`${name} was acknowledged and is gone`);
      if (!stop) return;
      await this.#sleep(stopAfter);
      await this.#call(({ engine }) => engine.signal(id, { type: 'Stop', error: 'Stopped' }));
    });
  }

  #answerLater(token: string, behaviour: ReturnType<typeof behaviourOf>): void {
    if (this.#tokens.has(token)) return;
    this.#tokens.add(token);
    this.#actor(async () => {
      const until = this.#clock.now() + behaviour.answerMs;
      while (behaviour.heartbeats && this.#clock.now() + 1_000 < until) {
        await this.#sleep(1_000);
        const beat = await this.#redeem(token, (at) => ({ type: 'TaskHeartbeat', ...at }));
        if (beat === 'gone') return;
      }
      await this.#sleep(Math.max(until - this.#clock.now(), 0));
      await this.#answer(token, behaviour.outcome);
    });
  }

  async #answer(token: string, outcome: ReturnType<typeof behaviourOf>['outcome']): Promise<void> {
    const signalFor = (at: { scope: string; attempt: number }): Signal =>
      outcome.type === 'Succeeded'
        ? { type: 'TaskSucceeded', ...at, output: outcome.output, byToken: true }
        : { type: 'TaskFailed', ...at, error: outcome.error, cause: outcome.cause, byToken: true };
    await this.#redeem(token, signalFor);
  }

  #redeem(
    token: string,
    signalFor: (at: { scope: string; attempt: number }) => Signal,
  ): Promise<string> {
    return this.#call(({ engine }) => engine.redeem(token, signalFor));
  }

  /** An activity worker: takes a task, works on it, answers it, for ever. */
  #work(random: Random): void {
    const { seed, wild } = this.#options;
    const once = async (): Promise<void> => {
      const task = await this.#call(({ activities }) =>
        activities.take(ACTIVITY, 'w', new AbortController().signal),
      );
      if (!task) return;
      this.#actor(async () => {
        const input = JSON.parse(task.input) as { state: string; retry: number };
        const order = { stateName: input.state, retryCount: input.retry };
        const behaviour = behaviourOf(seed, 'activity', '', order, wild);
        await this.#sleep(behaviour.ms);
        await this.#answer(task.taskToken, behaviour.outcome);
      });
      await this.#sleep(random.between(0, 500));
    };
    const forever = async (): Promise<never> => {
      for (;;) await once();
    };
    forever().catch((error: unknown) => this.#problems.push(`a worker failed: ${String(error)}`));
  }

  // What must hold

  async #check(): Promise<void> {
    for (const id of this.#touched) {
      this.#touched.delete(id);
      const stored = await this.#stored(id);
      // A start whose name was taken has written nothing.
      if (!stored) continue;
      const nodes = this.#process.dead ? [] : this.#process.nodes;
      const held = nodes.map(({ engine }) => engine.held(id)).filter((one) => one) as Held[];
      for (const problem of violations(stored, held)) this.#fail(stored, problem);
    }
    for (const { level, message, fields } of this.#log.lines) {
      if (level === 'error') this.#problems.push(`${message}: ${JSON.stringify(fields)}`);
    }
  }

  async #stored(id: number): Promise<Stored | undefined> {
    const loaded = await this.#truth.load(id);
    if (!loaded) return undefined;
    const rows = this.#connection.read(
      'SELECT seq FROM journal WHERE execution = ?1 ORDER BY seq',
      [id],
    );
    return { ...loaded, seqs: rows.map(({ seq }) => seq as number) };
  }

  #fail({ head, records }: Stored, problem: string): void {
    const last = records.slice(-12).map(({ id, previousEventId, type, scope, hidden }) => {
      const more = hidden ? ` ${JSON.stringify(hidden)}` : '';
      return `    ${id}<-${previousEventId} ${type} ${scope}${more}`;
    });
    this.#problems.push(`${head.name} at commit ${head.seq}: ${problem}\n${last.join('\n')}`);
  }

  async #failOpen(problem: string): Promise<void> {
    this.#problems.push(`${problem} (${this.#open} callers wait)`);
    for (const [id] of await this.#journals()) {
      const stored = (await this.#stored(id))!;
      const rows = stored.work.map((row) => JSON.stringify(row)).join('\n    ');
      if (stored.head.status === 'RUNNING')
        this.#fail(stored, `still runs, with rows\n    ${rows}`);
    }
  }

  /** After one more boot, projectors have seen everything. */
  async #checkShown(): Promise<void> {
    this.#stormy = false;
    this.#process.kill();
    this.#boot();
    while (!this.#process.ready) {
      await drain();
      this.#clock.tick();
    }
    for (const [id, records] of await this.#journals()) {
      const seen = this.#shown.get(id) ?? new Set();
      const unseen = records.filter((record) => !seen.has(record.id));
      if (unseen.length > 0) this.#problems.push(`projectors missed ${unseen.length} of ${id}`);
    }
  }

  async #journals(): Promise<Map<number, readonly HistoryRecord[]>> {
    const ids = this.#connection.read('SELECT id FROM execution ORDER BY id', []);
    const found = new Map<number, readonly HistoryRecord[]>();
    for (const { id } of ids) {
      const loaded = await this.#truth.load(id as number);
      found.set(id as number, loaded!.records);
    }
    return found;
  }

  async #report(): Promise<Report> {
    const histories = new Map<string, readonly HistoryRecord[]>();
    let events = 0;
    for (const [id, records] of await this.#journals()) {
      const { head } = (await this.#truth.load(id))!;
      events += records.length;
      if (head.machineName === 'main') histories.set(head.name, records);
    }
    return {
      problems: this.#problems,
      crashes: this.#crashes,
      commits: this.#commits,
      events,
      days: (this.#clock.now() - this.#start) / 86_400_000,
      histories,
    };
  }
}

/** Lets every promise go as far as it can without time. */
const drain = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
