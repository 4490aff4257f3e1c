/** Configured things in SQL; contract in ./store.ts. */
import type { Logger } from '../../ground/log.ts';
import { Loop } from '../../ground/loop.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import type { Database, Unit } from '../database.ts';
import { pageOf, prefixPageOf } from '../sql/page.ts';
import { COLUMNS, resourceOf } from './rows.ts';
import { keyOf, keyValues, type NumberedChange, unitOf } from './statements.ts';
import type {
  Expected,
  NewResource,
  Resource,
  ResourceChange,
  ResourceKey,
  ResourceNews,
  ResourcePage,
  ResourceStore,
  TagPage,
} from './store.ts';
import { Watcher } from './watcher.ts';

const GET = `SELECT ${COLUMNS} FROM resource
  WHERE service = $1 AND account = $2 AND region = $3 AND kind = $4 AND name = $5`;
const TAGGED = `SELECT ${COLUMNS.replaceAll(/\w+/g, 'r.$&')} FROM resource_tag t JOIN resource r
  ON r.service = t.service AND r.account = t.account AND r.region = t.region
  AND r.kind = t.kind AND r.name = t.name`;
const NUMBERS = 'SELECT service, change FROM resource_clock';

/** How often other processes' changes are looked for, and how often where the database tells. */
const LOOK_MS = 1_000;
const LOOK_ANYWAY_MS = 30_000;
const RETRY_MS = [1_000, 30_000] as const;
const TOPIC = 'steplight_resources';

export interface SqlResourceDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly tools: Pick<Tools, 'uuid'>;
  readonly log: Logger;
}

export class SqlResourceStore implements ResourceStore {
  readonly #deps: SqlResourceDeps;
  readonly #watchers = new Set<Watcher>();
  readonly #look: Loop;
  #stopListening: Promise<() => void> | undefined;

  /** The database must have had `resourceMigrations`. */
  constructor(deps: SqlResourceDeps) {
    const { clock, log } = deps;
    this.#deps = deps;
    this.#look = new Loop({
      clock,
      turn: () => this.#lookOnce(),
      failed: (error) => log.warn('could not look for changed resources', { error }),
      retryMs: RETRY_MS,
    });
  }

  async get(key: ResourceKey): Promise<Resource | undefined> {
    const [row] = await this.#deps.database.read(GET, keyValues(key));
    return row && resourceOf(row);
  }

  async put(put: NewResource, expected: Expected): Promise<{ revision: string } | 'conflict'> {
    const revision = this.#deps.tools.uuid();
    const outcome = await this.#commit([{ put, expected, revision }]);
    return outcome === 'ok' ? { revision } : outcome;
  }

  remove(remove: ResourceKey, expected: Exclude<Expected, 'new'>): Promise<'ok' | 'conflict'> {
    return this.commit([{ remove, expected }]);
  }

  commit(changes: readonly ResourceChange[]): Promise<'ok' | 'conflict'> {
    return this.#commit(this.#numbered(changes));
  }

  /**
   * The changes as data, to join another unit of this database: its guards come first there too,
   * and whoever writes it calls `refresh` for each service that it changes.
   */
  unitOf(changes: readonly ResourceChange[]): Unit {
    return this.#unitOf(this.#numbered(changes));
  }

  async page(query: ResourcePage): Promise<readonly Resource[]> {
    const { place, service, kind, prefix = '' } = query;
    const page = prefixPageOf({
      ...query,
      select: `SELECT ${COLUMNS} FROM resource`,
      where: [
        ['service = ?', service],
        ['account = ?', place.account],
        ['region = ?', place.region],
        ['kind = ?', kind],
      ],
      column: 'name',
      prefix,
    });
    return (await this.#deps.database.read(page.sql, page.params)).map(resourceOf);
  }

  async byTag({ place, key, value, after, limit }: TagPage): Promise<readonly Resource[]> {
    const page = pageOf({
      select: TAGGED,
      where: [
        ['t.account = ?', place.account],
        ['t.region = ?', place.region],
        ['t.key = ?', key],
        ['t.value = ?', value],
      ],
      columns: ['t.service', 't.kind', 't.name'],
      after: after && [after.service, after.kind, after.name],
      limit,
    });
    return (await this.#deps.database.read(page.sql, page.params)).map(resourceOf);
  }

  async watch(service: string, listener: (news: ResourceNews) => void): Promise<() => void> {
    const watcher = new Watcher(this.#deps.database, service, listener);
    const end = (): void => {
      watcher.end();
      this.#watchers.delete(watcher);
    };
    this.#watchers.add(watcher);
    try {
      await this.#listen();
      await watcher.refresh();
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }

  async refresh(service: string): Promise<void> {
    const watchers = [...this.#watchers].filter((watcher) => watcher.service === service);
    await Promise.all(watchers.map((watcher) => watcher.refresh()));
  }

  async close(): Promise<void> {
    const looked = this.#look.stop();
    const listening = this.#stopListening;
    this.#stopListening = undefined;
    for (const watcher of this.#watchers) watcher.end();
    this.#watchers.clear();
    (await listening)?.();
    await looked;
  }

  #numbered(changes: readonly ResourceChange[]): NumberedChange[] {
    return changes.map((change) => ({ ...change, revision: this.#deps.tools.uuid() }));
  }

  #unitOf(changes: readonly NumberedChange[]): Unit {
    const { database, clock } = this.#deps;
    const { guards, statements } = unitOf(changes, clock.now());
    const { notify } = database.capabilities;
    return { guards, statements: notify ? [...statements, notify.statement(TOPIC)] : statements };
  }

  async #commit(changes: readonly NumberedChange[]): Promise<'ok' | 'conflict'> {
    if (changes.length === 0) return 'ok';
    const outcome = await this.#deps.database.write(this.#unitOf(changes));
    if (outcome === 'conflict') return outcome;
    const services = new Set(changes.map((change) => keyOf(change).service));
    await Promise.all([...services].map((service) => this.refresh(service)));
    return outcome;
  }

  /** Other processes' changes matter only where there can be others. */
  async #listen(): Promise<void> {
    const { processes, notify } = this.#deps.database.capabilities;
    if (processes === 'one') return;
    this.#look.start();
    this.#look.wake(LOOK_MS);
    this.#stopListening ??= notify?.listen(TOPIC, () => this.#look.wake());
    await this.#stopListening;
  }

  async #lookOnce(): Promise<number | undefined> {
    const { database } = this.#deps;
    if (this.#watchers.size === 0) return undefined;
    const last = new Map<string, number>();
    for (const row of await database.read(NUMBERS, [])) {
      last.set(row.service as string, row.change as number);
    }
    const behind = [...this.#watchers].filter((one) => one.isBehind(last.get(one.service) ?? 0));
    await Promise.all(behind.map((watcher) => watcher.refresh()));
    return database.capabilities.notify ? LOOK_ANYWAY_MS : LOOK_MS;
  }
}
