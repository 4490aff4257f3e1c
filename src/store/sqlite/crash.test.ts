/** What a process that is killed in the middle of its work leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './lock.ts';
import { openSqlite } from './sqlite.ts';
import { workerFile } from './worker-file.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'steplight-crash-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

interface Running {
  readonly child: ChildProcess;
  /** Resolves when the child has printed so much; rejects where it ends before. */
  printed(length: number): Promise<void>;
}

/** Runs the text as a module; `load(name)` imports a compiled file of this folder. */
function run(text: string): Running {
  const base = JSON.stringify(new URL('.', workerFile('lock')).href);
  const code = `const load = (name) => import(${base} + name + '.js'); ${text}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let length = 0;
  child.stdout!.on('data', (chunk: Buffer) => {
    length += chunk.length;
  });
  const printed = async (wanted: number): Promise<void> => {
    while (length < wanted) {
      expect(child.exitCode).toBeNull();
      await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')]);
    }
  };
  return { child, printed };
}

const migrations = {
  test: [
    {
      id: 1,
      name: 'two',
      sql: [
        'CREATE TABLE one (id INTEGER PRIMARY KEY, body BLOB)',
        'CREATE TABLE two (id INTEGER PRIMARY KEY)',
      ],
    },
  ],
};

/** Notes each acknowledged id in `log`, a file, and prints a dot for each. */
const WRITER = (file: string, log: string, from: number): string => `
  import { openSync, writeSync } from 'node:fs';
  const { openSqlite } = await load('sqlite');
  const db = await openSqlite({ file: ${JSON.stringify(file)} });
  const log = openSync(${JSON.stringify(log)}, 'a');
  let next = ${from};
  const lane = async () => {
    for (;;) {
      const id = next++;
      const body = new Uint8Array(id % 9000);
      await db.write({ guards: 0, statements: [
        { sql: 'INSERT INTO one (id, body) VALUES ($1, $2)', params: [id, body] },
        { sql: 'INSERT INTO two (id) VALUES ($1)', params: [id] },
      ] });
      writeSync(log, id + '\\n');
      process.stdout.write('.');
    }
  };
  for (let i = 0; i < 50; i++) lane();`;

test('what was acknowledged outlives kill -9, and no unit is there by half', async () => {
  const file = join(folder, 'db');
  const log = join(folder, 'acknowledged');
  await (await openSqlite({ file, migrations })).close();
  for (let round = 0; round < 4; round++) {
    const { child, printed } = run(WRITER(file, log, round * 1_000_000 + 1));
    await printed(200 + round * 777);
    child.kill('SIGKILL');
    await once(child, 'close');
    const db = await openSqlite({ file, migrations });
    const one = await db.read('SELECT id FROM one WHERE length(body) = id % 9000', []);
    const two = await db.read('SELECT id FROM two', []);
    await db.close();
    expect(two).toEqual(one);
    const stored = new Set(one.map(({ id }) => id as number));
    const acknowledged = readFileSync(log, 'utf8').trim().split('\n').map(Number);
    expect(acknowledged.length).toBeGreaterThanOrEqual(200 + round * 777);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  }
});

test('a data folder has one server, and is free again however that one ends', async () => {
  const { child, printed } = run(`
    const { lockFolder } = await load('lock');
    lockFolder(${JSON.stringify(folder)});
    process.stdout.write('locked');
    setInterval(() => {}, 1000);`);
  await printed(1);
  expect(() => lockFolder(folder)).toThrow(
    `data folder ${folder}: already in use by another server`,
  );
  child.kill('SIGKILL');
  await once(child, 'close');
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow('already in use by another server');
  lock.release();
  lock.release();
  lockFolder(folder).release();
});

test('a folder that cannot be locked is named with the reason', () => {
  expect(() => lockFolder(join(folder, 'missing'))).toThrow(
    `data folder ${join(folder, 'missing')}: `,
  );
});
