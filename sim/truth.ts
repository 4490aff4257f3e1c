/** What is really stored, without delays and deaths; and what nobody but a check asks for. */
import { openTask } from '../src/execution/state.ts';
import { decodeTaskToken } from '../src/execution/token.ts';
import { parseJson } from '../src/ground/json.ts';
import { sqlExecutionStore } from '../src/store/executions/sql.ts';
import type { ExecutionHead, ExecutionStore } from '../src/store/executions/store.ts';
import { sqlMachineStore } from '../src/store/machines/sql.ts';
import type { MachineStore } from '../src/store/machines/store.ts';
import { sqlMapRunStore } from '../src/store/mapruns/sql.ts';
import type { MapRunStore, StoredMapRun } from '../src/store/mapruns/store.ts';
import type { SqliteConnection } from '../src/store/sqlite/connection.ts';
import { inProcessDatabase } from '../src/store/sqlite/in-process.ts';
import { fold, type Stored } from './check.ts';
import type { RunStored } from './check-mapruns.ts';
import { stateNames } from './programs.ts';

const CHILDREN_MAX = 10_000;

export class Truth {
  readonly executions: ExecutionStore;
  readonly mapRuns: MapRunStore;
  readonly machines: MachineStore;
  readonly #connection: SqliteConnection;
  readonly #names = new Map<string, ReadonlySet<string>>();

  private constructor(connection: SqliteConnection, executions: ExecutionStore) {
    const database = inProcessDatabase(connection);
    this.#connection = connection;
    this.executions = executions;
    this.mapRuns = sqlMapRunStore(database);
    this.machines = sqlMachineStore(database);
  }

  static async of(connection: SqliteConnection): Promise<Truth> {
    return new Truth(connection, await sqlExecutionStore(inProcessDatabase(connection)));
  }

  async stored(id: number): Promise<Stored | undefined> {
    const loaded = await this.executions.load(id);
    if (!loaded) return undefined;
    const sql = 'SELECT seq FROM journal WHERE execution = $1 ORDER BY seq';
    const seqs = this.#numbers('seq', sql, [id]);
    return { ...loaded, seqs, stateNames: await this.#namesOf(loaded.head) };
  }

  async run(id: number): Promise<RunStored | undefined> {
    const [row] = this.#connection.read('SELECT arn FROM map_run WHERE id = $1', [id]);
    if (!row) return undefined;
    const run = (await this.mapRuns.byArn(row.arn as string))!;
    return { run, ...(await this.childrenOf(run)) };
  }

  async childrenOf({ id, arn }: StoredMapRun): Promise<Omit<RunStored, 'run'>> {
    const children = await this.executions.children(arn, 0, CHILDREN_MAX);
    return { children, endings: await this.mapRuns.endings(id) };
  }

  get executionIds(): number[] {
    return this.#numbers('id', 'SELECT id FROM execution ORDER BY id');
  }

  get runIds(): number[] {
    return this.#numbers('id', 'SELECT id FROM map_run ORDER BY id');
  }

  /** True while something is to be done. */
  get open(): boolean {
    const executions = 'SELECT id FROM execution WHERE stopped_at IS NULL LIMIT 1';
    const runs = "SELECT id FROM map_run WHERE stage <> 'closed' LIMIT 1";
    return [executions, runs].some((sql) => this.#connection.read(sql, []).length > 0);
  }

  /** Rows that nobody will ever look at again, when nothing is open any more. */
  get leftovers(): string[] {
    return ['work', 'map_run_ending'].flatMap((table) =>
      this.#connection
        .read(`SELECT * FROM ${table}`, [])
        .map((row) => `${table} keeps ${JSON.stringify(row)}`),
    );
  }

  /** True where the attempt that the token names waits for it. */
  async awaits(token: string): Promise<boolean> {
    const { execution, scope, attempt } = decodeTaskToken(token)!;
    const stored = await this.stored(execution);
    const open = stored && openTask(fold(stored), scope, attempt);
    return open?.task.token === token && !open.task.kept;
  }

  async #namesOf({ definitionHash }: ExecutionHead): Promise<ReadonlySet<string>> {
    const hash = definitionHash.split('#', 1)[0]!;
    const known = this.#names.get(hash);
    if (known) return known;
    const names = stateNames(parseJson((await this.machines.definition(hash))!));
    this.#names.set(hash, names);
    return names;
  }

  #numbers(column: string, sql: string, params: readonly number[] = []): number[] {
    return this.#connection.read(sql, params).map((row) => row[column] as number);
  }
}
