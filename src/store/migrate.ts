/**
 * The data format of a database. Each domain brings its numbered list; `meta` keeps, per domain,
 * the number of the last one applied. Older data is brought up to date, each migration in one
 * transaction; newer data is refused, because this program would not understand it.
 */
import { type Database, DatabaseError, type Statement } from './database.ts';

export interface Migration {
  /** 1, 2, 3… without a hole; never changed once released. */
  readonly id: number;
  readonly name: string;
  readonly sql: readonly string[];
}

export type MigrationsByDomain = Readonly<Record<string, readonly Migration[]>>;

const META = 'CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)';
const READ = 'SELECT value FROM meta WHERE key = $1';
const CLAIM_FIRST = 'INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING';
const CLAIM_NEXT = 'UPDATE meta SET value = $2 WHERE key = $1 AND value = $3';

export async function migrateAll(db: Database, domains: MigrationsByDomain): Promise<void> {
  for (const [domain, migrations] of Object.entries(domains)) {
    await migrateDomain(db, domain, migrations);
  }
}

/** Applies what is missing. Safe when several processes try at once. */
async function migrateDomain(
  db: Database,
  domain: string,
  migrations: readonly Migration[],
): Promise<void> {
  const key = `format.${domain}`;
  await db.write({ guards: 0, statements: [{ sql: META, params: [] }] });
  for (;;) {
    const current = await formatOf(db, key);
    refuseNewer(domain, current, migrations.length);
    const next = migrations[current];
    if (!next) return;
    const claim: Statement =
      current === 0
        ? { sql: CLAIM_FIRST, params: [key, String(next.id)] }
        : { sql: CLAIM_NEXT, params: [key, String(next.id), String(current)] };
    const statements = [claim, ...next.sql.map((sql) => ({ sql, params: [] }))];
    // A conflict means that somebody else has just done it: look again.
    await db.write({ guards: 1, statements });
  }
}

async function formatOf(db: Database, key: string): Promise<number> {
  const [row] = await db.read(READ, [key]);
  return row ? Number(row.value) : 0;
}

function refuseNewer(domain: string, current: number, known: number): void {
  if (current <= known) return;
  throw new DatabaseError(
    `the data has format ${current} of "${domain}", this version knows up to ${known}: ` +
      'use a newer version or another data folder',
    'FORMAT_NEWER',
    false,
  );
}
