/**
 * The store of traces by itself: documents put and settled per second, and what the questions of the
 * console cost on what is then stored. Traces of four segments with eight subsegments, spread over
 * six hours.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TRACES = 25_000;
const PER_PUT = 50;
const PUTS_AT_ONCE = 8;
const ASKED = 200;
const HERE = { account: '000000000000', region: 'us-east-1' };
const built = (path) => import(new URL(`../../dist/src/${path}`, import.meta.url));

const hex = (length, number) => number.toString(16).padStart(length, '0');

function documentsOf(number, start) {
  const trace_id = `1-${hex(8, Math.floor(start))}-${hex(24, number)}`;
  const id = (part) => hex(16, number * 100 + part);
  const times = (from, to) => ({ start_time: start + from, end_time: start + to });
  const slow = (number % 97) / 1000;
  const call = (part, name) => ({
    id: id(part),
    name,
    namespace: 'aws',
    ...times(0.01, 0.05 + slow),
    http: { response: { status: 200 } },
    aws: { operation: 'Invoke', function_name: `fn-${number % 20}`, request_id: id(50) },
  });
  const fault = number % 50 === 0 ? { fault: true } : {};
  return [
    {
      trace_id,
      id: id(1),
      name: `machine-${number % 5}`,
      origin: 'AWS::StepFunctions::StateMachine',
      ...times(0, 0.08 + slow),
      ...fault,
      annotations: { customer: `c${number % 5000}`, tier: number % 3 },
      subsegments: [
        { id: id(2), name: 'First', ...times(0, 0.05 + slow), subsegments: [call(3, 'Lambda')] },
        { id: id(4), name: 'Second', ...times(0.05, 0.08), subsegments: [call(5, 'DynamoDB')] },
      ],
    },
    {
      trace_id,
      id: id(6),
      parent_id: id(3),
      name: `fn-${number % 20}`,
      origin: 'AWS::Lambda',
      ...times(0.02, 0.04 + slow),
      http: { response: { status: 200 } },
    },
    {
      trace_id,
      id: id(7),
      parent_id: id(6),
      name: `fn-${number % 20}`,
      origin: 'AWS::Lambda::Function',
      ...times(0.02, 0.04 + slow),
      subsegments: [{ id: id(8), name: 'Invocation', ...times(0.02, 0.03) }],
    },
    {
      trace_id,
      id: id(9),
      parent_id: id(8),
      type: 'subsegment',
      name: 'parse',
      ...times(0.02, 0.03),
    },
  ];
}

async function perSecond(count, work) {
  const started = performance.now();
  await work();
  return count / ((performance.now() - started) / 1000);
}

async function medianMs(work) {
  const times = [];
  for (let n = 0; n < ASKED; n++) {
    const started = performance.now();
    await work(n);
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[ASKED / 2];
}

export async function measure() {
  const { openSqlite } = await built('store/sqlite/sqlite.js');
  const { traceMigrations } = await built('store/traces/migrations.js');
  const { openTraceStore } = await built('store/traces/sql.js');
  const { readDocuments } = await built('trace/segment.js');
  const { parseFilter } = await built('trace/filter.js');
  const { graphOf, minuteWindow } = await built('trace/graph.js');
  const folder = mkdtempSync(join(tmpdir(), 'steplight-traces-'));
  const file = join(folder, 'traces.db');
  const database = await openSqlite({
    file,
    incrementalVacuum: true,
    migrations: { traces: traceMigrations },
  });
  const clock = {
    now: Date.now,
    wake(at, wake) {
      const timer = setTimeout(wake, Math.max(0, at - Date.now()));
      return () => clearTimeout(timer);
    },
  };
  const log = { error: console.error, warn: console.error, info() {}, debug() {} };
  const store = await openTraceStore({ database, clock, log, rules: { quietMs: 1_000 } });
  const now = Date.now();
  const first = now / 1000 - 6 * 3600;
  const texts = Array.from({ length: TRACES }, (_, n) =>
    documentsOf(n, first + (n * 6 * 3600) / TRACES).map((document) => JSON.stringify(document)),
  ).flat();
  let next = 0;
  const putting = async () => {
    while (next < texts.length) {
      const some = texts.slice(next, next + PER_PUT);
      next += PER_PUT;
      await store.put(
        HERE,
        some.flatMap((text) => readDocuments(text).accepted),
      );
    }
  };
  const settled = async () => {
    while ((await store.counts()).hot > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  let put = 0;
  const whole = await perSecond(texts.length, async () => {
    put = await perSecond(texts.length, () =>
      Promise.all(Array.from({ length: PUTS_AT_ONCE }, putting)),
    );
    await settled();
  });
  const idOf = (n) => JSON.parse(texts[((n * 7919) % TRACES) * 4]).trace_id;
  const find = (filter, hours) =>
    store.find({
      place: HERE,
      time: 'start',
      from: now - hours * 3_600_000,
      to: now,
      filter: filter && parseFilter(filter).filter,
      limit: 100,
    });
  const graph = async (hours) => {
    const window = minuteWindow(now - hours * 3_600_000, now);
    const [tally] = (await store.tallies({ place: HERE, ...window })).values();
    return graphOf(tally);
  };
  const figures = [
    ['segments put (acknowledged, fsynced)', put, 'segments/s'],
    ['segments put and settled, one second of quiet included', whole, 'segments/s'],
    ['trace by id', await medianMs((n) => store.get(HERE, [idOf(n)])), 'ms'],
    ['newest 100 of an hour', await medianMs(() => find(undefined, 1)), 'ms'],
    [
      'newest 100 faults of a service, 6 h',
      await medianMs(() => find('fault AND service("fn-0")', 6)),
      'ms',
    ],
    [
      'by a rare annotation, 6 h',
      await medianMs((n) => find(`annotation.customer = "c${n}"`, 6)),
      'ms',
    ],
    ['service graph, 1 h', await medianMs(() => graph(1)), 'ms'],
    ['service graph, 6 h', await medianMs(() => graph(6)), 'ms'],
    ['bytes on disk', statSync(file).size / texts.length, 'B/segment'],
  ];
  await store.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
  return figures.map(([name, value, unit]) => ({ name, value, unit }));
}
