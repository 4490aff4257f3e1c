/** Which children a redrive takes up, when a crash has kept what was done from being noted. */
import { expect, test } from 'vitest';
import { decideMapRun, newMapRun } from '../../../execution/maprun.ts';
import { Fault } from '../../../ground/fault.ts';
import type { ExecutionHead } from '../../../store/executions/store.ts';
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import { redriveSome } from './redriving.ts';
import type { RunDeps } from './run-deps.ts';

const STATUSES = ['SUCCEEDED', 'FAILED', 'RUNNING', 'FAILED', 'SUCCEEDED'] as const;
/** Those that have been redriven, now or at an earlier time. */
const REDRIVEN = [0, 2, 3, 4];
/** They have ended since, and nobody has counted that. */
const TOLD = [3, 4];

const child = (status: string, index: number) =>
  ({
    id: 100 + index,
    status,
    type: 'EXPRESS',
    mapItem: { run: 7, index, items: 2 },
    redriveCount: REDRIVEN.includes(index) ? 1 : 0,
  }) as unknown as ExecutionHead;

function given() {
  const restarted: number[] = [];
  const deps = {
    executions: { children: async () => STATUSES.map(child) },
    mapRuns: { endings: async () => TOLD.map((index) => ({ index })) },
    engines: { express: { restart: async ({ id }: ExecutionHead) => restarted.push(id) } },
  } as unknown as RunDeps;
  const order = { maxConcurrency: 0 } as StoredMapRun['order'];
  const closed = { ...newMapRun(order, 1, 0), stage: 'closed', status: 'FAILED' } as const;
  const state = decideMapRun(closed, { type: 'Redrive', attempt: 2, redriveCount: 1 }, 0);
  return { restarted, deps, run: { id: 7, arn: 'a', state } as StoredMapRun };
}

test('takes up none that runs, or whose new ending is not counted', async () => {
  const { restarted, deps, run } = given();
  const said = await redriveSome(deps, run, 100);
  expect(restarted).toEqual([101]);
  expect(said).toMatchObject({ after: 104, executions: 4, items: 8, kept: [], done: true });
});

test('in a Map Run that stops takes up none, and keeps those that were not taken up', async () => {
  const { restarted, deps, run } = given();
  const state = { ...run.state, stage: 'stopping' } as const;
  const said = await redriveSome(deps, { ...run, state }, 0);
  expect(restarted).toEqual([]);
  expect(said).toMatchObject({ executions: 3, kept: [{ index: 1, items: 2, status: 'FAILED' }] });
});

test('keeps a child that cannot be redriven as it ended', async () => {
  const { run, deps } = given();
  const standard = (index: number) => ({ ...child('FAILED', index), type: 'STANDARD', arn: index });
  const answers: Record<number, () => Promise<boolean>> = {
    100: async () => true,
    // Its history has no room; it was redriven before this was heard; nobody can read it.
    101: async () => false,
    102: async () => false,
    103: async () => Promise.reject(new Fault('InternalFailure', 'm', { side: 'server' })),
  };
  const page = [0, 1, 2, 3].map((index) => ({ ...standard(index), redriveCount: 0 }));
  const executions = {
    children: async () => page,
    headByArn: async (index: number) => ({ ...page[index], redriveCount: index === 2 ? 1 : 0 }),
  };
  const signal = (id: number) => answers[id]!();
  const spoilt = { ...deps, executions, engines: { standard: { signal } } } as unknown as RunDeps;
  const said = await redriveSome(spoilt, run, 100);
  expect(said).toMatchObject({ executions: 2, items: 4, kept: [{ index: 1 }, { index: 3 }] });
  answers[101] = () => Promise.reject(new Fault('ServiceUnavailable', 'm', { side: 'server' }));
  await expect(redriveSome(spoilt, run, 100)).rejects.toMatchObject({ code: 'ServiceUnavailable' });
});
