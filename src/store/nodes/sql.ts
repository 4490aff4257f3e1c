/** Nodes in SQL: a row each. The number of the latest one stands in `meta`, where rows may go. */
import type { Instant } from '../../ground/time.ts';
import type { Database, Statement } from '../database.ts';
import { type KnownNodes, LEASE_MS, type NodeStore } from './store.ts';

const KEY = 'epoch';
const CLAIM_FIRST = 'INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING';
const CLAIM_NEXT = 'UPDATE meta SET value = $2 WHERE key = $1 AND value = $3';
const BEAT = `INSERT INTO nodes (epoch, beat_at) VALUES ($1, $2)
  ON CONFLICT (epoch) DO UPDATE SET beat_at = $2`;
const LEAVE = 'UPDATE nodes SET beat_at = 0 WHERE epoch = $1';
const FORGET = 'DELETE FROM nodes WHERE epoch = $1 AND beat_at <= $2';

/** The database must have had `nodeMigrations`. */
export function sqlNodeStore(db: Database): NodeStore {
  return new SqlNodeStore(db);
}

class SqlNodeStore implements NodeStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async join(now: Instant): Promise<number> {
    const alone = this.#db.capabilities.processes === 'one';
    for (;;) {
      const [row] = await this.#db.read('SELECT value FROM meta WHERE key = $1', [KEY]);
      const epoch = Number(row?.value ?? 0) + 1;
      const claim: Statement = row
        ? { sql: CLAIM_NEXT, params: [KEY, String(epoch), row.value!] }
        : { sql: CLAIM_FIRST, params: [KEY, String(epoch)] };
      const statements = [claim];
      if (alone) statements.push({ sql: 'DELETE FROM nodes', params: [] });
      statements.push({ sql: BEAT, params: [epoch, now] });
      if ((await this.#db.write({ guards: 1, statements })) === 'ok') return epoch;
    }
  }

  beat(epoch: number, now: Instant): Promise<void> {
    return this.#write({ sql: BEAT, params: [epoch, now] });
  }

  async known(now: Instant): Promise<KnownNodes> {
    const rows = await this.#db.read('SELECT epoch, beat_at FROM nodes ORDER BY epoch', []);
    const epochs = (alive: boolean): number[] =>
      rows
        .filter((row) => (row.beat_at as number) > now - LEASE_MS === alive)
        .map((row) => row.epoch as number);
    return { live: epochs(true), dead: epochs(false) };
  }

  leave(epoch: number): Promise<void> {
    return this.#write({ sql: LEAVE, params: [epoch] });
  }

  forget(epochs: readonly number[], now: Instant): Promise<void> {
    const before = now - LEASE_MS;
    return this.#write(...epochs.map((epoch) => ({ sql: FORGET, params: [epoch, before] })));
  }

  async #write(...statements: readonly Statement[]): Promise<void> {
    if (statements.length > 0) await this.#db.write({ guards: 0, statements });
  }
}
