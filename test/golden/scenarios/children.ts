/** Parallel and inline Map, and errors that come from deep inside them. */
import { after, began, fail, type Scenario, start, succeed, tick } from '../play.ts';
import { CALLBACK, INVOKE, machine, only } from './resources.ts';

const CALL = {
  Type: 'Task',
  Resource: INVOKE,
  Parameters: { FunctionName: 'price', 'Payload.$': '$' },
};
const ASK = {
  Type: 'Task',
  Resource: CALLBACK,
  Parameters: { QueueUrl: 'http://queue/jobs', MessageBody: { 'token.$': '$$.Task.Token' } },
};
const WAIT = { Type: 'Wait', Seconds: 60 };

const PARALLEL: readonly Scenario[] = [
  {
    name: 'parallel',
    about: 'Branches that end in another order than they began; the result is in their order',
    definition: machine({
      Both: {
        Type: 'Parallel',
        Parameters: { 'n.$': '$.n' },
        Branches: [
          only('Call', CALL),
          only('Nap', { Type: 'Wait', Seconds: 2 }),
          only('Ask', CALL),
        ],
        ResultSelector: { 'first.$': '$[0]', 'all.$': '$' },
        ResultPath: '$.result',
        End: true,
      },
    }),
    steps: [start({ n: 1 }), began(0), began(1), succeed('third', 1), tick, succeed('first')],
  },
  {
    name: 'parallel-cut',
    about: 'The budget of a fold ends between the branches, before some of them have begun',
    definition: machine({
      All: {
        Type: 'Parallel',
        Parameters: { 'n.$': '$.n' },
        Branches: [1, 2, 3].map((n) => only(`Keep ${n}`, { Type: 'Pass' })),
        End: true,
      },
    }),
    options: { budget: { events: 3 } },
    steps: [start({ n: 1, m: 2 })],
  },
  {
    name: 'parallel-fails',
    about: 'A branch fails: a Task, a Wait, a Parallel and a Map beside it are aborted',
    definition: machine({
      All: {
        Type: 'Parallel',
        Branches: [
          only('Call', CALL),
          only('Nap', WAIT),
          only('Inner', { Type: 'Parallel', Branches: [only('Deep nap', WAIT)] }),
          only('Each', {
            Type: 'Map',
            ItemsPath: '$.items',
            ItemProcessor: only('Ask', CALL),
          }),
          machine({
            Soon: { Type: 'Wait', Seconds: 1, Next: 'Give up' },
            'Give up': { Type: 'Fail', Error: 'GaveUp', Cause: 'as planned' },
          }),
        ],
        End: true,
      },
    }),
    steps: [start({ items: [1, 2] }), began(0), began(1), tick],
  },
  {
    name: 'parallel-caught',
    about: 'A Parallel is retried once as a whole, then its failure is caught',
    definition: machine({
      Both: {
        Type: 'Parallel',
        Branches: [only('Call', CALL), only('Ask', ASK)],
        Retry: [{ ErrorEquals: ['Broken'], IntervalSeconds: 2, MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Mend' }],
        End: true,
      },
      Mend: { Type: 'Pass', End: true },
    }),
    steps: [
      start({}),
      began(0),
      began(1),
      fail('Broken', 'once', 0),
      tick,
      began(0),
      fail('Broken', 'twice', 1),
    ],
  },
];

const MAP: readonly Scenario[] = [
  {
    name: 'map-inline',
    about: 'Two iterations at once, an ItemSelector, the result in the order of the items',
    definition: machine({
      Each: {
        Type: 'Map',
        ItemsPath: '$.items',
        MaxConcurrency: 2,
        ItemSelector: {
          'item.$': '$$.Map.Item.Value',
          'at.$': '$$.Map.Item.Index',
          'of.$': '$.order',
        },
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...only('Call', CALL) },
        ResultPath: '$.results',
        End: true,
      },
    }),
    steps: [
      start({ order: 'o', items: ['a', 'b', 'c'] }),
      began(0),
      began(1),
      succeed('B', 1),
      began(1),
      succeed('A', 0),
      succeed('C', 0),
    ],
  },
  {
    name: 'map-one-by-one',
    about: 'One iteration at a time, of an effective input that is not the raw one',
    definition: machine({
      Each: {
        Type: 'Map',
        InputPath: '$.order',
        ItemsPath: '$.items',
        MaxConcurrency: 1,
        ItemSelector: { 'item.$': '$$.Map.Item.Value', 'of.$': '$.id' },
        ItemProcessor: only('Call', CALL),
        End: true,
      },
    }),
    steps: [start({ order: { id: 'o', items: [1, 2] } }), began(), succeed(1), began(), succeed(2)],
  },
  {
    name: 'map-legacy',
    about: 'Iterator and Parameters, the fields of old; no items at all in the second one',
    definition: machine({
      Each: {
        Type: 'Map',
        Parameters: { 'v.$': '$$.Map.Item.Value' },
        Iterator: only('Keep', { Type: 'Pass' }),
        Next: 'None',
      },
      None: {
        Type: 'Map',
        InputPath: '$[0].v',
        ItemsPath: '$.nothing',
        Iterator: only('Keep 2', { Type: 'Pass' }),
        End: true,
      },
    }),
    steps: [start([{ nothing: [] }, 2])],
  },
  {
    name: 'map-tolerated',
    about: 'An inline Map with a tolerance: it is read for its errors, but tolerates nothing',
    definition: machine({
      Each: {
        Type: 'Map',
        ToleratedFailureCountPath: '$[0]',
        ToleratedFailurePercentage: 50,
        MaxConcurrency: 1,
        ItemProcessor: only('Call', CALL),
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }],
        End: true,
      },
      Done: { Type: 'Succeed' },
    }),
    steps: [start([1, 2, 3]), began(), succeed('ok'), began(), fail('Bad', 'item 2')],
  },
  {
    name: 'map-fails',
    about: 'One iteration fails; the open ones are aborted and the execution fails',
    definition: machine({
      Each: {
        Type: 'Map',
        ItemProcessor: machine({
          Call: { ...CALL, Next: 'Nap' },
          Nap: { ...WAIT, End: true },
        }),
        End: true,
      },
    }),
    steps: [start([1, 2, 3]), began(0), began(1), succeed({}, 0), fail('Bad', 'item 1', 0)],
  },
];

const NESTED: readonly Scenario[] = [
  {
    name: 'nested-error',
    about: 'An error in a Map in a branch in a Map goes outwards until something catches it',
    definition: machine({
      Outer: {
        Type: 'Map',
        ItemProcessor: only('Sides', {
          Type: 'Parallel',
          Branches: [
            only('Inner', {
              Type: 'Map',
              Retry: [{ ErrorEquals: ['Deep'], IntervalSeconds: 1, MaxAttempts: 1 }],
              ItemProcessor: only('Call', {
                ...CALL,
                Catch: [{ ErrorEquals: ['Shallow'], Next: 'Call' }],
              }),
            }),
            only('Nap', WAIT),
          ],
        }),
        Catch: [{ ErrorEquals: ['Deep'], ResultPath: '$[0][0]', Next: 'Done' }],
        End: true,
      },
      Done: { Type: 'Succeed' },
    }),
    steps: [
      start([[1], [2, 3]]),
      began(0),
      fail('Shallow', 'caught inside', 0),
      began(2),
      fail('Deep', 'retried by the inner Map', 2),
      tick,
      after(10, began(1)),
      succeed('one', 0),
      fail('Deep', 'caught by the outer Map', 0),
    ],
  },
];

export const CHILDREN: readonly Scenario[] = [...PARALLEL, ...MAP, ...NESTED];
