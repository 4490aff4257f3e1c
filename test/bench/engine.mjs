/**
 * Durable transitions a second through the engine, without HTTP: chains of ten Pass states, which
 * fold into one commit, and chains of ten no-op tasks, which cannot. Beside them, in the same run:
 * the same bytes appended to SQLite by nobody's engine, and an interpreter that keeps nothing.
 *
 * `node test/bench/engine.mjs` prints one run.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dist = (path) => import(`../../dist/src/${path}.js`);
const { compileMachine } = await dist('asl/compile');
const { Engine } = await dist('service/engine/engine');
const { sqlExecutionStore } = await dist('store/sql/executions');
const { executionMigrations } = await dist('store/sql/migrations/executions');
const { openSqlite } = await dist('store/sql/sqlite');

const STATES = 10;
const CONCURRENT = 1_000;
const PASS_CHAINS = 20_000;
const TASK_CHAINS = 3_000;
const LONE_COMMITS = 300;
const PLACE = { account: '000000000000', region: 'us-east-1' };
const ARN = `arn:aws:states:${PLACE.region}:${PLACE.account}`;
const TASK = 'arn:aws:states:::lambda:invoke';

const chain = (state) =>
  JSON.stringify({
    StartAt: 'S1',
    States: Object.fromEntries(
      Array.from({ length: STATES }, (_, i) => [
        `S${i + 1}`,
        { ...state, ...(i + 1 < STATES ? { Next: `S${i + 2}` } : { End: true }) },
      ]),
    ),
  });

const machines = {
  pass: compileMachine(chain({ Type: 'Pass' })),
  task: compileMachine(chain({ Type: 'Task', Resource: TASK })),
};

const clock = {
  now: () => Date.now(),
  wake: (at, wake) => {
    const timer = setTimeout(wake, Math.min(Math.max(at - Date.now(), 0), 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

const tools = {
  now: clock.now,
  random: Math.random,
  uuid: randomUUID,
  digest: (algorithm, text) =>
    createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex'),
};

const noop = {
  onLost: 'fail',
  matches: () => true,
  run: async ({ order }) => ({ type: 'Succeeded', output: order.parameters }),
};

const silent = { error: console.error, warn: console.error, info() {}, debug() {} };

async function openEngine(folder) {
  const file = join(folder, `${randomUUID()}.sqlite`);
  const migrations = { executions: executionMigrations };
  const database = await openSqlite({ file, migrations });
  const store = await sqlExecutionStore(database);
  const engine = new Engine({
    store,
    clock,
    tools,
    log: silent,
    integrations: [noop],
    projectors: [],
    watchers: [],
    epoch: 1,
    machine: (hash) => machines[hash],
    evaluate: () => Promise.reject(new Error('no JSONata here')),
    backlog: () => database.backlog,
  });
  await engine.start();
  const close = async () => {
    await engine.stop();
    await database.close();
  };
  return { engine, store, database, close };
}

function execution(definitionHash) {
  const name = randomUUID();
  return {
    ...PLACE,
    arn: `${ARN}:execution:bench:${name}`,
    name,
    machineArn: `${ARN}:stateMachine:bench`,
    machineName: 'bench',
    type: 'STANDARD',
    roleArn: `arn:aws:iam::${PLACE.account}:role/bench`,
    definitionHash,
    input: JSON.stringify({ order: name, items: [1, 2, 3] }),
    startedAt: Date.now(),
    tracingEnabled: false,
  };
}

async function toTheEnd(engine, hash) {
  const id = engine.nextId();
  const ended = engine.ended(id);
  await engine.begin(execution(hash), id);
  const { status } = await ended;
  if (status !== 'SUCCEEDED') throw new Error(`an execution ended ${status}`);
}

async function concurrently(count, work) {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: CONCURRENT }, lane));
}

async function rate(count, work) {
  const start = performance.now();
  await work();
  return (count / (performance.now() - start)) * 1000;
}

async function engineRate(folder, hash, chains) {
  const { engine, close } = await openEngine(folder);
  const value = await rate(chains * STATES, () =>
    concurrently(chains, () => toTheEnd(engine, hash)),
  );
  await close();
  return value;
}

async function loneCommit(folder) {
  const { engine, close } = await openEngine(folder);
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
  const { engine, database, close } = await openEngine(folder);
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
  const definition = JSON.parse(chain({ Type: 'Pass' }));
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
