/**
 * One watcher of a service: what has changed since its last news, in the order of the changes and
 * each thing once. After a gap, when removals have been forgotten meanwhile, all there is.
 */
import type { Database, Row } from '../database.ts';
import { COLUMNS, keyOfRow, resourceOf } from './rows.ts';
import { REMOVALS_KEPT } from './statements.ts';
import type { ResourceNews } from './store.ts';

const NUMBER = 'SELECT change FROM resource_clock WHERE service = $1';
const ALL = `SELECT ${COLUMNS} FROM resource WHERE service = $1`;
const GONE = COLUMNS.replaceAll(/body|tags|revision/g, "''").replaceAll(/\w+_at/g, '0');
/** In one statement, so that what a unit has changed is seen whole. */
const CHANGED = `SELECT 0 AS gone, ${COLUMNS} FROM resource WHERE service = $1 AND change > $2
  UNION ALL SELECT 1 AS gone, ${GONE} FROM resource_removal WHERE service = $1 AND change > $2`;

export class Watcher {
  readonly service: string;
  readonly #db: Database;
  readonly #listener: (news: ResourceNews) => void;
  /** The number of the last change told of. */
  #seen: number | undefined;
  #running: Promise<void> | undefined;
  #following: Promise<void> | undefined;
  #ended = false;

  constructor(db: Database, service: string, listener: (news: ResourceNews) => void) {
    this.#db = db;
    this.service = service;
    this.#listener = listener;
  }

  isBehind(change: number): boolean {
    return this.#seen !== undefined && this.#seen < change;
  }

  end(): void {
    this.#ended = true;
  }

  /** Resolves once all that was committed before the call has been told. */
  refresh(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#read().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    const next = (): Promise<void> => {
      this.#following = undefined;
      return this.refresh();
    };
    this.#following ??= this.#running.then(next, next);
    return this.#following;
  }

  async #read(): Promise<void> {
    const seen = this.#seen;
    if (seen === undefined) return this.#readAll();
    const rows = await this.#db.read(CHANGED, [this.service, seen]);
    const last = await this.#last();
    if (last - REMOVALS_KEPT > seen) return this.#readAll();
    if (rows.length === 0) return;
    this.#tell(rows, Math.max(...rows.map((row) => row.change as number)), false);
  }

  async #readAll(): Promise<void> {
    const last = await this.#last();
    // What changes between the two is told again with the next news.
    const rows = await this.#db.read(ALL, [this.service]);
    this.#tell(rows, last, true);
  }

  async #last(): Promise<number> {
    const [row] = await this.#db.read(NUMBER, [this.service]);
    return (row?.change as number | undefined) ?? 0;
  }

  #tell(rows: readonly Row[], seen: number, complete: boolean): void {
    this.#seen = seen;
    if (this.#ended) return;
    this.#listener({
      complete,
      changed: rows.filter((row) => row.gone !== 1).map(resourceOf),
      removed: rows.filter((row) => row.gone === 1).map(keyOfRow),
    });
  }
}
