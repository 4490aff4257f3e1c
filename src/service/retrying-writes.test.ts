import { expect, it } from 'vitest';
import { DatabaseError } from '../store/database.ts';
import { ManualClock, testLog } from './engine/testing.ts';
import { RetryingWrites, unavailableOf } from './retrying-writes.ts';

const full = new DatabaseError('disk is full', 'SQLITE_FULL', true);

it('tries again until the disk takes it', async () => {
  const clock = new ManualClock();
  const retryingWrites = new RetryingWrites({ clock, log: testLog() });
  let tries = 0;
  const written = retryingWrites.write('it', async () => {
    if (++tries < 4) throw full;
    return 'written';
  });
  await clock.pass(3_000);
  expect(await written).toBe('written');
  expect(tries).toBe(4);
});

it('ends its patience with one last try', async () => {
  const retryingWrites = new RetryingWrites({ clock: new ManualClock(), log: testLog() });
  let tries = 0;
  const never = retryingWrites.write('it', async () => {
    tries++;
    throw full;
  });
  await new Promise((resolve) => setImmediate(resolve));
  retryingWrites.giveUp();
  await expect(never).rejects.toBe(full);
  expect(tries).toBe(2);
  await expect(retryingWrites.write('it', () => Promise.reject(full))).rejects.toBe(full);
});

it('does not try again what would fail again', async () => {
  const retryingWrites = new RetryingWrites({ clock: new ManualClock(), log: testLog() });
  const mistake = new DatabaseError('no such table', 'SQLITE_ERROR', false);
  await expect(retryingWrites.write('it', () => Promise.reject(mistake))).rejects.toBe(mistake);
  expect(unavailableOf(mistake)).toBeUndefined();
  expect(unavailableOf(full)).toMatchObject({ code: 'ServiceUnavailable', status: 503 });
  const noSpace = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  expect(unavailableOf(noSpace)).toMatchObject({ status: 503 });
});
