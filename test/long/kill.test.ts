import { expect, it } from 'vitest';
import { killUnderLoad } from '../support/kill.ts';

it('loses and repeats nothing when killed 50 times under load', async () => {
  const seed = Number(process.env.STEPLIGHT_SEED ?? Date.now() % 1_000_000);
  console.log(`kill -9 seed ${seed} (replay with STEPLIGHT_SEED=${seed})`);
  const report = await killUnderLoad(50, seed);
  console.log(
    `${report.kills} kills, ${report.acknowledged} acknowledged, ${report.attempts} task attempts`,
  );
  expect(report.acknowledged).toBeGreaterThan(200);
  expect(report.repeated).toEqual([]);
  expect(report.notSucceeded).toEqual([]);
}, 900_000);
