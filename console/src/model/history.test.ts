import { describe, expect, it } from 'vitest';
import { foldHistory, transitionKey } from './history.ts';
import type { HistoryEvent } from './shapes.ts';

/** `[type, previous, details]`; ids count from 1, one event each 100 ms. */
type Row = [type: string, previous: number, details?: Record<string, unknown>];

function events(rows: readonly Row[]): HistoryEvent[] {
  return rows.map(([type, previousEventId, details], index) => ({
    id: index + 1,
    previousEventId,
    type,
    timestamp: 1000 + index / 10,
    ...(details ? { [`x${type}EventDetails`]: details } : {}),
  }));
}

const entered = (name: string, input = '{}') => ({ name, input });
const summary = (rows: readonly Row[]) =>
  foldHistory(events(rows)).entries.map((e) => `${e.name} ${e.status} ${e.attempts.length}`);

describe('folding a history', () => {
  it('follows a caught failure into the next state', () => {
    const view = foldHistory(
      events([
        ['ExecutionStarted', 0],
        ['TaskStateEntered', 0, entered('Call', '{"n":1}')],
        ['LambdaFunctionScheduled', 2, { resource: 'arn:fn', input: '{"n":1}' }],
        ['LambdaFunctionStarted', 3],
        ['LambdaFunctionFailed', 4, { error: 'Error', cause: '{"errorMessage":"no"}' }],
        ['TaskStateExited', 5, { name: 'Call', output: '{"Error":"Error"}' }],
        ['FailStateEntered', 6, entered('AfterTaskFailed')],
        ['ExecutionFailed', 7, {}],
      ]),
    );
    const [call, fail] = view.entries;
    expect(call).toMatchObject({ status: 'caught', error: 'Error', input: '{"n":1}' });
    expect(call!.attempts).toMatchObject([{ number: 1, status: 'failed', resource: 'arn:fn' }]);
    expect(call!.exitedAt! - call!.enteredAt).toBeCloseTo(400);
    expect(fail!.status).toBe('failed');
    expect(view.failed).toBe(fail);
    expect(view.taken.get(transitionKey('Call', 'AfterTaskFailed'))).toBe(1);
    expect(view.owner.get(5)).toBe(call);
  });

  it('goes on after a redrive with the state that failed', () => {
    const rows: Row[] = [
      ['ExecutionStarted', 0],
      ['TaskStateEntered', 0, entered('Call')],
      ['TaskScheduled', 2, { resourceType: 'lambda', resource: 'invoke', parameters: '{}' }],
      ['TaskStarted', 3],
      ['TaskFailed', 4, { error: 'E', cause: 'c' }],
      ['ExecutionFailed', 5, { error: 'E', cause: 'c' }],
      ['ExecutionRedriven', 6, { redriveCount: 1 }],
    ];
    const redriven = foldHistory(events(rows));
    expect(redriven.entries).toMatchObject([{ status: 'running', exitedAt: undefined }]);
    expect(redriven.entries[0]!.error).toBeUndefined();
    expect([redriven.failed, redriven.endedAt]).toEqual([undefined, undefined]);
    rows.push(
      ['TaskScheduled', 7, {}],
      ['TaskStarted', 8],
      ['TaskSucceeded', 9, { output: '1' }],
      ['TaskStateExited', 10, { name: 'Call', output: '1' }],
      ['ExecutionSucceeded', 11, { output: '1' }],
    );
    expect(summary(rows)).toEqual(['Call succeeded 2']);
  });

  it('counts retries and shows a state between them', () => {
    const rows: Row[] = [
      ['ExecutionStarted', 0],
      ['TaskStateEntered', 0, entered('Call')],
      ['TaskScheduled', 2, { resourceType: 'lambda', resource: 'invoke', parameters: '{}' }],
      ['TaskStarted', 3],
      ['TaskTimedOut', 4, {}],
    ];
    expect(summary(rows)).toEqual(['Call retrying 1']);
    rows.push(['TaskScheduled', 5, {}], ['TaskStarted', 6]);
    expect(summary(rows)).toEqual(['Call running 2']);
    rows.push(
      ['TaskSucceeded', 7, { output: '1' }],
      ['TaskStateExited', 8, { name: 'Call', output: '1' }],
    );
    expect(summary(rows)).toEqual(['Call succeeded 2']);
    expect(foldHistory(events(rows)).retries).toBe(1);
  });

  it('ends a timed out task with the execution', () => {
    expect(
      summary([
        ['ExecutionStarted', 0],
        ['TaskStateEntered', 0, entered('Call')],
        ['TaskScheduled', 2, {}],
        ['TaskTimedOut', 3, { error: 'States.Timeout' }],
        ['ExecutionFailed', 4, { error: 'States.Timeout' }],
      ]),
    ).toEqual(['Call timedOut 1']);
  });

  it('blames the innermost state of a Parallel and aborts its siblings', () => {
    const view = foldHistory(
      events([
        ['ExecutionStarted', 0],
        ['ParallelStateEntered', 0, entered('Both')],
        ['ParallelStateStarted', 2],
        ['TaskStateEntered', 3, entered('A')],
        ['TaskScheduled', 4, {}],
        ['WaitStateEntered', 3, entered('B')],
        ['TaskFailed', 5, { error: 'Boom', cause: 'why' }],
        ['ParallelStateFailed', 7, { error: 'Boom', cause: 'why' }],
        ['ExecutionFailed', 8, { error: 'Boom', cause: 'why' }],
      ]),
    );
    expect(view.entries.map((e) => [e.name, e.status, e.parent?.name])).toEqual([
      ['Both', 'failed', undefined],
      ['A', 'failed', 'Both'],
      ['B', 'aborted', 'Both'],
    ]);
    expect(view.failed?.name).toBe('A');
  });

  it('tells what broke from what was cut off because of it', () => {
    const view = foldHistory(
      events([
        ['ExecutionStarted', 0],
        ['ParallelStateEntered', 0, entered('Both')],
        ['ParallelStateStarted', 2],
        ['TaskStateEntered', 3, entered('Slow')],
        ['TaskScheduled', 4, {}],
        ['MapStateEntered', 3, entered('Each')],
        ['MapStateStarted', 6],
        ['MapIterationStarted', 7, { name: 'Each', index: 0 }],
        ['TaskStateEntered', 8, entered('Do')],
        ['TaskScheduled', 9, {}],
        ['TaskFailed', 10, { error: 'Boom', cause: 'why' }],
        ['MapIterationFailed', 11, { name: 'Each', index: 0 }],
        ['TaskStateAborted', 11],
        ['MapStateFailed', 11],
        ['TaskStateAborted', 14],
        ['ParallelStateFailed', 14],
        ['ParallelStateExited', 16, { name: 'Both', output: '{}' }],
        ['FailStateEntered', 17, entered('Give up')],
        ['ExecutionFailed', 18, { error: 'GaveUp' }],
      ]),
    );
    expect(view.entries.map((e) => `${e.name} ${e.status} ${e.error} ${e.cause}`)).toEqual([
      'Both caught Boom why',
      'Slow aborted undefined undefined',
      'Each failed Boom why',
      'Do failed Boom why',
      'Give up failed GaveUp undefined',
    ]);
  });

  it('keeps the iterations of a Map apart and goes on after it', () => {
    const view = foldHistory(
      events([
        ['ExecutionStarted', 0],
        ['MapStateEntered', 0, entered('Each')],
        ['MapStateStarted', 2, { length: 2 }],
        ['MapIterationStarted', 3, { name: 'Each', index: 0 }],
        ['PassStateEntered', 4, entered('Do')],
        ['MapIterationStarted', 3, { name: 'Each', index: 1 }],
        ['PassStateEntered', 6, entered('Do')],
        ['PassStateExited', 7, { name: 'Do', output: '1' }],
        ['MapIterationSucceeded', 8, { name: 'Each', index: 1 }],
        ['PassStateExited', 5, { name: 'Do', output: '0' }],
        ['MapIterationSucceeded', 10, { name: 'Each', index: 0 }],
        ['MapStateSucceeded', 11],
        ['MapStateExited', 12, { name: 'Each', output: '[0,1]' }],
        ['SucceedStateEntered', 13, entered('Done')],
      ]),
    );
    expect(view.entries.map((e) => [e.name, e.iteration, e.output, e.parent?.name])).toEqual([
      ['Each', undefined, '[0,1]', undefined],
      ['Do', 0, '0', 'Each'],
      ['Do', 1, '1', 'Each'],
      ['Done', undefined, undefined, undefined],
    ]);
    expect(view.taken.get(transitionKey('Each', 'Done'))).toBe(1);
  });

  it('charges a failure outside any task to the open state', () => {
    const view = foldHistory(
      events([
        ['ExecutionStarted', 0],
        ['ChoiceStateEntered', 0, entered('Pick')],
        ['ExecutionFailed', 2, { error: 'States.NoChoiceMatched', cause: 'none' }],
      ]),
    );
    expect(view.failed).toMatchObject({
      name: 'Pick',
      status: 'failed',
      error: 'States.NoChoiceMatched',
    });
  });

  it('waits for a token once the task is submitted', () => {
    expect(
      summary([
        ['ExecutionStarted', 0],
        ['TaskStateEntered', 0, entered('Ask')],
        ['TaskScheduled', 2, {}],
        ['TaskStarted', 3],
        ['TaskSubmitted', 4, { output: '{}' }],
      ]),
    ).toEqual(['Ask waiting 1']);
  });
});
