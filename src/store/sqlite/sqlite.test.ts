import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Database, Unit, Value } from '../database.ts';
import type { Migration } from '../migrate.ts';
import { SqliteConnection } from './connection.ts';
import { openSqliteInProcess } from './in-process.ts';
import { SqliteReader } from './reader.ts';
import { openSqlite } from './sqlite.ts';

const migrations: Record<string, readonly Migration[]> = {
  test: [
    {
      id: 1,
      name: 'first',
      sql: [
        'CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE, body BLOB)',
        'CREATE TABLE fence (id INTEGER PRIMARY KEY, seq BIGINT NOT NULL)',
      ],
    },
  ],
};

const folders: string[] = [];
const open: { close(): Promise<void> }[] = [];

function folder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'steplight-store-')));
  return folders.at(-1)!;
}

afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
});

const insert = (id: Value, name: Value, body: Value = null, guards = 0): Unit => ({
  guards,
  statements: [
    { sql: 'INSERT INTO item (id, name, body) VALUES ($1, $2, $3)', params: [id, name, body] },
  ],
});

const names = async (db: Database): Promise<unknown[]> =>
  (await db.read('SELECT name FROM item ORDER BY id', [])).map((row) => row.name);

const drivers: Record<string, () => Promise<Database>> = {
  'worker, file': () => openSqlite({ file: join(folder(), 'db'), migrations }),
  'worker, memory': () => openSqlite({ file: undefined, migrations }),
  'in process': () => openSqliteInProcess({ migrations }),
};

for (const [driver, newDatabase] of Object.entries(drivers)) {
  describe(driver, () => {
    async function fresh(): Promise<Database> {
      const db = await newDatabase();
      open.push(db);
      return db;
    }

    test('reads what it has acknowledged, with every type of value', async () => {
      const db = await fresh();
      const body = new Uint8Array([0, 1, 255]).subarray(1);
      expect(await db.write(insert(1, 'ö\0\ufffe', body))).toBe('ok');
      expect(await db.read('SELECT * FROM item WHERE name = $1', ['ö\0\ufffe'])).toEqual([
        { id: 1, name: 'ö\0\ufffe', body: new Uint8Array([1, 255]) },
      ]);
    });

    test('keeps a blob of 20 MB and a text of 5 MB', async () => {
      const db = await fresh();
      const body = new Uint8Array(20_000_000).map((_, i) => i % 251);
      const name = 'é'.repeat(2_500_000);
      await db.write(insert(1, name, body));
      const [row] = await db.read('SELECT name, body FROM item', []);
      expect(row!.name === name).toBe(true);
      expect(Buffer.compare(row!.body as Uint8Array, body)).toBe(0);
    });

    test('a unit whose guard misses writes nothing and disturbs no other', async () => {
      const db = await fresh();
      await db.write({
        guards: 0,
        statements: [{ sql: 'INSERT INTO fence VALUES ($1, $2)', params: [1, 0] }],
      });
      const guard = (seq: number) => ({
        sql: 'UPDATE fence SET seq = seq + 1 WHERE id = 1 AND seq = $1',
        params: [seq],
      });
      const outcomes = await Promise.all([
        db.write(insert(1, 'before')),
        db.write({ guards: 1, statements: [guard(0), ...insert(2, 'first').statements] }),
        db.write({ guards: 1, statements: [guard(0), ...insert(3, 'stale').statements] }),
        // The second guard misses after the first has written.
        db.write({ guards: 2, statements: [guard(1), guard(7), ...insert(4, 'no').statements] }),
        db.write({ guards: 2, statements: [guard(1), guard(2), ...insert(5, 'yes').statements] }),
        db.write(insert(6, 'after')),
      ]);
      expect(outcomes).toEqual(['ok', 'ok', 'conflict', 'conflict', 'ok', 'ok']);
      expect(await names(db)).toEqual(['before', 'first', 'yes', 'after']);
      expect(await db.read('SELECT seq FROM fence', [])).toEqual([{ seq: 3 }]);
    });

    test('a mistake in one unit rejects that one, whole', async () => {
      const db = await fresh();
      const results = await Promise.allSettled([
        db.write(insert(1, 'a')),
        db.write({
          guards: 0,
          statements: [...insert(2, 'b').statements, ...insert(3, 'a').statements],
        }),
        db.write(insert(1, 'again')),
        db.write({
          guards: 0,
          statements: [{ sql: 'INSERT INTO nowhere VALUES (1)', params: [] }],
        }),
        db.write(insert(true as unknown as Value, 'bool')),
        db.write(insert(7, 'c')),
      ]);
      expect(results.map((result) => result.status)).toEqual([
        'fulfilled',
        'rejected',
        'rejected',
        'rejected',
        'rejected',
        'fulfilled',
      ]);
      expect(results[1]).toMatchObject({
        reason: { name: 'DatabaseError', code: 'SQLITE_CONSTRAINT_UNIQUE', retryable: false },
      });
      expect(await names(db)).toEqual(['a', 'c']);
    });

    test('a unit may have very many statements', async () => {
      const db = await fresh();
      const one = (id: number) => insert(id, `n${id}`).statements[0]!;
      const statements = Array.from({ length: 70_000 }, (_, i) => one(i));
      expect(await db.write({ guards: 0, statements })).toBe('ok');
      expect(await db.read('SELECT count(*) AS rows FROM item', [])).toEqual([{ rows: 70_000 }]);
    });

    test('a full disk rejects what does not fit, retryably, and goes on later', async () => {
      const db = await fresh();
      const limit = (pages: number) =>
        db.write({
          guards: 0,
          statements: [{ sql: `PRAGMA max_page_count = ${pages}`, params: [] }],
        });
      await limit(20);
      const big = new Uint8Array(1_000_000);
      const results = await Promise.allSettled([db.write(insert(1, 'big', big))]);
      expect(results).toMatchObject([
        { status: 'rejected', reason: { code: 'SQLITE_FULL', retryable: true } },
      ]);
      expect(await db.write(insert(2, 'small'))).toBe('ok');
      await limit(1_000_000);
      expect(await db.write(insert(1, 'big', big))).toBe('ok');
      expect(await names(db)).toEqual(['big', 'small']);
    });

    test('a bad read rejects and the next one is answered', async () => {
      const db = await fresh();
      await expect(db.read('SELECT * FROM nowhere', [])).rejects.toMatchObject({
        name: 'DatabaseError',
        retryable: false,
      });
      for (const bad of [true, () => 1, undefined]) {
        const params = [bad as unknown as Value];
        await expect(db.read('SELECT $1 AS one', params)).rejects.toThrow();
      }
      expect(await db.read('SELECT 1 AS one', [])).toEqual([{ one: 1 }]);
    });

    test('closing writes what was accepted and refuses what comes later', async () => {
      const db = await fresh();
      const written = db.write(insert(1, 'last'));
      await db.close();
      expect(await written).toBe('ok');
      await expect(db.write(insert(2, 'late'))).rejects.toMatchObject({ code: 'CLOSED' });
    });
  });
}

describe('a file', () => {
  test('keeps what was acknowledged', async () => {
    const file = join(folder(), 'db');
    const first = await openSqlite({ file, migrations });
    await first.write(insert(1, 'kept'));
    await first.close();
    const second = await openSqlite({ file, migrations });
    open.push(second);
    expect(await names(second)).toEqual(['kept']);
  });

  test('units written together share a transaction', async () => {
    const db = await openSqlite({ file: join(folder(), 'db'), migrations });
    open.push(db);
    const count = 5_000;
    const sent = vi.spyOn(Worker.prototype, 'postMessage');
    await Promise.all(Array.from({ length: count }, (_, i) => db.write(insert(i, `n${i}`))));
    // Each batch is one transaction.
    const batches = sent.mock.calls.filter(([message]) => message.kind === 'batch').length;
    sent.mockRestore();
    expect(db.backlog).toEqual({ units: 0, bytes: 0 });
    expect(batches).toBeGreaterThan(0);
    expect(batches).toBeLessThan(count / 100);
    expect((await names(db)).length).toBe(count);
  });

  test('the backlog counts what waits', async () => {
    const db = await openSqlite({ file: join(folder(), 'db'), migrations });
    open.push(db);
    const writes = [db.write(insert(1, 'a', new Uint8Array(1_000))), db.write(insert(2, 'b'))];
    expect(db.backlog.units).toBe(2);
    expect(db.backlog.bytes).toBeGreaterThan(1_000);
    await Promise.all(writes);
    expect(db.backlog).toEqual({ units: 0, bytes: 0 });
  });

  test('short reads do not stand behind a long one', async () => {
    const db = await openSqlite({ file: join(folder(), 'db'), migrations });
    open.push(db);
    const count = `WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < $1)
      SELECT count(*) AS rows FROM n`;
    let longDone = false;
    const long = db.read(count, [3_000_000]).then(() => {
      longDone = true;
    });
    const short = Array.from({ length: 40 }, () => db.read(count, [3]));
    await Promise.all(short.slice(20));
    expect(longDone).toBe(false);
    await Promise.all([long, ...short]);
  });

  test('is written ahead and synced at every commit', () => {
    const connection = new SqliteConnection({ file: join(folder(), 'db') });
    expect(connection.read('PRAGMA journal_mode', [])).toEqual([{ journal_mode: 'wal' }]);
    expect(connection.read('PRAGMA synchronous', [])).toEqual([{ synchronous: 2 }]);
    connection.close();
  });

  test('gives pages back where it was asked to', async () => {
    const file = join(folder(), 'db');
    const db = await openSqlite({ file, migrations, incrementalVacuum: true });
    open.push(db);
    const run = (sql: string) => db.write({ guards: 0, statements: [{ sql, params: [] }] });
    await db.write(insert(1, 'big', new Uint8Array(2_000_000)));
    await run('DELETE FROM item');
    const pages = async () => (await db.read('PRAGMA page_count', []))[0]!.page_count as number;
    const before = await pages();
    await run('PRAGMA incremental_vacuum(100)');
    expect(await pages()).toBe(before - 100);
    await run('PRAGMA incremental_vacuum');
    expect(await pages()).toBeLessThan(20);
    expect(await db.write(insert(1, 'next'))).toBe('ok');
  });

  test('one reader serves two files', async () => {
    const reader = new SqliteReader();
    const one = await openSqlite({ file: join(folder(), 'one'), migrations, reader });
    const two = await openSqlite({ file: join(folder(), 'two'), migrations, reader });
    open.push(one, two, reader);
    await Promise.all([one.write(insert(1, 'one')), two.write(insert(1, 'two'))]);
    expect(await Promise.all([names(one), names(two)])).toEqual([['one'], ['two']]);
  });

  test('that is no database is refused by name', async () => {
    await expect(openSqlite({ file: folder() })).rejects.toThrow(/steplight-store-.*: /);
  });
});

describe('migrations', () => {
  const second: Migration = { id: 2, name: 'more', sql: ['ALTER TABLE item ADD COLUMN more TEXT'] };

  test('older data is brought up to date, newer data is refused in one line', async () => {
    const file = join(folder(), 'db');
    const old = await openSqlite({ file, migrations });
    await old.write(insert(1, 'kept'));
    await old.close();
    const newer = await openSqlite({ file, migrations: { test: [...migrations.test!, second] } });
    expect(await newer.read('SELECT name, more FROM item', [])).toEqual([
      { name: 'kept', more: null },
    ]);
    await newer.close();
    await expect(openSqlite({ file, migrations })).rejects.toThrow(
      'the data has format 2 of "test", this version knows up to 1: ' +
        'use a newer version or another data folder',
    );
  });

  test('one that fails leaves nothing behind', async () => {
    const file = join(folder(), 'db');
    const broken: Migration = {
      id: 2,
      name: 'broken',
      sql: ['CREATE TABLE half (id INTEGER)', 'CREATE TABLE item (id INTEGER)'],
    };
    await expect(
      openSqlite({ file, migrations: { test: [...migrations.test!, broken] } }),
    ).rejects.toThrow('already exists');
    const db = await openSqlite({ file, migrations });
    open.push(db);
    await expect(db.read('SELECT * FROM half', [])).rejects.toThrow('no such table');
  });
});
