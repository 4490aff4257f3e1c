import { expect, it, onTestFinished } from 'vitest';
import { Stuck, Threads } from './threads.ts';

interface Work {
  readonly workMs: number;
  readonly signs: boolean;
}

const SILENT_MS_MAX = 900;

it('ends a thread that is silent for long, and none that shows that it is at work', async () => {
  const threads = new Threads<Work, string>({
    module: '../../../test/support/working-thread',
    threadsMax: 1,
    silentMsMax: SILENT_MS_MAX,
  });
  onTestFinished(() => threads.stop(new Error('stopped')));
  // On a slow machine a thread is silent for longer than this while it starts.
  while ((await threads.ask({ workMs: 0, signs: true }).catch(() => 'slow')) !== 'done');
  expect(await threads.ask({ workMs: 3 * SILENT_MS_MAX, signs: true })).toBe('done');
  await expect(threads.ask({ workMs: 60_000, signs: false })).rejects.toThrow(Stuck);
});
