/**
 * The simulated server as the world sees it: one process after the other on one database, late
 * disks and sudden deaths.
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
import type { SqliteConnection } from '../src/store/sqlite/connection.ts';
import { inProcessDatabase } from '../src/store/sqlite/in-process.ts';
import { seenBy } from './objects.ts';
import { Crash, Process, type Stores } from './process.ts';
import { Random } from './random.ts';

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
  readonly plant?: (stores: Stores) => Stores;
}

export interface ServerDeps {
  readonly options: Options;
  readonly clock: ManualClock;
  readonly connection: SqliteConnection;
  readonly objects: TestObjects;
  readonly tools: Tools;
  run(process: Process, task: TaskRun): Promise<TaskOutcome>;
}

/** Then it has seen enough, and comes to an end. */
const CRASHES_MAX = 150;

export class Server {
  process!: Process;
  crashes = 0;
  commits = 0;
  /** When the latest of them was. */
  committedAt: Instant;
  /** False: it lives for ever. */
  stormy = true;
  /** Executions and Map Runs of which something was written since somebody looked. */
  readonly touched = new Set<number>();
  readonly touchedRuns = new Set<number>();
  /** Event ids that projectors have seen, by execution. */
  readonly shown = new Map<number, Set<number>>();
  readonly lines: LoggedLine[] = [];
  readonly #deps: ServerDeps;
  readonly #disk: Random;
  #epoch = 0;
  #booted!: Promise<void>;
  /** After a crash: the next process is there. */
  #revived: Promise<void> = Promise.resolve();

  constructor(deps: ServerDeps) {
    this.#deps = deps;
    this.committedAt = deps.clock.now();
    this.#disk = new Random(deps.options.seed, 'disk');
  }

  boot(): void {
    const { clock, tools, objects, options, run } = this.#deps;
    const { redeliver, smallMemory, engines, plant = (stores) => stores } = options;
    this.#epoch++;
    this.process = new Process({
      world: clock,
      tools,
      epoch: this.#epoch,
      log: testLog(this.lines),
      engines,
      redeliver,
      ...(smallMemory && { stateBytesMax: 1 }),
      watcher: { project: (head, records) => this.#see(head, records) },
      database: (process) => this.#database(process),
      plant,
      objects: (process) => seenBy(process, objects, this.#disk),
      functions: (process) => ({
        onLost: 'fail',
        matches: (resource) => resource.includes(':lambda:'),
        run: (task) => run(process, task),
      }),
    });
    this.#booted = this.process.boot().catch((error: unknown) => {
      this.lines.push({ level: 'error', message: 'boot failed', fields: String(error) });
    });
  }

  crash(): void {
    this.crashes++;
    this.process.kill();
    const { clock } = this.#deps;
    const away = this.#disk.pick([0, 100, 5_000, 90_000]);
    this.#revived = new Promise((resolve) => {
      clock.wake(clock.now() + away, () => {
        this.boot();
        resolve();
      });
    });
  }

  /** The process, once it can be called; undefined where it died before that. */
  async reach(): Promise<Process | undefined> {
    const { process } = this;
    if (process.dead) await this.#revived;
    else await Promise.race([this.#booted, process.death]);
    return process.ready && !process.dead ? process : undefined;
  }

  /** Late, sometimes deadly. */
  #database(process: Process): Database {
    const { clock, connection, options } = this.#deps;
    const disk = this.#disk;
    const die = (): void => {
      const mayDie = this.stormy && this.crashes < CRASHES_MAX;
      if (mayDie && disk.chance(options.crashes / 2)) throw new Crash();
    };
    const database = inProcessDatabase(connection, {
      schedule: (commit) => process.clock.wake(clock.now() + disk.between(0, 3), commit),
      deliver: (settle) => process.clock.wake(clock.now() + disk.between(0, 30), settle),
      beforeCommit: die,
      afterCommit: (units) => {
        this.commits++;
        this.committedAt = clock.now();
        this.#note(units);
        die();
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
      capabilities: database.capabilities,
      close: () => database.close(),
    };
  }

  #note(units: readonly Unit[]): void {
    for (const { statements } of units) {
      for (const { sql, params } of statements) {
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
