/** States without work of their own, and what data flow, variables and expressions do in them. */
import { type Scenario, start, succeed, tick } from '../play.ts';
import { INVOKE, machine } from './resources.ts';

const END = { End: true };

export const STATES: readonly Scenario[] = [
  {
    name: 'pass-choice-wait-succeed',
    about: 'Pass, Choice, Wait with seconds and with a timestamp in the past, Succeed',
    definition: machine({
      Prepare: { Type: 'Pass', Result: { stock: 3 }, ResultPath: '$.found', Next: 'Enough?' },
      'Enough?': {
        Type: 'Choice',
        Choices: [
          { Variable: '$.found.stock', NumericLessThan: 1, Next: 'Prepare' },
          {
            And: [
              { Variable: '$.found.stock', NumericGreaterThanEqualsPath: '$.wanted' },
              { Not: { Variable: '$.cancelled', IsPresent: true } },
            ],
            Next: 'Pause',
          },
        ],
        Default: 'Prepare',
      },
      Pause: { Type: 'Wait', SecondsPath: '$.pause', Next: 'Long ago' },
      'Long ago': { Type: 'Wait', Timestamp: '2001-02-03T04:05:06Z', Next: 'Done' },
      Done: { Type: 'Succeed', OutputPath: '$.found' },
    }),
    steps: [start({ wanted: 2, pause: 30 }), tick],
  },
  {
    name: 'fail',
    about: 'Fail with paths; the execution fails with what they name',
    definition: machine({
      Refuse: { Type: 'Fail', ErrorPath: '$.error', CausePath: "States.Format('no {}', $.what)" },
    }),
    steps: [start({ error: 'Order.Refused', what: 'stock' })],
  },
  {
    name: 'runtime-error',
    about: 'An input path that is not there ends the execution',
    definition: machine({ Read: { Type: 'Pass', InputPath: '$.missing.here', ...END } }),
    steps: [start({ there: 1 })],
  },
  {
    name: 'jsonpath-data-flow',
    about: 'Every JSONPath field, the context object, intrinsic functions that use chance',
    definition: machine({
      Order: {
        Type: 'Task',
        Resource: INVOKE,
        InputPath: '$.order',
        Parameters: {
          FunctionName: 'price',
          Payload: {
            'items.$': '$.items[*].sku',
            'execution.$': '$$.Execution.Name',
            'entered.$': '$$.State.EnteredTime',
            'id.$': 'States.UUID()',
            'lot.$': 'States.MathRandom(1, 1000)',
            'hash.$': "States.Hash($.items[0].sku, 'SHA-256')",
          },
        },
        ResultSelector: { 'cents.$': '$.Payload.cents', 'status.$': '$.StatusCode' },
        ResultPath: '$.price',
        OutputPath: '$',
        Next: 'Split',
      },
      Split: {
        Type: 'Pass',
        Parameters: {
          'pairs.$': 'States.ArrayPartition($.order.items, 2)',
          'text.$': "States.Format('{} cents', $.price.cents)",
          'merged.$': 'States.JsonMerge($.price, $.order, false)',
        },
        ResultPath: '$.parts',
        ...END,
      },
    }),
    steps: [
      start({ order: { items: [{ sku: 'a' }, { sku: 'b' }, { sku: 'ü' }] } }),
      succeed({ StatusCode: 200, Payload: { cents: 12_345_678_901_234 } }),
    ],
  },
  {
    name: 'jsonata',
    about: 'JSONata: Arguments, Output, Assign, Condition, Seconds, chance, a failing expression',
    definition: machine(
      {
        Price: {
          Type: 'Task',
          Resource: INVOKE,
          Arguments: {
            FunctionName: 'price',
            Payload: '{% { "total": $sum($states.input.items.cents), "draw": $random() } %}',
          },
          Assign: { total: '{% $states.result.Payload.total %}', id: '{% $uuid() %}' },
          Output: '{% { "paid": $states.result.Payload.total > 100 } %}',
          Next: 'Paid?',
        },
        'Paid?': {
          Type: 'Choice',
          Choices: [
            {
              Condition: '{% $states.input.paid and $total = 150 %}',
              Assign: { total: '{% $total + 1 %}' },
              Output: { was: '{% $total %}' },
              Next: 'Pause',
            },
          ],
          Default: 'Nothing',
        },
        Pause: { Type: 'Wait', Seconds: '{% $total - 150 %}', Next: 'Wrong' },
        Wrong: {
          Type: 'Parallel',
          Branches: [
            machine({
              Add: { Type: 'Pass', Output: '{% $states.input.was + "one" %}', End: true },
            }),
          ],
          Catch: [
            {
              ErrorEquals: ['States.QueryEvaluationError'],
              Assign: { failed: '{% $states.errorOutput.Error %}' },
              Output: '{% { "error": $states.errorOutput.Error } %}',
              Next: 'Nothing',
            },
          ],
          ...END,
        },
        Nothing: { Type: 'Succeed', Output: '{% { "failed": $failed, "id": $id } %}' },
      },
      { QueryLanguage: 'JSONata' },
    ),
    steps: [
      start({ items: [{ cents: 70 }, { cents: 80 }] }),
      succeed({ Payload: { total: 150 } }),
      tick,
    ],
  },
  {
    name: 'jsonata-fails',
    about: 'A JSONata expression fails and nothing catches it',
    definition: machine(
      { Divide: { Type: 'Pass', Output: '{% $number("seven") %}', End: true } },
      { QueryLanguage: 'JSONata' },
    ),
    steps: [start({})],
  },
  {
    name: 'variables',
    about: 'Assign in Pass, Choice, Task and branches; inner scopes see the outer variables',
    definition: machine({
      Set: {
        Type: 'Pass',
        Assign: { 'count.$': '$.count', limit: 2, label: 'first' },
        Next: 'Again?',
      },
      'Again?': {
        Type: 'Choice',
        Choices: [
          {
            Variable: '$count',
            NumericLessThanPath: '$limit',
            Assign: { 'count.$': 'States.MathAdd($count, 1)' },
            Next: 'Again?',
          },
        ],
        Default: 'Both',
      },
      Both: {
        Type: 'Parallel',
        Branches: [
          machine({
            Inner: { Type: 'Pass', Assign: { own: true }, Next: 'See' },
            See: { Type: 'Pass', Parameters: { 'l.$': '$label', 'o.$': '$own' }, End: true },
          }),
          machine({
            Call: {
              Type: 'Task',
              Resource: INVOKE,
              Parameters: { FunctionName: 'price', Payload: { 'count.$': '$count' } },
              Assign: { 'answer.$': '$.Payload' },
              End: true,
            },
          }),
        ],
        Assign: { 'label.$': '$[0].l' },
        ...END,
      },
    }),
    steps: [start({ count: 0 }), succeed({ Payload: 'ok' })],
  },
];
