import { expect, test } from 'vitest';
import { variableReferences } from './variable-references.ts';

const pass = (more: object) => ({ Type: 'Pass', End: true, ...more });
const machine = (States: object, more: object = {}) =>
  variableReferences({ StartAt: 'A', States, ...more } as never);

test('lists what paths, intrinsic calls and choice rules read', () => {
  const choice = {
    Type: 'Choice',
    Choices: [
      { And: [{ Variable: '$a.b', StringEqualsPath: '$c[0]' }], Next: 'A' },
      { Variable: '$.x', IsPresent: true, Next: 'A', Assign: { 'y.$': '$d' } },
    ],
  };
  expect(
    machine({
      A: pass({ InputPath: '$z', Parameters: { 'k.$': 'States.Format($y, States.UUID(), $.n)' } }),
      B: choice,
      C: { Type: 'Fail', ErrorPath: '$e', CausePath: 'States.Format($c)' },
    }),
  ).toEqual({ A: ['y', 'z'], B: ['a', 'c', 'd'], C: ['c', 'e'] });
});

test('looks into every field of a Task and a distributed Map', () => {
  const task = {
    Type: 'Task',
    Parameters: { 'a.$': '$b.c', d: '$literal', 'e.$': 'States.Array(States.Array($f))' },
    TimeoutSecondsPath: '$a',
    HeartbeatSecondsPath: '$h',
    ResultSelector: { 'r.$': '$r' },
    Credentials: { 'RoleArn.$': '$role' },
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'A', Assign: { 'x.$': '$caught' } }],
    Assign: { assigned: 1, 'other.$': '$z' },
  };
  const map = {
    Type: 'Map',
    ItemsPath: '$list',
    ItemReader: { Resource: 'r', ReaderConfig: { MaxItemsPath: '$max' } },
    ItemBatcher: { MaxItemsPerBatchPath: '$size', BatchInput: { FilePath: 'f', 'x.$': '$y' } },
    ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Wait', SecondsPath: '$s', End: true } } },
  };
  expect(machine({ A: task, B: map })).toEqual({
    A: ['a', 'b', 'caught', 'f', 'h', 'r', 'role', 'z'],
    B: ['list', 'max', 'size', 'y'],
    I: ['s'],
  });
});

test('does not take literals, contexts and assignments for references', () => {
  expect(
    machine({
      A: pass({ Result: { 'k.$': '$x' }, Assign: { x: '$y', 'i.$': '$$.Map.Item' } }),
      B: pass({ Parameters: { FilePath: 'not a path', Result: { 'k.$': '$.x' } } }),
    }),
  ).toBeUndefined();
});

test('lists nested states under their own names', () => {
  const map = {
    Type: 'Map',
    MaxConcurrencyPath: '$m',
    ItemProcessor: { StartAt: 'I', States: { I: pass({ OutputPath: '$o' }) } },
  };
  const parallel = {
    Type: 'Parallel',
    Branches: [{ StartAt: 'P', States: { P: pass({ InputPath: '$p' }) } }],
  };
  expect(machine({ A: map, B: parallel })).toEqual({ A: ['m'], I: ['o'], P: ['p'] });
});

test('lists what expressions read, whoever set the language', () => {
  const jsonata = { Type: 'Pass', Output: { v: '{% $b + $states.input.x + $sum([$a]) %}' } };
  expect(machine({ A: { ...jsonata, QueryLanguage: 'JSONata' } })).toEqual({ A: ['a', 'b'] });
  const bound = { ...jsonata, Output: '{% ($t := $c; $t + $count([1])) %}' };
  expect(machine({ A: bound }, { QueryLanguage: 'JSONata' })).toEqual({ A: ['c'] });
  const states = {
    A: pass({ Output: '{% $map($z, function($p) { $p + $reduce($names, $join) }) %}' }),
    B: { Type: 'Choice', Choices: [{ Condition: '{% $flag %}', Next: 'C' }], Default: 'C' },
    C: { Type: 'Fail', Error: '{% $e %}', Cause: 'no $expression' },
  };
  expect(machine(states, { QueryLanguage: 'JSONata' })).toEqual({
    A: ['names', 'z'],
    B: ['flag'],
    C: ['e'],
  });
});
