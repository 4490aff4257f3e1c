import { describe, expect, it } from 'vitest';
import { explainFailure, readCause } from './failure.ts';
import type { HistoryView, StateEntry } from './history.ts';

function entry(id: number, name: string, more: Partial<StateEntry>): StateEntry {
  return {
    id,
    name,
    type: 'Task',
    enteredAt: 0,
    attempts: [],
    eventIds: [],
    status: 'failed',
    ...more,
  };
}
function view(entries: StateEntry[], failed: StateEntry): HistoryView {
  const rest = { startedAt: 0, endedAt: 1, retries: 0, owner: new Map(), taken: new Map() };
  return { entries, failed, ...rest };
}

describe('why an execution failed', () => {
  const lambda = JSON.stringify({
    errorType: 'TypeError',
    errorMessage: 'no such order',
    trace: ['TypeError: no such order', '    at handler (index.js:3:9)'],
  });

  it('reads the error JSON of a function', () => {
    expect(readCause('TypeError', lambda)).toEqual({
      error: 'TypeError',
      message: 'no such order',
      stack: ['TypeError: no such order', '    at handler (index.js:3:9)'],
    });
    expect(readCause('States.TaskFailed', lambda).message).toBe('TypeError: no such order');
    expect(readCause('E', 'just text')).toMatchObject({ message: 'just text', stack: [] });
    expect(readCause('E', '{"a":1}').message).toBe('{"a":1}');
  });

  it('names what was caught before a Fail state, down to the state that broke', () => {
    const both = entry(2, 'Both', {
      type: 'Parallel',
      status: 'caught',
      error: 'TypeError',
      cause: lambda,
    });
    const call = entry(4, 'Call', { parent: both, error: 'TypeError', cause: lambda });
    const other = entry(5, 'Other', { parent: both, status: 'aborted' });
    const fail = entry(9, 'Give up', { type: 'Fail', error: 'States.Runtime' });
    const told = explainFailure(view([both, call, other, fail], fail), {});
    expect(told).toMatchObject({ error: 'TypeError', message: 'no such order', attempts: 0 });
    expect(told.state?.name).toBe('Call');
    expect(told.end).toMatchObject({ state: { name: 'Give up' }, error: undefined, message: '' });
  });

  it('tells the words of the end apart from the reason', () => {
    const task = entry(2, 'Call', { status: 'caught', error: 'Boom', cause: 'inner' });
    const fail = entry(3, 'Give up', { type: 'Fail', error: 'Failed', cause: 'outer' });
    const told = explainFailure(view([task, fail], fail), { error: 'Failed', cause: 'outer' });
    expect(told).toMatchObject({ error: 'Boom', message: 'inner' });
    expect(told.end).toMatchObject({ error: 'Failed', message: 'outer' });
    const alone = explainFailure(view([fail], fail), { error: 'Failed', cause: 'outer' });
    expect(alone).toMatchObject({ error: 'Failed', message: 'outer', end: undefined });
  });
});
