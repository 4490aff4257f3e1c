/** What happens to executions as a whole, and what is said of them at their start. */
import {
  after,
  began,
  byToken,
  fail,
  redrive,
  type Scenario,
  start,
  stop,
  submitted,
  succeed,
  tick,
} from '../play.ts';
import { ACTIVITY, CALLBACK, FUNCTION, INVOKE, machine, only } from './resources.ts';

const ARN = 'arn:aws:states:eu-central-1:123456789012';
const CALL = {
  Type: 'Task',
  Resource: INVOKE,
  Parameters: { FunctionName: 'price', 'Payload.$': '$' },
};

const ENDS: readonly Scenario[] = [
  {
    name: 'stop',
    about: 'StopExecution with an error and a cause while a branch works and another one waits',
    definition: machine({
      Both: {
        Type: 'Parallel',
        Branches: [only('Call', CALL), only('Nap', { Type: 'Wait', Seconds: 60 })],
        End: true,
      },
    }),
    steps: [start({}), began(), stop('Operator', 'no longer needed')],
  },
  {
    name: 'stop-then-redrive',
    about: 'Stopped in a Wait without a word; redriven it keeps the due time, and succeeds',
    definition: machine({
      Nap: { Type: 'Wait', Seconds: 60, Next: 'Call' },
      Call: { ...CALL, End: true },
    }),
    steps: [start({}), after(20_000, stop()), after(5_000, redrive()), tick, began(), succeed(1)],
  },
  {
    name: 'execution-timeout',
    about: 'TimeoutSeconds of the machine passes while a task works; redriven, the time is new',
    definition: machine({ Call: { ...CALL, End: true } }, { TimeoutSeconds: 15 }),
    steps: [start({}), began(), tick, after(60_000, redrive('again-1')), began(), succeed({})],
  },
  {
    name: 'redrive',
    about: 'A failed execution is redriven twice, with a client token; variables and retries',
    definition: machine({
      Set: { Type: 'Pass', Assign: { kept: 'yes' }, Next: 'Call' },
      Call: {
        ...CALL,
        Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 1 }],
        Next: 'Show',
      },
      Show: { Type: 'Pass', Parameters: { 'kept.$': '$kept' }, End: true },
    }),
    steps: [
      start({}),
      fail('Busy'),
      tick,
      fail('Busy', 'twice'),
      after(1_000, redrive('token-1')),
      began(),
      fail('Busy'),
      tick,
      fail('Gone'),
      after(1_000, redrive('token-2')),
      began(),
      succeed({}),
    ],
  },
  {
    name: 'redrive-children',
    about: 'Redriven in a Map in a Parallel: what had ended well keeps its output',
    definition: machine({
      Both: {
        Type: 'Parallel',
        Branches: [
          only('Each', {
            Type: 'Map',
            MaxConcurrency: 2,
            ItemProcessor: only('Call', CALL),
          }),
          only('Other', CALL),
        ],
        End: true,
      },
    }),
    steps: [
      start(['a', 'b', 'c']),
      began(0),
      began(1),
      succeed('other', 0),
      succeed('A', 0),
      fail('Bad', 'b', 0),
      after(1_000, redrive()),
      began(0),
      succeed('B', 0),
      began(0),
      succeed('C', 0),
    ],
  },
];

const KINDS: readonly Scenario[] = [
  {
    name: 'version-alias',
    about: 'Started by an alias that leads to a version',
    definition: machine({ Keep: { Type: 'Pass', End: true } }),
    facts: {
      versionArn: `${ARN}:stateMachine:Orders:3`,
      aliasArn: `${ARN}:stateMachine:Orders:live`,
    },
    steps: [start({})],
  },
  {
    name: 'express',
    about: 'An Express execution that is started and not waited for',
    definition: machine({
      Call: { ...CALL, Next: 'See' },
      See: { Type: 'Pass', Parameters: { 'execution.$': '$$.Execution' }, End: true },
    }),
    facts: { type: 'EXPRESS', arn: `${ARN}:express:Orders:express:0f5a` },
    steps: [start({}), began(), succeed({ Payload: 1 })],
  },
  {
    name: 'express-sync',
    about: 'StartSyncExecution: the context object has no count of redrives; it times out',
    definition: machine({
      See: { Type: 'Pass', Parameters: { 'execution.$': '$$.Execution' }, Next: 'Call' },
      Call: { ...CALL, End: true },
    }),
    facts: { type: 'EXPRESS', arn: `${ARN}:express:Orders:express-sync:0f5b`, synchronous: true },
    steps: [start({}), began(), tick],
  },
  {
    name: 'mocks',
    about: 'A test case answers some states: a function, an activity and a callback',
    definition: machine({
      Call: {
        Type: 'Task',
        Resource: FUNCTION,
        Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1 }],
        Next: 'Pack',
      },
      Pack: { Type: 'Task', Resource: ACTIVITY, Next: 'Ask' },
      Ask: {
        Type: 'Task',
        Resource: CALLBACK,
        Parameters: { 'T.$': '$$.Task.Token' },
        Next: 'Real',
      },
      Real: { ...CALL, End: true },
    }),
    facts: { testCase: 'Happy' },
    options: {
      mocks: {
        StateMachines: {
          Orders: { TestCases: { Happy: { Call: 'Twice', Pack: 'Ok', Ask: 'Ok' } } },
        },
        MockedResponses: {
          Twice: { '0': { Throw: { Error: 'Busy' } }, '1': { Return: 1 } },
          Ok: { '0-9': { Return: { ok: true } } },
        },
      },
    },
    steps: [
      start({}),
      began(),
      fail('Busy'),
      tick,
      began(),
      succeed(1),
      began(),
      succeed({ ok: true }),
      began(),
      submitted({}),
      byToken(succeed({ ok: true })),
      began(),
      succeed({}),
    ],
  },
  {
    name: 'tracing',
    about: 'Traced under a segment of the caller: calls that are throttled, fail and time out',
    definition: machine({
      'Good or Bad?': { ...CALL, Retry: [{ ErrorEquals: ['States.ALL'] }], Next: 'Store' },
      Store: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:dynamodb:getItem',
        Parameters: { TableName: 'orders', Key: { id: { S: '1' } } },
        TimeoutSeconds: 2,
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Twice' }],
        End: true,
      },
      Twice: {
        Type: 'Parallel',
        Branches: [only('Left', CALL), only('Right', CALL)],
        End: true,
      },
    }),
    trace: { traceId: '1-69b52aed-4f1d9c5be1a24e07b3c65a90', parentId: '53995c3f42cd8ad8' },
    steps: [
      start({}),
      began(),
      fail(
        'Lambda.TooManyRequestsException',
        'Rate Exceeded. (Service: Lambda, Status Code: 429, Request ID: 5f1c2d1e-0000-4000-8000-a1)',
      ),
      tick,
      began(),
      succeed({ Payload: 1 }),
      began(),
      tick,
      began(0),
      began(1),
      succeed('left', 0),
      fail('Lambda.ServiceException', 'internal (Service: Lambda; Status Code: 500; x)', 0),
    ],
  },
  {
    name: 'loop',
    about: 'A loop with many events, cut by the budget of a fold again and again; rows as bytes',
    definition: machine({
      More: {
        Type: 'Choice',
        Choices: [{ Variable: '$.n', NumericLessThan: 40, Next: 'Add' }],
        Default: 'Done',
      },
      Add: { Type: 'Pass', Parameters: { 'n.$': 'States.MathAdd($.n, 1)' }, Next: 'More' },
      Done: { Type: 'Succeed' },
    }),
    options: { budget: { events: 50 } },
    packed: true,
    steps: [start({ n: 0 })],
  },
  {
    name: 'history-full',
    about: 'The event after which there is no room for another one fails the execution',
    definition: machine({
      Again: {
        Type: 'Choice',
        Choices: [{ Variable: '$.enough', IsPresent: true, Next: 'Done' }],
        Default: 'Count',
      },
      Count: { Type: 'Pass', Next: 'Again' },
      Done: { Type: 'Succeed' },
    }),
    options: { limits: { historyEvents: 12 } },
    steps: [start({})],
  },
  {
    name: 'data-too-large',
    about: 'A task answers more than a state may hold',
    definition: machine({ Call: { ...CALL, End: true } }),
    options: { limits: { payloadBytes: 100 } },
    steps: [start({}), began(), succeed({ long: 'x'.repeat(120) })],
  },
];

export const EXECUTIONS: readonly Scenario[] = [...ENDS, ...KINDS];
