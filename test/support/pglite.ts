/**
 * PostgreSQL in the test's own process (WebAssembly): shows that the SQL is the subset that both
 * databases share. One connection, so it cannot show what happens between several.
 */
import { PGlite } from '@electric-sql/pglite';
import {
  type Capabilities,
  type Database,
  DatabaseError,
  type Row,
  type Statement,
  type Unit,
  type Value,
} from '../../src/store/database.ts';
import { postgresText } from '../../src/store/sql/dialect.ts';
import { escapeText, unescapeText } from '../../src/store/sql/text.ts';

class Conflict extends Error {}

/** The engine takes a second to start: share one and give each test a schema of its own. */
export async function newPostgres(): Promise<PGlite> {
  return PGlite.create();
}

let schemas = 0;

export async function pgliteDatabase(pg: PGlite): Promise<Database> {
  schemas += 1;
  await pg.exec(`CREATE SCHEMA s${schemas}; SET search_path TO s${schemas}`);
  return new PgliteDatabase(pg);
}

class PgliteDatabase implements Database {
  readonly backlog = { units: 0, bytes: 0 };
  readonly capabilities: Capabilities = {
    processes: 'several',
    notify: {
      statement: (topic) => ({ sql: "SELECT pg_notify($1, '')", params: [topic] }),
      listen: (topic, listener) => this.#pg.listen(topic, listener),
    },
  };
  readonly #pg: PGlite;

  constructor(pg: PGlite) {
    this.#pg = pg;
  }

  async write(unit: Unit): Promise<'ok' | 'conflict'> {
    try {
      await this.#pg.transaction(async (tx) => {
        for (const [index, { sql, params }] of unit.statements.entries()) {
          const { affectedRows } = await tx.query(postgresText(sql), bound(params));
          if (index < unit.guards && !affectedRows) throw new Conflict();
        }
      });
      return 'ok';
    } catch (error) {
      if (error instanceof Conflict) return 'conflict';
      throw databaseError(error);
    }
  }

  async read(sql: Statement['sql'], params: readonly Value[]): Promise<readonly Row[]> {
    try {
      const { rows } = await this.#pg.query<Row>(postgresText(sql), bound(params));
      return rows.map(unescaped);
    } catch (error) {
      throw databaseError(error);
    }
  }

  async close(): Promise<void> {}
}

const bound = (params: readonly Value[]): Value[] =>
  params.map((value) => (typeof value === 'string' ? escapeText(value) : value));

const unescaped = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' ? unescapeText(value) : value,
    ]),
  );

function databaseError(error: unknown): DatabaseError {
  const code = String((error as { code?: unknown }).code ?? 'UNKNOWN');
  return new DatabaseError(String((error as Error).message), code, false);
}
