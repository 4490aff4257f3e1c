import { describe, expect, it } from 'vitest';
import { compileMachine } from './compile.ts';
import { references } from './variables.ts';

const end = { End: true };

describe('references', () => {
  it('finds them wherever a JSONPath state can use them', () => {
    const machine = compileMachine(
      JSON.stringify({
        StartAt: 'Task',
        States: {
          Task: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: {
              'a.$': '$b.c',
              d: '$literal',
              'e.$': "States.Format('{}', States.Array($f))",
            },
            TimeoutSecondsPath: '$a',
            Assign: { assigned: 1, 'other.$': '$z' },
            Next: 'Choice',
          },
          Choice: {
            Type: 'Choice',
            Choices: [{ Not: { Variable: '$v', NumericEqualsPath: '$w[0]' }, Next: 'Map' }],
            Default: 'Map',
          },
          Map: {
            Type: 'Map',
            ItemsPath: '$list',
            ItemBatcher: { MaxItemsPerBatchPath: '$size', BatchInput: { 'x.$': '$y' } },
            ItemProcessor: {
              ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
              StartAt: 'Inner',
              States: { Inner: { Type: 'Wait', SecondsPath: '$s', ...end } },
            },
            ...end,
          },
        },
      }),
    );
    expect(references(machine)).toEqual({
      Task: ['a', 'b', 'f', 'z'],
      Choice: ['v', 'w'],
      Map: ['list', 'size', 'y'],
      Inner: ['s'],
    });
  });

  it('finds them in expressions, without what expressions bind themselves', () => {
    const machine = compileMachine(
      JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'A',
        States: {
          A: {
            Type: 'Pass',
            Output: {
              one: '{% $x + $sum($states.input.a[b = $y]) %}',
              two: '{% ($own := 1; $map($z, function($p) { $p + $own })) %}',
              three: 'no $expression',
            },
            Next: 'B',
          },
          B: { Type: 'Choice', Choices: [{ Condition: '{% $flag %}', Next: 'C' }], Default: 'C' },
          C: { Type: 'Fail', Error: '{% $reduce($names, $join) %}' },
        },
      }),
    );
    expect(references(machine)).toEqual({ A: ['x', 'y', 'z'], B: ['flag'], C: ['names'] });
  });
});
