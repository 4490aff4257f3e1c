import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { InvalidDefinitionError, runStateMachine } from './testing.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const flow = (states: Record<string, object>, more: object = {}) => ({
  StartAt: Object.keys(states)[0],
  States: states,
  ...more,
});
const charge = flow({
  Charge: {
    Type: 'Task',
    Resource: INVOKE,
    Parameters: { FunctionName: 'charge', 'Payload.$': '$' },
    ResultSelector: { 'paid.$': '$.Payload' },
    Retry: [{ ErrorEquals: ['Declined'], IntervalSeconds: 60 }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Sorry' }],
    End: true,
  },
  Sorry: { Type: 'Pass', Result: 'sorry', End: true },
});

describe('runStateMachine', () => {
  it('can be imported by the name of the package', async () => {
    const script = `
      import { runStateMachine } from 'steplight/testing';
      const { status, output, history } = await runStateMachine({
        definition: 'StartAt: W\\nStates: { W: { Type: Wait, Seconds: 31000000, End: true } }',
        input: [1],
      });
      const span = history.at(-1).timestamp - history[0].timestamp;
      console.log(JSON.stringify({ status, output, days: Math.floor(span / 86_400_000) }));`;
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: import.meta.dirname,
    });
    expect(JSON.parse(stdout)).toEqual({ status: 'SUCCEEDED', output: [1], days: 358 });
  });

  it('calls handlers, retries what they throw, and shows the history', async () => {
    let calls = 0;
    const { status, output, history } = await runStateMachine({
      definition: charge,
      input: { amount: 3 },
      functions: {
        charge: (event: { amount: number }, context) => {
          calls++;
          if (calls > 1) return event.amount * 2;
          const error = new Error(context.functionName);
          error.name = 'Declined';
          throw error;
        },
      },
    });
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { paid: 6 } });
    const failed = history.find(({ type }) => type === 'TaskFailed')!;
    expect(failed.taskFailedEventDetails).toMatchObject({ error: 'Declined' });
    const again = history.filter(({ type }) => type === 'TaskScheduled')[1]!;
    expect(Number(again.timestamp) - Number(failed.timestamp)).toBeGreaterThanOrEqual(60_000);
  });

  it('answers by mocks: one for all attempts, one for each, or a function', async () => {
    const run = (mock: Parameters<typeof runStateMachine>[0]['mocks']) =>
      runStateMachine({ definition: charge, input: 1, mocks: mock });
    const declined = { Throw: { Error: 'Declined', Cause: 'no' } };
    expect((await run({ Charge: { Return: { Payload: 1 } } })).output).toEqual({ paid: 1 });
    expect((await run({ Charge: declined })).output).toEqual('sorry');
    const list = [declined, { Return: { Payload: 2 } }];
    expect((await run({ Charge: list })).output).toEqual({ paid: 2 });
    const called: unknown[] = [];
    const byCode = await run({
      Charge: (input: { Payload: number }, { attempt, stateName }) => {
        called.push([input, attempt, stateName]);
        return { Payload: input.Payload + attempt };
      },
    });
    expect(byCode.output).toEqual({ paid: 1 });
    expect(called).toEqual([[{ FunctionName: 'charge', Payload: 1 }, 0, 'Charge']]);
    expect(await run({ Charge: [declined] })).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: "No answer is mocked for attempt 1 of the state 'Charge'.",
    });
  });

  it('numbers the attempts of a state through iterations, of a test case too', async () => {
    const { output } = await runStateMachine({
      stateMachineName: 'm',
      definition: flow({
        Each: {
          Type: 'Map',
          MaxConcurrency: 1,
          ItemProcessor: flow({ T: { Type: 'Task', Resource: INVOKE, End: true } }),
          End: true,
        },
      }),
      input: ['a', 'b', 'c'],
      mockConfig: {
        StateMachines: { m: { TestCases: { All: { T: 'Numbered' } } } },
        MockedResponses: { Numbered: { '0': { Return: 'first' }, '1-2': { Return: 'more' } } },
      },
      testCase: 'All',
    });
    expect(output).toEqual(['first', 'more', 'more']);
  });

  it('mocks callbacks, jobs and activities in JSONata', async () => {
    const task = (Resource: string) => ({ Type: 'Task', Resource });
    const seen: (string | undefined)[] = [];
    const { status, output, history } = await runStateMachine({
      definition: flow(
        {
          Ask: {
            ...task('arn:aws:states:::sqs:sendMessage.waitForTaskToken'),
            Arguments: { QueueUrl: 'q', MessageBody: '{% $states.context.Task.Token %}' },
            Assign: { asked: '{% $states.result %}' },
            Next: 'Job',
          },
          Job: {
            ...task('arn:aws:states:::glue:startJobRun.sync'),
            Arguments: { JobName: 'j' },
            Next: 'Act',
          },
          Act: {
            ...task('arn:aws:states:us-east-1:123456789012:activity:a'),
            Output: '{% [$asked, $states.result] %}',
            End: true,
          },
        },
        { QueryLanguage: 'JSONata' },
      ),
      mocks: {
        Ask: (input: { MessageBody: string }, { taskToken }) => {
          seen.push(taskToken, input.MessageBody);
          return 'yes';
        },
        Job: { Return: {} },
        Act: { Return: 'done' },
      },
    });
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: ['yes', 'done'] });
    expect(seen[0]).toBe(seen[1]);
    const types = history.map(({ type }) => type);
    expect(types.filter((type) => type === 'TaskSubmitted')).toHaveLength(2);
    expect(types).toContain('ActivityStarted');
  });

  it('runs a Distributed Map, its children with the same mocks', async () => {
    const { status, output } = await runStateMachine({
      definition: flow({
        Each: {
          Type: 'Map',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
            ...flow({ T: { Type: 'Task', Resource: INVOKE, End: true } }),
          },
          End: true,
        },
      }),
      input: [1, 2],
      mocks: { T: { Return: 'mocked' } },
    });
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: ['mocked', 'mocked'] });
  });

  it('lets the context be chosen, within bounds', async () => {
    const definition = flow({
      P: { Type: 'Pass', Parameters: { 'c.$': '$$' }, OutputPath: '$.c', End: true },
    });
    const context = {
      Execution: { Name: 'mine', StartTime: '2030-01-01T00:00:00Z' },
      StateMachine: { Name: 'orders' },
    };
    const { output, startDate } = await runStateMachine({ definition, context });
    expect(output.Execution).toMatchObject({ Name: 'mine', StartTime: '2030-01-01T00:00:00Z' });
    expect(output.StateMachine.Id).toMatch(/:stateMachine:orders$/);
    expect(startDate).toEqual(new Date('2030-01-01T00:00:00Z'));
    await expect(runStateMachine({ definition, context: { State: {} } })).rejects.toThrow(
      'context.State cannot be chosen; what can: Execution.Id',
    );
  });

  it('stops what nobody can answer, what takes too long, and what the caller aborts', async () => {
    const ask = flow({
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:us-east-1:123456789012:activity:a',
        End: true,
      },
    });
    expect(await runStateMachine({ definition: ask })).toMatchObject({
      status: 'ABORTED',
      cause: expect.stringContaining("the state 'Ask'. Mock it"),
    });
    const wait = flow({ W: { Type: 'Wait', Seconds: 60, End: true } });
    const slow = await runStateMachine({ definition: wait, clock: 'real', timeoutMs: 30 });
    expect(slow).toMatchObject({ status: 'ABORTED', cause: 'The run took longer than 0.03 s.' });
    const signal = AbortSignal.timeout(30);
    const aborted = await runStateMachine({ definition: wait, clock: 'real', signal });
    expect(aborted).toMatchObject({ status: 'ABORTED', cause: 'The run was aborted.' });
  });

  it('wants what the services take, as the server does', async () => {
    const call = (Parameters: object) => ({
      definition: flow({ C: { Type: 'Task', Resource: INVOKE, Parameters, End: true } }),
      functions: { f: () => 1 },
    });
    await expect(runStateMachine(call({ FunctionName: 'f', Token: 1 }))).rejects.toThrow(
      InvalidDefinitionError,
    );
    const late = { FunctionName: 'f', 'Token.$': '$$.Execution.Id' };
    const { error, cause } = await runStateMachine(call(late));
    expect(error).toBe('States.Runtime');
    expect(cause).toContain('[The field "Token" is not supported by Step Functions]');
  });

  it('refuses a definition with errors, with the diagnostics of the API', async () => {
    const definition = flow({ P: { Type: 'Pass', Next: 'Nowhere' } });
    const failure = await runStateMachine({ definition }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidDefinitionError);
    expect((failure as InvalidDefinitionError).diagnostics[0]).toMatchObject({
      code: 'MISSING_TRANSITION_TARGET',
      location: '/States/P/Next',
    });
  });
});
