/**
 * The execution store alone, SQLite on the disk: how many durable commits a second, and how long
 * one caller waits. `node test/bench/store.mjs` prints one run.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dist = (path) => import(`../../dist/src/store/${path}.js`);
const { openSqlite } = await dist('sqlite/sqlite');
const { sqlExecutionStore } = await dist('executions/sql');
const { executionMigrations } = await dist('executions/migrations');

const CONCURRENT = 1_000;
const NO_WORK = { cancel: [], remove: [], put: [], clear: false };
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:bench';

function head(id) {
  const name = crypto.randomUUID();
  return {
    id,
    account: '000000000000',
    region: 'us-east-1',
    arn: `arn:aws:states:us-east-1:000000000000:execution:bench:${name}`,
    name,
    machineArn: MACHINE,
    machineName: 'bench',
    type: 'STANDARD',
    roleArn: 'arn:aws:iam::000000000000:role/bench',
    definitionHash: 'a'.repeat(64),
    input: JSON.stringify({ order: id, note: name }),
    startedAt: Date.now(),
    tracingEnabled: false,
    seq: 0,
    status: 'RUNNING',
    redriveCount: 0,
  };
}

function record(id) {
  return {
    type: id % 2 ? 'PassStateEntered' : 'PassStateExited',
    id,
    previousEventId: id - 1,
    at: Date.now(),
    details: {
      name: `State${id >> 1}`,
      input: JSON.stringify({ order: id, random: Math.random() }),
    },
    scope: '',
  };
}

const records = (from, count) => Array.from({ length: count }, (_, i) => record(from + i));

const finish = () => ({ status: 'SUCCEEDED', stoppedAt: Date.now(), output: '{"done":true}' });

/** Everything in the first commit: 10 Pass states. */
async function folded(store) {
  const id = store.nextId();
  const work = NO_WORK;
  const commit = { execution: id, expectedSeq: 0, records: records(1, 22), head: finish(), work };
  await store.create(head(id), { ...commit, projected: true });
  return 1;
}

/** `events` commits of one event each, a task row coming and going. */
async function chained(store, events, marks) {
  const id = store.nextId();
  const row = (attempt) => ({ scope: '', attempt, kind: 'task', status: 'owned', epoch: 1 });
  const task = (attempt) => ({
    ...NO_WORK,
    remove: attempt > 1 ? [{ scope: '', attempt: attempt - 1, kind: 'task' }] : [],
    put: [row(attempt)],
  });
  const first = { execution: id, expectedSeq: 0, records: records(1, 1), work: task(1) };
  await store.create(head(id), first);
  for (let seq = 1; seq < events; seq++) {
    const last = seq === events - 1;
    await store.commit({
      execution: id,
      expectedSeq: seq,
      records: records(seq + 1, 1),
      work: last ? { ...NO_WORK, clear: true } : task(seq + 1),
      ...(last && { head: finish() }),
    });
  }
  marks.push({ id, seq: events });
  if (marks.length >= 200) await store.markProjected(marks.splice(0));
  return events;
}

/** Runs `one` again and again in `concurrent` lanes; answers what it counted per second. */
async function rate(concurrent, total, one) {
  let left = total;
  let counted = 0;
  const lane = async () => {
    while (left-- > 0) {
      const more = await one();
      counted += more;
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: concurrent }, lane));
  return (counted / (performance.now() - started)) * 1_000;
}

async function withStore(run) {
  const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'steplight-bench-'));
  const file = join(folder, 'executions.db');
  const db = await openSqlite({ file, migrations: { executions: executionMigrations } });
  try {
    return await run(await sqlExecutionStore(db), file);
  } finally {
    await db.close();
    rmSync(folder, { recursive: true });
  }
}

export async function measure(scale = 1) {
  return withStore(async (store, file) => {
    const marks = [];
    await rate(CONCURRENT, 5_000, () => folded(store));
    const before = process.cpuUsage();
    const began = performance.now();
    const executions = await rate(CONCURRENT, 40_000 * scale, () => folded(store));
    const used = process.cpuUsage(before);
    const cores = (used.user + used.system) / 1_000 / (performance.now() - began);
    const bytes = statSync(file).size / (45_000 * scale);
    const commits = await rate(CONCURRENT, 10_000 * scale, () => chained(store, 20, marks));
    const first = store.nextId() - 5_000 - 50_000 * scale;
    const loaded = await rate(1, 2_000, async () => {
      const found = await store.load(first + Math.floor(Math.random() * 40_000 * scale));
      return found.records.length > 0 ? 1 : 0;
    });
    const alone = 1_000 / (await rate(1, 500, () => chained(store, 4, marks)));
    return [
      {
        name: 'executions of 22 events in one commit',
        value: executions,
        unit: '1/s',
        floor: 5_000,
      },
      { name: 'the same, transitions', value: executions * 10, unit: '1/s', floor: 50_000 },
      { name: 'the same, cores used by the process', value: cores, unit: 'cores' },
      { name: 'the same, bytes in the file', value: bytes, unit: 'B/execution' },
      { name: 'commits of one event and a task row', value: commits, unit: '1/s', floor: 20_000 },
      { name: 'loads, one after the other', value: loaded, unit: '1/s' },
      { name: 'one commit with nobody else about', value: alone, unit: 'ms' },
    ];
  });
}

if (process.argv[1] === import.meta.filename) {
  for (const { name, value, unit } of await measure()) {
    console.log(`${name.padEnd(42)} ${value.toFixed(value < 100 ? 2 : 0).padStart(10)} ${unit}`);
  }
}
