/** What emulators of Step Functions commonly get wrong: choice, retries, timeouts, limits. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  catchAll,
  causeIn,
  failing,
  one,
  type Run,
  sequence,
  Workbench,
} from '../support/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

describe('choice and fail', () => {
  const choice = (rule: object, input: unknown) =>
    bench.express(
      {
        StartAt: 'C',
        States: {
          C: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
          Yes: { Type: 'Pass', Result: 'yes', End: true },
          No: { Type: 'Pass', Result: 'no', End: true },
        },
      },
      input,
    );

  it('no rule that holds fails the execution', async () => {
    const told = await bench.run(
      {
        StartAt: 'C',
        States: {
          C: { Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: 1, Next: 'E' }] },
          E: { Type: 'Succeed' },
        },
      },
      { a: 2 },
    );
    expect(told).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(told.cause).toBe(
      `${causeIn('C')}Failed to transition out of the state. ` +
        'The state does not point to a next state.',
    );
  });

  it('comparing what does not compare is false, and no error', async () => {
    for (const rule of [
      { NumericEquals: 1 },
      { StringEquals: '1' },
      { BooleanEquals: true },
      { TimestampLessThan: '2030-01-01T00:00:00Z' },
      { StringLessThanPath: '$.n' },
    ]) {
      expect(await choice({ Variable: '$.x', ...rule }, { x: null, n: 1 })).toBe('no');
    }
    expect(await choice({ Variable: '$.x', NumericEquals: 0 }, { x: 0.0 })).toBe('yes');
    expect(await choice({ Variable: '$.x', IsPresent: true }, { x: null })).toBe('yes');
    expect(await choice({ Variable: '$.x', IsPresent: false }, {})).toBe('yes');
    expect(await choice({ Variable: '$.x', IsString: false }, { x: 1 })).toBe('yes');
    expect(await choice({ Variable: '$.x', StringMatches: 'a\\*b*' }, { x: 'a*bc' })).toBe('yes');
    expect(await choice({ Variable: '$.x', StringMatches: 'a\\*b*' }, { x: 'aXbc' })).toBe('no');
  });

  it('Fail takes its texts from paths and functions', async () => {
    const state = { Type: 'Fail', ErrorPath: '$.e', CausePath: "States.Format('n={}', $.n)" };
    expect(await bench.run(one(state), { e: 'Mine', n: 3 })).toMatchObject({
      status: 'FAILED',
      error: 'Mine',
      cause: 'n=3',
    });
  });
});

describe('retry and catch', () => {
  const starts = (told: Run): number[] =>
    told.events
      .filter((event) => event.type === 'ParallelStateStarted')
      .map((event) => event.timestamp!.getTime());
  const pauses = (told: Run): number[] =>
    starts(told)
      .slice(1)
      .map((at, i) => Math.round((at - starts(told)[i]!) / 1000));

  it('delays grow by the rate, up to the largest', async () => {
    const Retry = [
      {
        ErrorEquals: ['Mine'],
        IntervalSeconds: 10,
        BackoffRate: 3,
        MaxAttempts: 4,
        MaxDelaySeconds: 50,
      },
    ];
    const told = await bench.run(sequence({ P: { ...failing('Mine'), Retry } }));
    expect(pauses(told)).toEqual([10, 30, 50, 50]);
    expect(told).toMatchObject({ status: 'FAILED', error: 'Mine' });
  });

  it('full jitter stays within the delay, and does not always use it up', async () => {
    const Retry = [
      {
        ErrorEquals: ['Mine'],
        IntervalSeconds: 1000,
        BackoffRate: 1,
        MaxAttempts: 8,
        JitterStrategy: 'FULL',
      },
    ];
    const all = pauses(await bench.run(sequence({ P: { ...failing('Mine'), Retry } })));
    expect(all).toHaveLength(8);
    expect(Math.max(...all)).toBeLessThanOrEqual(1000);
    expect(Math.min(...all)).toBeLessThan(990);
  });

  it('every retrier counts for itself, and the first that matches decides', async () => {
    const retrier = (n: number): object => ({
      ErrorEquals: [`E${n}`],
      IntervalSeconds: n,
      MaxAttempts: 1,
    });
    const Retry = [
      retrier(1),
      retrier(2),
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 9, MaxAttempts: 1 },
    ];
    for (const [error, expected] of [
      ['E1', [1]],
      ['E2', [2]],
      ['E3', [9]],
    ] as const) {
      const told = await bench.run(sequence({ P: { ...failing(error), Retry } }));
      expect(pauses(told)).toEqual(expected);
    }
    const never = [{ ErrorEquals: ['E1'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    const told = await bench.run(sequence({ P: { ...failing('E1'), Retry: never } }));
    expect(pauses(told)).toEqual([]);
  });

  it('States.ALL matches everything but States.Runtime', async () => {
    const states = (state: object): object =>
      sequence({ P: { ...state, Catch: [catchAll('Saved')] }, Saved: { Type: 'Succeed' } });
    expect(await bench.run(states(failing('Mine')))).toMatchObject({ status: 'SUCCEEDED' });
    const wrong = { Type: 'Parallel', Branches: [one({ Type: 'Pass', InputPath: '$.none' })] };
    expect(await bench.run(states(wrong))).toMatchObject({ error: 'States.Runtime' });
  });
});

describe('timeouts', () => {
  it('heartbeats that stay out are States.Timeout, and caught by either name', async () => {
    const resource = await bench.activity();
    const task = (...errors: string[]): object => ({
      Type: 'Task',
      Resource: resource,
      TimeoutSeconds: 1000,
      HeartbeatSeconds: 10,
      Catch: errors.map((error) => ({ ErrorEquals: [error], Next: 'Saved' })),
    });
    const machine = (...errors: string[]): object =>
      sequence({ T: task(...errors), Saved: { Type: 'Pass' } });
    const arns: string[] = [];
    for (const errors of [
      [],
      ['States.HeartbeatTimeout'],
      ['States.Timeout'],
      ['States.TaskFailed'],
    ]) {
      arns.push(await bench.begin(await bench.machine(machine(...errors))));
      await bench.takeTask(resource);
    }
    const [plain, beat, timeout, failed] = await Promise.all(arns.map((arn) => bench.ended(arn)));
    expect(plain).toMatchObject({ status: 'FAILED', error: 'States.Timeout', cause: undefined });
    const timedOut = plain!.events.find((event) => event.type === 'ActivityTimedOut')!;
    expect(timedOut.activityTimedOutEventDetails).toEqual({ error: 'States.Timeout' });
    expect(beat).toMatchObject({ status: 'SUCCEEDED' });
    expect(timeout).toMatchObject({ status: 'SUCCEEDED' });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('the machine has its time everywhere: waiting, retrying, nested, unanswered', async () => {
    const wait = { Type: 'Wait', Seconds: 500 };
    const activityArn = await bench.activity();
    const child = await bench.machine(one(wait));
    const sync = {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: { StateMachineArn: child },
    };
    const retrying = {
      ...failing('Mine'),
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 500 }],
    };
    const map = { Type: 'Map', ItemProcessor: sequence({ W: wait }), ItemsPath: '$.items' };
    const states = {
      wait,
      retrying,
      sync,
      map,
      parallel: { Type: 'Parallel', Branches: [sequence({ W: wait })] },
      task: { Type: 'Task', Resource: activityArn },
      token: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.waitForTaskToken',
        Parameters: { StateMachineArn: child, Input: { 'token.$': '$$.Task.Token' } },
      },
    };
    const arns: string[] = [];
    for (const state of Object.values(states)) {
      const definition = { TimeoutSeconds: 100, ...one(state) };
      arns.push(await bench.begin(await bench.machine(definition), { items: [1, 2] }));
    }
    for (const [i, arn] of arns.entries()) {
      const told = await bench.ended(arn);
      const which = Object.keys(states)[i];
      expect(told, which).toMatchObject({ status: 'TIMED_OUT', error: undefined });
      const last = told.events.at(-1)!;
      expect([last.type, last.previousEventId]).toEqual(['ExecutionTimedOut', 0]);
      expect(last.executionTimedOutEventDetails).toEqual({ error: 'States.Timeout' });
      const { startDate, stopDate } = await bench.describe(arn);
      expect(stopDate!.getTime() - startDate!.getTime(), which).toBe(100_000);
    }
  });

  it('a state has its time while its job runs elsewhere', async () => {
    const child = await bench.machine(one({ Type: 'Wait', Seconds: 500 }));
    const told = await bench.run(
      sequence({
        T: {
          Type: 'Task',
          Resource: 'arn:aws:states:::states:startExecution.sync',
          Parameters: { StateMachineArn: child },
          TimeoutSeconds: 20,
        },
      }),
    );
    expect(told.types.slice(-3)).toEqual(['TaskSubmitted', 'TaskTimedOut', 'ExecutionFailed']);
    expect(told).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });
});

describe('limits', () => {
  it('event 25,000 is the end of a loop', async () => {
    const told = await bench.run({
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: {
          Type: 'Choice',
          Choices: [{ Variable: '$', IsPresent: false, Next: 'E' }],
          Default: 'A',
        },
        E: { Type: 'Succeed' },
      },
    });
    expect(told.events).toHaveLength(25_000);
    expect(told.events.at(-1)).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
    expect(told).toMatchObject({
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
  });

  it('the events of a distributed Map are not those of its parent', async () => {
    const items = Array.from({ length: 40 }, (_, n) => n);
    const told = await bench.run(
      sequence({
        M: {
          Type: 'Map',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
            ...sequence({ A: { Type: 'Pass' }, B: { Type: 'Pass' } }),
          },
        },
      }),
      items,
    );
    expect(told.output).toEqual(items);
    expect(told.events.length).toBeLessThan(10);
  });
});
