/**
 * Durable transitions a second through the engine, without HTTP: chains of ten Pass states, which
 * fold into one commit, and chains of ten no-op tasks, which cannot. Beside them, in the same run:
 * the same bytes appended to SQLite by nobody's engine, and an interpreter that keeps nothing.
 *
 * `node test/bench/engine.mjs` prints one run.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chain, chainRate, concurrently, openEngine, rate, toTheEnd } from './in-process.mjs';

const { openSqlite } = await import('../../dist/src/store/sqlite/sqlite.js');

const STATES = 10;
const PASS_CHAINS = 20_000;
const TASK_CHAINS = 3_000;
const LONE_COMMITS = 300;

const definitions = {
  pass: chain({ Type: 'Pass' }),
  task: chain({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' }),
};

async function engineRate(folder, hash, chains) {
  const { engine, close } = await openEngine(folder, definitions);
  const value = await chainRate(engine, hash, chains);
  await close();
  return value;
}

async function loneCommit(folder) {
  const { engine, close } = await openEngine(folder, definitions);
  const times = [];
  for (let i = 0; i < LONE_COMMITS; i++) {
    const start = performance.now();
    await toTheEnd(engine, 'pass');
    times.push(performance.now() - start);
  }
  await close();
  return times.sort((a, b) => a - b)[LONE_COMMITS >> 1];
}

/** One row a chain, as long as the journal row and the head of a chain together. */
async function bareAppend(folder) {
  const file = join(folder, `${randomUUID()}.sqlite`);
  const id = 1;
  const sql = 'CREATE TABLE row (id INTEGER PRIMARY KEY, execution BIGINT, body BLOB)';
  const database = await openSqlite({
    file,
    migrations: { bare: [{ id, name: 'bare', sql: [sql] }] },
  });
  const body = new TextEncoder().encode('x'.repeat(await chainBytes(folder)));
  let execution = 0;
  const append = () => {
    const params = [++execution, body];
    const statement = { sql: 'INSERT INTO row (execution, body) VALUES ($1, $2)', params };
    return database.write({ guards: 0, statements: [statement] });
  };
  const value = await rate(PASS_CHAINS * STATES, () => concurrently(PASS_CHAINS, append));
  await database.close();
  return value;
}

async function chainBytes(folder) {
  const { engine, database, close } = await openEngine(folder, definitions);
  await toTheEnd(engine, 'pass');
  const [journal] = await database.read('SELECT length(records) AS n FROM journal', []);
  const [head] = await database.read(
    'SELECT length(arn) + length(input) + length(output) + length(origin) AS n FROM execution',
    [],
  );
  await close();
  return journal.n + head.n;
}

async function inMemoryRate() {
  const { StateMachine } = await import('aws-local-stepfunctions');
  const definition = JSON.parse(definitions.pass);
  const machine = new StateMachine(definition);
  const chains = PASS_CHAINS / 4;
  return rate(chains * STATES, () =>
    concurrently(chains, () => machine.run({ order: 1, items: [1, 2, 3] }).result),
  );
}

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'steplight-bench-'));
  const unit = 'transitions/s';
  try {
    return [
      {
        name: 'durable, 10-Pass chains',
        value: await engineRate(folder, 'pass', PASS_CHAINS),
        unit,
        floor: 20_000,
      },
      {
        name: 'durable, chains of 10 no-op tasks',
        value: await engineRate(folder, 'task', TASK_CHAINS),
        unit,
      },
      { name: 'one durable execution alone (median)', value: await loneCommit(folder), unit: 'ms' },
      {
        name: 'yardstick: bare SQLite append of the same bytes',
        value: await bareAppend(folder),
        unit,
      },
      {
        name: 'yardstick: aws-local-stepfunctions, nothing durable',
        value: await inMemoryRate(),
        unit,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  for (const { name, value, unit } of await measure())
    console.log(name, Math.round(value * 100) / 100, unit);
  process.exit(0);
}
