import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../test/support/clock.ts';
import { wrapped } from '../../../test/support/wrapped-database.ts';
import type { Database } from '../database.ts';
import { openSqliteInProcess } from '../sqlite/in-process.ts';
import { traceMigrations } from '../traces/migrations.ts';
import { carryOverXraySettings } from './carry-over.ts';
import { resourceMigrations } from './migrations.ts';
import { SqlResourceStore } from './sql.ts';

const HERE = { account: '000000000000', region: 'us-east-1' };
const THERE = { account: '000000000000', region: 'eu-west-1' };
const arn = (resource: string): string => `arn:aws:xray:us-east-1:000000000000:${resource}`;

/** As the first version wrote them. */
const OLD: readonly (readonly [
  place: typeof HERE,
  kind: string,
  name: string,
  body: object | number,
])[] = [
  [HERE, 'rule', 'mine', { rule: { name: 'mine', priority: 5 }, createdAt: 1, modifiedAt: 2 }],
  [THERE, 'rule', 'mine', { rule: { name: 'mine', priority: 6 }, createdAt: 3, modifiedAt: 3 }],
  [HERE, 'rulesModified', 'all', 2],
  [HERE, 'group', 'errors', { GroupName: 'errors', GroupARN: arn('group/errors/ABC') }],
  [HERE, 'encryption', 'all', { Type: 'KMS', KeyId: arn('key/k') }],
  [
    HERE,
    'tags',
    arn('group/errors/ABC'),
    [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ],
  ],
  [HERE, 'tags', arn('sampling-rule/mine'), [{ Key: 'c', Value: '2' }]],
  [HERE, 'tags', arn('group/Default'), [{ Key: 'd', Value: '3' }]],
  [HERE, 'tags', arn('sampling-rule/Default'), [{ Key: 'e', Value: '4' }]],
  [HERE, 'tags', arn('group/gone/DEF'), [{ Key: 'f', Value: '5' }]],
];

const rules = { name: 'Default', priority: 10_000, fixedRate: 0.05, reservoirSize: 1 };
const insights = { InsightsEnabled: false, NotificationsEnabled: false };
const NEW = [
  [HERE, 'encryption', 'all', OLD[4]![3], {}],
  [
    HERE,
    'group',
    'Default',
    { GroupARN: arn('group/Default'), InsightsConfiguration: insights },
    { d: '3' },
  ],
  [HERE, 'group', 'errors', OLD[3]![3], { a: '1', b: '' }],
  [HERE, 'rule', 'Default', { rule: rules, createdAt: 0, modifiedAt: 0 }, { e: '4' }],
  [HERE, 'rule', 'mine', OLD[0]![3], { c: '2' }],
  [HERE, 'rulesModified', 'all', 2, {}],
  [THERE, 'rule', 'mine', OLD[1]![3], {}],
].map(([place, kind, name, body, tags]) => ({ place, service: 'xray', kind, name, body, tags }));

async function oldData(): Promise<{ main: Database; traces: Database }> {
  const traces = await openSqliteInProcess({ migrations: { traces: traceMigrations.slice(0, 1) } });
  const statements = OLD.map(([{ account, region }, kind, name, body]) => ({
    sql: 'INSERT INTO xray_settings (account, region, kind, name, body) VALUES ($1, $2, $3, $4, $5)',
    params: [account, region, kind, name, JSON.stringify(body)],
  }));
  await traces.write({ guards: 0, statements });
  return {
    main: await openSqliteInProcess({ migrations: { resources: resourceMigrations } }),
    traces,
  };
}

const storeOn = (database: Database): SqlResourceStore => {
  const log = { error() {}, warn() {}, info() {}, debug() {} };
  return new SqlResourceStore({
    database,
    clock: new ManualClock(),
    tools: { uuid: randomUUID },
    log,
  });
};

async function expectCarried({
  main,
  traces,
}: {
  main: Database;
  traces: Database;
}): Promise<void> {
  const found: unknown[] = [];
  await storeOn(main).watch('xray', ({ changed }) => found.push(...changed));
  const order = (one: unknown): string => {
    const { place, kind, name } = one as (typeof NEW)[number] & { place: typeof HERE };
    return [place.region === 'us-east-1' ? 0 : 1, kind, name].join(' ');
  };
  found.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  expect(found).toMatchObject(NEW);
  expect(found).toHaveLength(NEW.length);
  expect(await traces.read('SELECT * FROM xray_settings', [])).toEqual([]);
}

test('the settings of an older version are there, with their tags, and the old table is empty', async () => {
  const data = await oldData();
  await carryOverXraySettings(data.traces, storeOn(data.main));
  await expectCarried(data);
  await carryOverXraySettings(data.traces, storeOn(data.main));
  await expectCarried(data);
});

test('a server that dies at any write does the rest the next time, and undoes no change', async () => {
  for (let deathAt = 0; ; deathAt++) {
    const data = await oldData();
    let writes = 0;
    let dead = false;
    /** Dies before one of its writes where the number of the death is even, else after it. */
    const dying = (db: Database): Database =>
      wrapped(db, {
        write: async (unit) => {
          const mine = writes++;
          dead ||= 2 * mine === deathAt;
          if (dead) throw new Error('dead');
          const outcome = await db.write(unit);
          dead ||= 2 * mine + 1 === deathAt;
          if (dead) throw new Error('dead');
          return outcome;
        },
      });
    const first = carryOverXraySettings(dying(data.traces), storeOn(dying(data.main)));
    const died = await first.then(
      () => false,
      () => true,
    );
    if (!died) {
      expect(deathAt).toBe(2 * (NEW.length + 1));
      return;
    }
    await carryOverXraySettings(data.traces, storeOn(data.main));
    await expectCarried(data);
  }
});

test('what was changed since then stays, whatever is left of the old', async () => {
  const data = await oldData();
  const store = storeOn(data.main);
  const dead = wrapped(data.traces, { write: () => Promise.reject(new Error('dead')) });
  await expect(carryOverXraySettings(dead, store)).rejects.toThrow('dead');
  const key = { place: HERE, service: 'xray', kind: 'encryption', name: 'all' };
  await store.put({ ...key, body: { Type: 'NONE' } }, 'any');
  await carryOverXraySettings(data.traces, store);
  expect((await store.get(key))!.body).toEqual({ Type: 'NONE' });
});
