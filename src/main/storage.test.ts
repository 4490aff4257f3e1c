import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../test/support/clock.ts';
import { XRAY } from '../service/xray/service.ts';
import { openSqlite } from '../store/sqlite/sqlite.ts';
import { traceMigrations } from '../store/traces/migrations.ts';
import { readConfig } from './config.ts';
import { openServices } from './open-services.ts';
import { SERVICES } from './services.ts';
import { openStorage } from './storage.ts';
import { timeParts } from './time.ts';

test('a data folder of the first version keeps the rules and groups of X-Ray', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'steplight-old-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const old = await openSqlite({
    file: join(folder, 'telemetry.sqlite'),
    migrations: { traces: traceMigrations.slice(0, 1) },
  });
  const rows = [
    ['rule', 'mine', { rule: { name: 'mine', priority: 5 }, createdAt: 1, modifiedAt: 2 }],
    ['group', 'g', { GroupName: 'g', GroupARN: 'arn:g' }],
  ] as const;
  const sql = "INSERT INTO xray_settings VALUES ('000000000000', 'us-east-1', $1, $2, $3)";
  const statements = rows.map(([kind, name, body]) => ({
    sql,
    params: [kind, name, JSON.stringify(body)],
  }));
  await old.write({ guards: 0, statements });
  await old.close();
  const config = readConfig(['--data', folder], {});
  const log = { error() {}, warn() {}, info() {}, debug() {} };
  for (let start = 1; start <= 2; start++) {
    const deps = { clock: new ManualClock(), tools: { uuid: randomUUID }, log };
    const storage = await openStorage(config, XRAY.stores!, deps);
    const lines = SERVICES.filter(({ id }) => id === XRAY.id);
    const time = timeParts(config);
    const { services } = await openServices({
      config,
      mocks: undefined,
      time,
      log,
      lines,
      storage,
    });
    for (const [kind, name, body] of rows) {
      const place = { account: '000000000000', region: 'us-east-1' };
      const found = await storage.resources.get({ place, service: 'xray', kind, name });
      expect(found?.body).toEqual(body);
    }
    for (const one of services.get(XRAY.id)!.running!) await one.stop();
    await storage.close();
  }
});
