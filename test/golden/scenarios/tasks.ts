/** Tasks: every kind of work, every way in which an attempt ends, Retry and Catch. */
import {
  after,
  beat,
  began,
  byToken,
  fail,
  lose,
  type Scenario,
  start,
  submitted,
  succeed,
  tick,
} from '../play.ts';
import { ACTIVITY, CALLBACK, CHILD, FUNCTION, INVOKE, machine, PUT_ITEM } from './resources.ts';

const CALL = {
  Type: 'Task',
  Resource: INVOKE,
  Parameters: { FunctionName: 'price', 'Payload.$': '$' },
};
const TOKEN = {
  Type: 'Task',
  Resource: CALLBACK,
  Parameters: { QueueUrl: 'http://queue/jobs', MessageBody: { 'token.$': '$$.Task.Token' } },
};
const METADATA = {
  StatusCode: 200,
  Payload: { cents: 5 },
  SdkHttpMetadata: { AllHttpHeaders: { 'Content-Length': ['11'] }, HttpStatusCode: 200 },
  SdkResponseMetadata: { RequestId: '7f3c9c1a-2f4e-4f0a-9c64-0b6f0a8d1c11' },
};
const THROTTLED =
  'Rate exceeded (Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException; ' +
  'Request ID: 2d0e5f0a-7a65-4f7e-8f3b-1d1f7f0c9a01; Proxy: null)';

const ANSWERED: readonly Scenario[] = [
  {
    name: 'task-success',
    about: 'An optimised integration, one of the SDK with credentials, a function by its ARN',
    definition: machine({
      Invoke: { ...CALL, Next: 'Store' },
      Store: {
        Type: 'Task',
        Resource: PUT_ITEM,
        Parameters: { TableName: 'orders', Item: { id: { S: '1' } } },
        Credentials: { RoleArn: 'arn:aws:iam::210987654321:role/writer' },
        TimeoutSeconds: 20,
        ResultPath: null,
        Next: 'Function',
      },
      Function: { Type: 'Task', Resource: FUNCTION, HeartbeatSeconds: 9, End: true },
    }),
    steps: [
      start({ sku: 'a' }),
      began(),
      succeed(METADATA),
      began(),
      succeed({}),
      began(),
      succeed('a text'),
    ],
  },
  {
    name: 'task-failure',
    about: 'A task fails and nothing recovers from it',
    definition: machine({ Call: { ...CALL, End: true } }),
    steps: [start({}), began(), fail('OutOfStock', '{"errorMessage":"nothing left"}')],
  },
  {
    name: 'function-failure',
    about: 'A function by its ARN fails, and says neither error nor cause',
    definition: machine({ Call: { Type: 'Task', Resource: FUNCTION, End: true } }),
    steps: [start({}), began(), fail()],
  },
  {
    name: 'task-lost',
    about: 'The process that ran an attempt has died; its outcome is unknown, Retry tries again',
    definition: machine({
      Call: { ...CALL, Retry: [{ ErrorEquals: ['Lambda.Unknown'] }], End: true },
    }),
    steps: [start({}), began(), lose(), tick, began(), succeed({})],
  },
  {
    name: 'wait-for-task-token',
    about: 'An answer by token after the request was accepted, one before it, a request refused',
    definition: machine({
      Late: { ...TOKEN, ResultPath: '$.late', Next: 'Early' },
      Early: { ...TOKEN, ResultPath: '$.early', Next: 'Early failure' },
      'Early failure': {
        ...TOKEN,
        Catch: [{ ErrorEquals: ['Rejected'], ResultPath: '$.no', Next: 'Refused' }],
        Next: 'Refused',
      },
      Refused: { ...TOKEN, End: true },
    }),
    steps: [
      start({}),
      began(),
      submitted({ MessageId: 'm-1' }),
      after(5_000, byToken(succeed({ by: 'hand' }))),
      began(),
      byToken(succeed({ by: 'machine' })),
      submitted({ MessageId: 'm-2' }),
      byToken(fail('Rejected', 'not today')),
      submitted({ MessageId: 'm-3' }),
      began(),
      fail('SQS.QueueDoesNotExistException', 'The specified queue does not exist.'),
    ],
  },
  {
    name: 'sync-child',
    about: 'An execution that is waited for: it succeeds, and the next one fails',
    definition: machine({
      Child: {
        Type: 'Task',
        Resource: CHILD,
        Parameters: { 'StateMachineArn.$': '$.machine', Input: { a: 1 } },
        ResultSelector: { 'out.$': '$.Output' },
        ResultPath: '$.first',
        Next: 'Second',
      },
      Second: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync',
        Parameters: { 'StateMachineArn.$': '$.machine' },
        End: true,
      },
    }),
    steps: [
      start({ machine: 'arn:aws:states:eu-central-1:123456789012:stateMachine:Child' }),
      began(),
      submitted({ ExecutionArn: 'arn:child:1', StartDate: 1 }),
      after(60_000, byToken(succeed({ Output: { done: true }, Status: 'SUCCEEDED' }))),
      began(),
      submitted({ ExecutionArn: 'arn:child:2', StartDate: 2 }),
      byToken(fail('States.TaskFailed', '{"Status":"FAILED"}')),
    ],
  },
  {
    name: 'activity',
    about: 'Workers of an activity: success with heartbeats, failure, silence',
    definition: machine({
      Pack: {
        Type: 'Task',
        Resource: ACTIVITY,
        HeartbeatSeconds: 30,
        TimeoutSeconds: 100,
        Next: 'Send',
      },
      Send: {
        Type: 'Task',
        Resource: ACTIVITY,
        Retry: [{ ErrorEquals: ['Torn'], IntervalSeconds: 5, MaxAttempts: 1 }],
        Next: 'Hand over',
      },
      'Hand over': { Type: 'Task', Resource: ACTIVITY, TimeoutSeconds: 10, End: true },
    }),
    steps: [
      start({ parcel: 1 }),
      after(90_000, began(0, 'anna')),
      after(20_000, beat()),
      after(20_000, beat()),
      succeed({ packed: true }),
      began(0, 'ben'),
      fail('Torn', 'the box is torn'),
      tick,
      began(),
      succeed({ sent: true }),
      began(0, 'carl'),
      tick,
    ],
  },
];

const RECOVERY: readonly Scenario[] = [
  {
    name: 'retry',
    about: 'Back-off with jitter, a longest delay, two retriers that count apart; success at last',
    definition: machine({
      Call: {
        ...CALL,
        Retry: [
          {
            ErrorEquals: ['Busy', 'Lambda.TooManyRequestsException'],
            IntervalSeconds: 3,
            BackoffRate: 4,
            MaxAttempts: 4,
            MaxDelaySeconds: 20,
            JitterStrategy: 'FULL',
          },
          { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, BackoffRate: 1.5 },
        ],
        End: true,
      },
    }),
    steps: [
      start({}),
      began(),
      fail('Busy', 'come again'),
      tick,
      began(),
      fail('Lambda.TooManyRequestsException', THROTTLED),
      tick,
      fail('Other'),
      tick,
      began(),
      fail('Busy'),
      tick,
      began(),
      fail('Other', 'again'),
      tick,
      began(),
      succeed(METADATA),
    ],
  },
  {
    name: 'retry-exhausted',
    about: 'Retries are used up; the execution fails with the last error',
    definition: machine({
      Call: {
        ...CALL,
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 2 }],
        End: true,
      },
    }),
    steps: [start({}), fail('A'), tick, fail('B'), tick, began(), fail('C', 'the last')],
  },
  {
    name: 'catch',
    about: 'Catch with a result path, with none, with null, and with variables',
    definition: machine({
      Path: {
        ...CALL,
        Catch: [{ ErrorEquals: ['E'], ResultPath: '$.problem', Next: 'Null' }],
        End: true,
      },
      Null: {
        ...CALL,
        Catch: [{ ErrorEquals: ['E'], ResultPath: null, Next: 'Whole' }],
        End: true,
      },
      Whole: {
        ...CALL,
        Catch: [{ ErrorEquals: ['E'], Assign: { 'cause.$': '$.Cause' }, Next: 'Done' }],
        End: true,
      },
      Done: { Type: 'Pass', Parameters: { 'cause.$': '$cause', 'error.$': '$.Error' }, End: true },
    }),
    steps: [start({ a: 1 }), fail('E', 'one'), fail('E', 'two'), began(), fail('E', 'three')],
  },
  {
    name: 'states-all',
    about:
      'Retriers and catchers in a chain: names first, States.TaskFailed, States.ALL at the end',
    definition: machine({
      Call: {
        ...CALL,
        TimeoutSeconds: 5,
        Retry: [
          { ErrorEquals: ['Never'], MaxAttempts: 0 },
          { ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, MaxAttempts: 1 },
          { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 1 },
        ],
        Catch: [
          { ErrorEquals: ['Expected'], Next: 'Wrong way' },
          { ErrorEquals: ['States.Timeout'], Next: 'Wrong way' },
          { ErrorEquals: ['States.TaskFailed'], ResultPath: '$.error', Next: 'Second' },
        ],
        End: true,
      },
      Second: {
        ...CALL,
        Catch: [
          { ErrorEquals: ['Expected'], Next: 'Wrong way' },
          { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Done' },
        ],
        End: true,
      },
      'Wrong way': { Type: 'Fail', Error: 'WrongWay' },
      Done: { Type: 'Succeed' },
    }),
    steps: [
      start({}),
      began(),
      tick,
      tick,
      began(),
      fail('Surprise'),
      tick,
      began(),
      fail('Surprise', 'again'),
      fail('Anything'),
    ],
  },
  {
    name: 'timeout',
    about: 'Timeouts of an integration, a function and an activity, each caught',
    definition: machine({
      Call: {
        ...CALL,
        TimeoutSecondsPath: '$.seconds',
        Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Function' }],
        End: true,
      },
      Function: {
        Type: 'Task',
        Resource: FUNCTION,
        TimeoutSeconds: 4,
        Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Pack' }],
        End: true,
      },
      Pack: { Type: 'Task', Resource: ACTIVITY, TimeoutSeconds: 5, End: true },
    }),
    steps: [start({ seconds: 3 }), began(), tick, began(), tick, began(0, 'anna'), tick],
  },
  {
    name: 'heartbeat',
    about: 'A heartbeat that stays away is retried; then heartbeats come and the timeout is near',
    definition: machine({
      Ask: {
        ...TOKEN,
        HeartbeatSeconds: 10,
        TimeoutSeconds: 25,
        Retry: [{ ErrorEquals: ['States.HeartbeatTimeout'], IntervalSeconds: 1, MaxAttempts: 1 }],
        End: true,
      },
    }),
    steps: [
      start({}),
      beat(),
      began(),
      submitted({}),
      tick,
      tick,
      began(),
      submitted({}),
      after(8_000, beat()),
      after(8_000, beat()),
      after(7_000, byToken(succeed({ in: 'time' }))),
    ],
  },
];

export const TASKS: readonly Scenario[] = [...ANSWERED, ...RECOVERY];
