/**
 * The simulated server as the world sees it: one process after the other on one database, late
 * disks and sudden deaths.
 */
import type { HistoryRecord } from '../src/execution/record.ts';
import type { Tools } from '../src/ground/tools.ts';
import type { LoggedLine, ManualClock, TestMachines } from '../src/service/engine/testing.ts';
import { testLog } from '../src/service/engine/testing.ts';
import type { TaskOutcome, TaskRun } from '../src/service/ports.ts';
import type { Started, StartRequest } from '../src/service/states/start.ts';
import type { Database, Unit } from '../src/store/database.ts';
import type { ExecutionHead, ExecutionStore } from '../src/store/executions.ts';
import type { SqliteConnection } from '../src/store/sql/connection.ts';
import { inProcessDatabase } from '../src/store/sql/in-process.ts';
import { Crash, type Node, Process } from './process.ts';
import { Random } from './random.ts';
import { CHILD_MACHINE, executionArn, PLACE, ROLE } from './resources.ts';

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

export interface ServerDeps {
  readonly options: Options;
  readonly clock: ManualClock;
  readonly connection: SqliteConnection;
  readonly machines: TestMachines;
  readonly tools: Tools;
  readonly childHash: string;
  run(process: Process, task: TaskRun): Promise<TaskOutcome>;
}

export class Server {
  process!: Process;
  crashes = 0;
  commits = 0;
  /** False: it lives for ever. */
  stormy = true;
  /** Executions of which something was written since somebody looked. */
  readonly touched = new Set<number>();
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
    this.#disk = new Random(deps.options.seed, 'disk');
  }

  boot(): void {
    const { clock, tools, machines, options, run } = this.#deps;
    const { redeliver, smallMemory, engines, plant = (store) => store } = options;
    this.#epoch++;
    this.process = new Process({
      world: clock,
      tools,
      epoch: this.#epoch,
      log: testLog(this.lines),
      engines,
      redeliver,
      ...(smallMemory && { stateBytesMax: 1 }),
      machine: (hash) => machines.machine(hash),
      watcher: { project: (head, records) => this.#see(head, records) },
      database: (process) => this.#database(process),
      store: plant,
      functions: (process) => ({
        onLost: 'fail',
        matches: (resource) => resource.includes(':lambda:'),
        run: (task) => run(process, task),
      }),
      start: (node, request) => this.#startChild(node, request),
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
      if (this.stormy && disk.chance(options.crashes / 2)) throw new Crash();
    };
    const database = inProcessDatabase(connection, {
      schedule: (commit) => process.clock.wake(clock.now() + disk.between(0, 3), commit),
      deliver: (settle) => process.clock.wake(clock.now() + disk.between(0, 30), settle),
      beforeCommit: die,
      afterCommit: (units) => {
        this.commits++;
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
      close: () => database.close(),
    };
  }

  #note(units: readonly Unit[]): void {
    for (const { statements } of units) {
      for (const { sql, params } of statements) {
        if (sql.startsWith('INSERT INTO journal')) this.touched.add(params[0] as number);
      }
    }
  }

  #see(head: ExecutionHead, records: readonly HistoryRecord[]): void {
    const seen = this.shown.get(head.id) ?? new Set();
    this.shown.set(head.id, seen);
    for (const { id } of records) seen.add(id);
  }

  async #startChild({ engine }: Node, request: StartRequest): Promise<Started> {
    const { name, parent, input } = request;
    const arn = executionArn('child', name!);
    const startedAt = this.#deps.clock.now();
    const { id, existing } = await engine.begin({
      ...PLACE,
      arn,
      name: name!,
      machineArn: CHILD_MACHINE,
      machineName: 'child',
      type: 'STANDARD',
      roleArn: ROLE,
      definitionHash: this.#deps.childHash,
      input: input!,
      startedAt,
      tracingEnabled: false,
      ...(parent && { parent }),
    });
    return { id: existing?.id ?? id, arn, startedAt: existing?.startedAt ?? startedAt };
  }
}
