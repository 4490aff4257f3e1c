/** An engine over a SQLite file of its own, without HTTP: what the parts that measure it share. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';

const dist = (path) => import(`../../dist/src/${path}.js`);
const { compileMachine } = await dist('asl/compile');
const { Engine } = await dist('service/engine/engine');
const { IntegrationRegistry } = await dist('service/integrations/registry');
const { sqlExecutionStore } = await dist('store/executions/sql');
const { executionMigrations } = await dist('store/executions/migrations');
const { openSqlite } = await dist('store/sqlite/sqlite');

const CONCURRENT = 1_000;
const STATES = 10;
const PLACE = { account: '000000000000', region: 'us-east-1' };
const ARN = `arn:aws:states:${PLACE.region}:${PLACE.account}`;

/** A machine of so many states, one after the other. */
export const chain = (state, states = STATES, rest = {}) =>
  JSON.stringify({
    ...rest,
    StartAt: 'S1',
    States: Object.fromEntries(
      Array.from({ length: states }, (_, i) => [
        `S${i + 1}`,
        { ...state, ...(i + 1 < states ? { Next: `S${i + 2}` } : { End: true }) },
      ]),
    ),
  });

const clock = {
  now: () => Date.now(),
  wake: (at, wake) => {
    const timer = setTimeout(wake, Math.min(Math.max(at - Date.now(), 0), 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

export const tools = {
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

/** `definitions`: by the name that stands for their hash. */
export async function openEngine(folder, definitions, evaluate) {
  const machines = {};
  for (const [name, text] of Object.entries(definitions)) machines[name] = compileMachine(text);
  const file = join(folder, `${randomUUID()}.sqlite`);
  const database = await openSqlite({ file, migrations: { executions: executionMigrations } });
  const engine = new Engine({
    store: await sqlExecutionStore(database),
    clock,
    tools,
    log: silent,
    integrations: new IntegrationRegistry([noop]),
    projectors: [],
    watchers: [],
    epoch: 1,
    machine: (hash) => machines[hash],
    evaluate: evaluate ?? (() => Promise.reject(new Error('no JSONata here'))),
    backlog: () => database.backlog,
  });
  await engine.start();
  const close = async () => {
    await engine.stop();
    await database.close();
  };
  return { engine, database, close };
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

/** One execution from its start to its end, both durable. */
export async function toTheEnd(engine, hash) {
  const id = engine.nextId();
  const ended = engine.ended(id);
  await engine.begin(execution(hash), id);
  const { status, cause } = await ended;
  if (status !== 'SUCCEEDED') throw new Error(`an execution ended ${status}: ${cause}`);
}

export async function concurrently(count, work) {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: CONCURRENT }, lane));
}

/** How many of `count` a second. */
export async function rate(count, work) {
  const start = performance.now();
  await work();
  return (count / (performance.now() - start)) * 1000;
}

/** Transitions a second of so many chains of ten states. */
export const chainRate = (engine, hash, chains) =>
  rate(chains * STATES, () => concurrently(chains, () => toTheEnd(engine, hash)));
