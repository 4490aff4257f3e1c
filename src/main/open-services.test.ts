import { expect, onTestFinished, test } from 'vitest';
import { testLog } from '../service/engine/testing.ts';
import { readConfig } from './config.ts';
import { openServices } from './open-services.ts';
import { openStorage } from './storage.ts';
import { timeParts } from './time.ts';

/** The day it gets a member that only one service needs, it is a bag of everything. */
const HOUSE_MEMBERS_MAX = 12;

test('a house has few members, and needs no service', async () => {
  const config = readConfig(['--ephemeral'], {});
  const time = timeParts(config);
  const log = testLog();
  const storage = await openStorage(config, [], { clock: time.clock, tools: time.tools, log });
  onTestFinished(() => storage.close());
  const given = { config, mocks: undefined, time, log, lines: [], storage };
  const { house, seats } = await openServices(given);
  expect(Object.keys(house).length).toBeLessThanOrEqual(HOUSE_MEMBERS_MAX);
  const place = { account: '000000000000', region: 'us-east-1' };
  house.logs.append(place, 'g', 's', []);
  await house.traces.record(place, []);
  const request = { serviceName: 's', serviceType: 't', resourceARN: 'a' };
  expect(house.traces.sample(place, request)).toBe(false);
  expect(await seats.executions.headByArn('a')).toBeUndefined();
});
