import { expect, test } from 'vitest';
import type { Unit } from '../database.ts';
import { SqliteConnection } from './connection.ts';
import { inProcessDatabase } from './in-process.ts';

class Crash extends Error {}

function newConnection(): SqliteConnection {
  const connection = new SqliteConnection({ file: undefined });
  const create = { sql: 'CREATE TABLE item (id INTEGER PRIMARY KEY)', params: [] };
  connection.commit([{ guards: 0, statements: [create] }]);
  return connection;
}

const insert = (id: number): Unit => ({
  guards: 1,
  statements: [
    { sql: 'INSERT INTO item (id) VALUES ($1) ON CONFLICT (id) DO NOTHING', params: [id] },
  ],
});

const ids = (connection: SqliteConnection): unknown[] =>
  connection.read('SELECT id FROM item ORDER BY id', []).map(({ id }) => id);

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

test('commits when it is told to, and answers when it is told to', async () => {
  const connection = newConnection();
  const commits: (() => void)[] = [];
  const answers: (() => void)[] = [];
  const sizes: number[] = [];
  const db = inProcessDatabase(connection, {
    schedule: (commit) => commits.push(commit),
    beforeCommit: (units) => sizes.push(units.length),
    deliver: (settle) => answers.push(settle),
  });
  const outcomes: string[] = [];
  for (const id of [1, 2, 1]) void db.write(insert(id)).then((outcome) => outcomes.push(outcome));
  await turns();
  expect(ids(connection)).toEqual([]);
  expect(commits.length).toBe(1);
  commits.shift()!();
  await turns();
  expect(ids(connection)).toEqual([1, 2]);
  expect(outcomes).toEqual([]);
  expect(db.backlog.units).toBe(3);
  // What is written meanwhile is the next transaction.
  void db.write(insert(3)).then((outcome) => outcomes.push(outcome));
  expect(commits.length).toBe(1);
  answers.shift()!();
  await turns();
  expect(outcomes).toEqual(['ok', 'ok', 'conflict']);
  commits.shift()!();
  answers.shift()!();
  await turns();
  expect(outcomes.length).toBe(4);
  expect(sizes).toEqual([3, 1]);
  expect(db.backlog).toEqual({ units: 0, bytes: 0 });
});

for (const [hook, survivors] of [
  ['beforeCommit', []],
  ['afterCommit', [1, 2]],
] as const) {
  test(`dying in ${hook} answers nobody, ${survivors.length} rows stay`, async () => {
    const connection = newConnection();
    let commit = (): void => {};
    const db = inProcessDatabase(connection, {
      schedule: (run) => {
        commit = run;
      },
      [hook]: () => {
        throw new Crash();
      },
    });
    let answered = 0;
    const answer = (): void => {
      answered += 1;
    };
    for (const id of [1, 2]) void db.write(insert(id)).then(answer, answer);
    expect(commit).toThrow(Crash);
    await turns();
    expect(answered).toBe(0);
    // The next process finds the connection as the dead one left it.
    const next = inProcessDatabase(connection);
    expect(ids(connection)).toEqual(survivors);
    expect(await next.write(insert(5))).toBe('ok');
    expect(ids(connection)).toEqual([...survivors, 5]);
  });
}

test('two databases on one connection see each other', async () => {
  const connection = newConnection();
  const [one, two] = [inProcessDatabase(connection), inProcessDatabase(connection)];
  const outcomes = await Promise.all([one.write(insert(1)), two.write(insert(1))]);
  expect(outcomes).toEqual(['ok', 'conflict']);
  expect(await two.read('SELECT id FROM item', [])).toEqual([{ id: 1 }]);
});
