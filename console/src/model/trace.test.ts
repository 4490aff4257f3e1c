import { describe, expect, it } from 'vitest';
import { causeOf, executionOf, firstTrouble, readTrace, visibleRows } from './trace.ts';

const arn = 'arn:aws:states:us-east-1:000000000000:execution:m:e1';
const machine = {
  id: 'a1',
  name: 'm',
  trace_id: '1-0-0',
  start_time: 10,
  end_time: 11,
  origin: 'AWS::StepFunctions::StateMachine',
  fault: true,
  aws: { resource_arn: arn },
  cause: {},
  subsegments: [
    { id: 'a3', name: 'Second', start_time: 10.6, end_time: 11, cause: 'ee' },
    {
      id: 'a2',
      name: 'First',
      start_time: 10.1,
      end_time: 10.5,
      fault: true,
      cause: {
        message: 'no',
        exceptions: [{ id: 'ee', type: 'Boom', message: 'no', truncated: 2 }],
      },
      subsegments: [
        {
          id: 'a4',
          name: 'Lambda',
          namespace: 'aws',
          start_time: 10.2,
          end_time: 10.5,
          error: true,
          throttle: true,
          http: { response: { status: 429 } },
          aws: { operation: 'Invoke', resource_names: ['fn'] },
        },
      ],
    },
  ],
};
const lambda = {
  id: 'b1',
  parent_id: 'a4',
  name: 'fn',
  origin: 'AWS::Lambda',
  start_time: 10.2,
  in_progress: true,
};
const inferred = {
  id: 'c1',
  parent_id: 'a4',
  name: 'fn',
  start_time: 10,
  end_time: 11,
  inferred: true,
};
const tree = readTrace([lambda, machine, inferred].map((document) => JSON.stringify(document)));

describe('rows of a trace', () => {
  it('hangs a callee below its call, in order of time, without inferred ones', () => {
    expect(
      visibleRows(tree, new Set()).map((row) => `${row.depth} ${row.name} ${row.status}`),
    ).toEqual(['0 m fault', '1 First fault', '2 Lambda throttle', '3 fn pending', '1 Second ok']);
    expect(visibleRows(tree, new Set(['a2'])).map((row) => row.name)).toEqual([
      'm',
      'First',
      'Second',
    ]);
  });

  it('reads times, notes and links', () => {
    expect(tree).toMatchObject({ start: 10_000, end: 11_000, isPartial: true, count: 5 });
    expect(tree.byId.get('a4')).toMatchObject({
      note: 'Invoke: fn',
      httpStatus: 429,
      service: 'm',
    });
    expect(executionOf(tree.roots[0]!)).toBe(arn);
    expect(executionOf(tree.byId.get('a2')!)).toBeUndefined();
  });

  it('resolves causes and finds the trouble', () => {
    expect(causeOf(tree.roots[0]!)).toBeUndefined();
    expect(causeOf(tree.byId.get('a2')!)?.exceptions[0]).toMatchObject({
      type: 'Boom',
      skipped: 2,
    });
    expect(firstTrouble(tree)?.name).toBe('First');
  });

  it('survives garbage and parents in a circle', () => {
    const circle = [
      { id: 'x', parent_id: 'y', name: 'x', start_time: 1, end_time: 2 },
      { id: 'y', parent_id: 'x', name: 'y', start_time: 1, end_time: 2 },
    ];
    const odd = readTrace(['{', '7', ...circle.map((one) => JSON.stringify(one))]);
    expect(visibleRows(odd, new Set()).map((row) => row.name)).toEqual(['y', 'x']);
  });
});
