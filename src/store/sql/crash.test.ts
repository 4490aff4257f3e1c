/** What a process that is killed in the middle of its work leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
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

/** Runs the text as a module; `load(name)` imports a compiled file of this folder. */
function run(text: string): { child: ChildProcess; output: () => string } {
  const base = JSON.stringify(new URL('.', workerFile('lock')).href);
  const code = `const load = (name) => import(${base} + name + '.js');
    const say = (text) => writeSync(1, text + '\\n');
    import { writeSync } from 'node:fs';
    ${text}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let output = '';
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  return { child, output: () => output };
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

const WRITER = (file: string, from: number): string => `
  const { openSqlite } = await load('sqlite');
  const db = await openSqlite({ file: ${JSON.stringify(file)} });
  let next = ${from};
  const lane = async () => {
    for (;;) {
      const id = next++;
      const body = new Uint8Array(id % 9000);
      await db.write({ guards: 0, statements: [
        { sql: 'INSERT INTO one (id, body) VALUES ($1, $2)', params: [id, body] },
        { sql: 'INSERT INTO two (id) VALUES ($1)', params: [id] },
      ] });
      say(String(id));
    }
  };
  for (let i = 0; i < 50; i++) lane();`;

test('what was acknowledged outlives kill -9, and no unit is there by half', async () => {
  const file = join(folder, 'db');
  await (await openSqlite({ file, migrations })).close();
  const acknowledged = new Set<number>();
  for (let round = 0; round < 4; round++) {
    const { child, output } = run(WRITER(file, round * 1_000_000 + 1));
    const enough = 200 + round * 777;
    while (output().split('\n').length < enough) {
      expect(child.exitCode).toBeNull();
      await once(child.stdout!, 'data');
    }
    child.kill('SIGKILL');
    await once(child, 'close');
    const lines = output().split('\n');
    // The last line may be cut off.
    for (const line of lines.slice(0, -1)) acknowledged.add(Number(line));
    const db = await openSqlite({ file, migrations });
    const one = await db.read('SELECT id FROM one WHERE length(body) = id % 9000', []);
    const two = await db.read('SELECT id FROM two', []);
    await db.close();
    expect(two).toEqual(one);
    const stored = new Set(one.map(({ id }) => id as number));
    const missing = [...acknowledged].filter((id) => !stored.has(id));
    expect(missing).toEqual([]);
  }
  expect(acknowledged.size).toBeGreaterThan(2_000);
});

test('a data folder has one server, and is free again however that one ends', async () => {
  const { child, output } = run(`
    const { lockFolder } = await load('lock');
    globalThis.lock = lockFolder(${JSON.stringify(folder)});
    say('locked');
    setInterval(() => globalThis.gc?.(), 1000);`);
  while (!output().includes('locked')) await once(child.stdout!, 'data');
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
