import { describe, expect, it } from 'vitest';
import type { StateEntry } from './history.ts';
import { iterationsOf, summarise } from './states.ts';

function entry(
  name: string,
  status: StateEntry['status'],
  more: Partial<StateEntry> = {},
): StateEntry {
  return {
    id: 1,
    name,
    type: 'Task',
    enteredAt: 0,
    exitedAt: 5,
    attempts: [],
    eventIds: [],
    status,
    ...more,
  };
}

describe('states of a graph', () => {
  const map = entry('Each', 'running');
  const inner = (index: number, status: StateEntry['status']): StateEntry =>
    entry('Do', status, { parent: map, iteration: index, exitedAt: 10 * (index + 1) });
  const entries = [map, inner(0, 'succeeded'), inner(1, 'failed'), inner(2, 'succeeded')];

  it('shows the worst of what ran side by side', () => {
    const all = summarise(entries, new Map(), 100).get('Do')!;
    expect(all).toMatchObject({
      status: 'failed',
      counts: { succeeded: 2, failed: 1 },
      durationMs: 30,
    });
  });

  it('shows one iteration where it is chosen', () => {
    const one = summarise(entries, new Map([['Each', 2]]), 100).get('Do')!;
    expect(one).toMatchObject({ status: 'succeeded', durationMs: 30 });
    expect(one.entries).toHaveLength(1);
  });

  it('shows the last round of a loop', () => {
    const loop = [entry('Again', 'caught'), entry('Again', 'succeeded')];
    expect(summarise(loop, new Map(), 0).get('Again')!.status).toBe('succeeded');
  });

  it('lists iterations with their worst status', () => {
    expect(iterationsOf('Each', entries).map((one) => one.status)).toEqual([
      'succeeded',
      'failed',
      'succeeded',
    ]);
  });
});
