/**
 * The simulated servers as the world sees them: nodes on one database, with late disks, sudden
 * deaths apart and together, and clean restarts.
 */
import type { HistoryRecord } from '../src/execution/record.ts';
import type { Instant } from '../src/ground/time.ts';
import type { Tools } from '../src/ground/tools.ts';
import type { LoggedLine, ManualClock } from '../src/service/engine/testing.ts';
import { testLog } from '../src/service/engine/testing.ts';
import type { TestObjects } from '../src/service/items/testing.ts';
import type { TaskOutcome, TaskRun } from '../src/service/ports/tasks.ts';
import type { Database, Unit } from '../src/store/database.ts';
import type { ExecutionHead } from '../src/store/executions/store.ts';
import { LEASE_MS } from '../src/store/nodes/store.ts';
import { ONE_PROCESS, SEVERAL_PROCESSES } from '../src/store/sqlite/capabilities.ts';
import type { SqliteConnection } from '../src/store/sqlite/connection.ts';
import { inProcessDatabase } from '../src/store/sqlite/in-process.ts';
import type { Marks } from './marks.ts';
import { seenBy } from './objects.ts';
import { observed } from './observed.ts';
import { Crash, Process, type Stores } from './process.ts';
import { Random } from './random.ts';

export interface Options {
  readonly seed: number;
  /** Chance of dying at each COMMIT: half of the times before it, half after. */
  readonly crashes: number;
  readonly nodes: number;
  /** Lost attempts run again, so that a run with crashes must equal one without. */
  readonly redeliver: boolean;
  /** Things that end by the clock or from outside. */
  readonly wild: boolean;
  readonly smallMemory: boolean;
  /** Some Waits take hours, in which nodes would beat and beat. */
  readonly longWaits: boolean;
  readonly plant?: (stores: Stores) => Stores;
}

export interface ServerDeps {
  readonly options: Options;
  readonly clock: ManualClock;
  readonly connection: SqliteConnection;
  readonly objects: TestObjects;
  readonly tools: Tools;
  readonly marks: Marks;
  run(process: Process, task: TaskRun): Promise<TaskOutcome>;
}

/** Then it has seen enough, and comes to an end. */
const CRASHES_MAX = 150;
const STOPS_MAX = 5;
const ALL_DIE = 0.1;

/** A place for a node: one process after the other. */
interface Slot {
  process: Process;
  /** The process can be called, or has died before that. */
  booted: Promise<void>;
  /** The next one is on its way. */
  reviving: boolean;
}

export class Server {
  crashes = 0;
  commits = 0;
  /** When the latest of them was that was more than a sign of life. */
  committedAt: Instant;
  /** False: they live for ever. */
  stormy = true;
  /** Executions and Map Runs of which something was written since somebody looked. */
  readonly touched = new Set<number>();
  readonly touchedRuns = new Set<number>();
  /** Event ids that projectors have seen, by execution. */
  readonly shown = new Map<number, Set<number>>();
  readonly lines: LoggedLine[] = [];
  readonly #deps: ServerDeps;
  readonly #disk: Random;
  readonly #slots: Slot[] = [];
  /** Epochs of nodes whose work others took over. */
  readonly #forgotten = new Set<number>();

  constructor(deps: ServerDeps) {
    this.#deps = deps;
    this.committedAt = deps.clock.now();
    this.#disk = new Random(deps.options.seed, 'disk');
  }

  /** Those that live. */
  get processes(): readonly Process[] {
    return this.#slots.map(({ process }) => process).filter(({ dead }) => !dead);
  }

  boot(): void {
    const { nodes, wild } = this.#deps.options;
    for (let i = 0; i < nodes; i++) this.#slots.push(this.#start());
    if (wild) this.#stopSometimes(STOPS_MAX);
    if (nodes > 1) this.#pauseSometimes(STOPS_MAX);
  }

  crash(process: Process): void {
    this.crashes++;
    const all = this.#slots.length > 1 && this.#disk.chance(ALL_DIE);
    const dying = this.processes.filter((one) => all || one === process);
    if (dying.length < this.processes.length) {
      this.#deps.marks.note('nodes that died while others lived');
    }
    for (const one of dying) {
      one.kill();
      this.#bootAfter(one, this.#disk.pick([0, 100, 5_000, 90_000]));
    }
  }

  kill(): void {
    this.#deps.marks.note('nodes whose work others took over', this.#forgotten.size);
    this.#forgotten.clear();
    for (const process of this.processes) process.kill();
  }

  /** After all have died: one node that lives. */
  async bootLast(): Promise<Process> {
    this.kill();
    this.stormy = false;
    const slot = this.#start();
    this.#slots.splice(0, this.#slots.length, slot);
    await slot.booted;
    return slot.process;
  }

  /** A process that can be called; undefined where it died before that. */
  async reach(random: Random): Promise<Process | undefined> {
    const slot = random.pick(this.#slots);
    await slot.booted;
    return slot.process.ready ? slot.process : undefined;
  }

  #start(): Slot {
    const { clock, tools, objects, options, marks, run } = this.#deps;
    const { redeliver, smallMemory, plant = (stores) => stores } = options;
    const process: Process = new Process({
      world: clock,
      tools,
      log: testLog(this.lines),
      redeliver,
      ...(smallMemory && { stateBytesMax: 1 }),
      ...observed(marks),
      watcher: { project: (head, records) => this.#see(head, records) },
      database: (one) => this.#database(one),
      plant,
      objects: (one) => seenBy(one, objects, this.#disk),
      functions: (one) => ({
        onLost: 'fail',
        matches: (resource) => resource.includes(':lambda:'),
        run: (task) => run(one, task),
      }),
    });
    const boot = process.boot().catch((error: unknown) => {
      this.lines.push({ level: 'error', message: 'boot failed', fields: String(error) });
    });
    return { process, booted: Promise.race([boot, process.death]), reviving: false };
  }

  #bootAfter(process: Process, ms: number): void {
    const { clock } = this.#deps;
    const slot = this.#slots.find((one) => one.process === process);
    if (!slot || slot.reviving) return;
    slot.reviving = true;
    slot.booted = new Promise((resolve) => {
      clock.wake(clock.now() + ms, () => {
        Object.assign(slot, this.#start());
        void slot.booted.then(resolve);
      });
    });
  }

  /** Now and then one is told to stop, and comes back. */
  #stopSometimes(left: number): void {
    const { clock, marks } = this.#deps;
    if (left === 0 || !this.#disk.chance(0.5)) return;
    clock.wake(clock.now() + this.#disk.between(500, 20_000), () => {
      const process = this.#disk.pick(this.#slots).process;
      this.#stopSometimes(left - 1);
      if (!process.ready || !this.stormy) return;
      marks.note('nodes that stopped cleanly');
      // It may die on its way.
      void Promise.race([process.stop(), process.death]).then(() => this.#bootAfter(process, 100));
    });
  }

  /** Now and then one does nothing for a while, and then goes on as if nothing had happened. */
  #pauseSometimes(left: number): void {
    const { clock, marks } = this.#deps;
    if (left === 0 || !this.#disk.chance(0.8)) return;
    clock.wake(clock.now() + this.#disk.between(500, 20_000), () => {
      const process = this.#disk.pick(this.#slots).process;
      this.#pauseSometimes(left - 1);
      if (!process.ready || !this.stormy) return;
      const ms = this.#disk.pick([2_000, LEASE_MS + 1_000, 60_000]);
      if (ms > LEASE_MS) marks.note('nodes that paused for longer than their lease');
      process.pause(ms);
    });
  }

  /** Late, sometimes deadly. */
  #database(process: Process): Database {
    const { clock, connection, options, marks } = this.#deps;
    const disk = this.#disk;
    const die = (mark: 'crashes before a commit' | 'crashes after a commit'): void => {
      const mayDie = this.stormy && this.crashes < CRASHES_MAX;
      if (!mayDie || !disk.chance(options.crashes / 2)) return;
      marks.note(mark);
      throw new Crash(process);
    };
    const database = inProcessDatabase(connection, {
      schedule: (commit) => process.clock.wake(clock.now() + disk.between(0, 3), commit),
      deliver: (settle) => process.clock.wake(clock.now() + disk.between(0, 30), settle),
      beforeCommit: () => die('crashes before a commit'),
      afterCommit: (units) => {
        this.commits++;
        this.#note(units);
        die('crashes after a commit');
      },
    });
    const read: Database['read'] = async (sql, params) => {
      const wait = disk.between(0, 4);
      if (wait > 0) {
        await new Promise<void>((resolve) => process.clock.wake(clock.now() + wait, resolve));
      }
      return process.dead ? new Promise(() => undefined) : database.read(sql, params);
    };
    return {
      write: (unit) => (process.dead ? new Promise(() => undefined) : database.write(unit)),
      read,
      backlog: database.backlog,
      capabilities: options.nodes > 1 ? SEVERAL_PROCESSES : ONE_PROCESS,
      close: () => database.close(),
    };
  }

  #note(units: readonly Unit[]): void {
    const { clock, marks } = this.#deps;
    for (const { statements } of units) {
      for (const { sql, params } of statements) {
        if (!/\bnodes\b/.test(sql)) this.committedAt = clock.now();
        if (sql.startsWith('DELETE FROM nodes WHERE')) this.#forgotten.add(params[0] as number);
        if (sql.startsWith('UPDATE work SET') && params[3] === 'mapRun') {
          marks.note('Map Runs taken over');
        }
        const [, table] = /^(?:INSERT INTO|UPDATE) (journal|map_run)\b/.exec(sql) ?? [];
        if (table === 'journal') this.touched.add(params[0] as number);
        else if (table) this.touchedRuns.add(params[0] as number);
      }
    }
  }

  #see(head: ExecutionHead, records: readonly HistoryRecord[]): void {
    const seen = this.shown.get(head.id) ?? new Set();
    this.shown.set(head.id, seen);
    for (const { id } of records) seen.add(id);
  }
}
