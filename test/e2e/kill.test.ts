import { expect, it } from 'vitest';
import { killUnderLoad } from '../support/kill.ts';

it('loses and repeats nothing when killed 8 times under load', async () => {
  const seed = Number(process.env.STEPLIGHT_SEED ?? Date.now() % 1_000_000);
  console.log(`kill -9 seed ${seed} (replay with STEPLIGHT_SEED=${seed})`);
  const report = await killUnderLoad(8, seed);
  console.log(
    `${report.kills} kills, ${report.acknowledged} acknowledged, ${report.attempts} task attempts`,
  );
  expect(report.acknowledged).toBeGreaterThan(20);
  expect(report.repeated).toEqual([]);
  expect(report.notSucceeded).toEqual([]);
}, 180_000);

it('neither loses nor fails anything when told to stop 4 times under load', async () => {
  const seed = Number(process.env.STEPLIGHT_SEED ?? Date.now() % 1_000_000);
  console.log(`SIGTERM seed ${seed} (replay with STEPLIGHT_SEED=${seed})`);
  const report = await killUnderLoad(4, seed, 'SIGTERM');
  expect(report.acknowledged).toBeGreaterThan(20);
  expect(report.repeated).toEqual([]);
  expect(report.retried).toBe(0);
  expect(report.notSucceeded).toEqual([]);
}, 180_000);
