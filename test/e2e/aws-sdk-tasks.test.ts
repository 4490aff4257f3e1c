/** Tasks that call the services of the server itself by the SDK, on a real one. */
import { CreateActivityCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, temporaryFolder } from '../support/server.ts';
import { one, STATES, sequence, Workbench } from '../support/workbench.ts';

const task = (action: string, Parameters?: object, more: object = {}): object => ({
  Type: 'Task',
  Resource: `arn:aws:states:::aws-sdk:${action}`,
  ...(Parameters && { Parameters }),
  ...more,
});

describe('tasks by the SDK', () => {
  let bench: Workbench;

  beforeAll(async () => {
    bench = await Workbench.open();
  });
  afterAll(() => bench.close());

  it('call every service here', async () => {
    const logGroup = { LogGroupName: '/made/by/a/task' };
    const { output } = await bench.run(
      sequence({
        Who: task('sts:getCallerIdentity', {}, { ResultPath: '$.who' }),
        Make: task('cloudwatchlogs:createLogGroup', logGroup, { ResultPath: '$.made' }),
        Look: task(
          'cloudwatchlogs:describeLogGroups',
          { 'LogGroupNamePrefix.$': '$.prefix' },
          { ResultPath: '$.groups' },
        ),
        Rules: task('xray:getSamplingRules', {}, { ResultPath: '$.rules' }),
        Functions: task('lambda:listFunctions', {}, { ResultPath: '$.functions' }),
        Machines: task('sfn:listActivities', {}, { ResultPath: '$.activities' }),
      }),
      { prefix: '/made/' },
    );
    expect(output.who.Account).toBe('000000000000');
    expect(output.made).toEqual({});
    expect(output.groups.LogGroups).toMatchObject([logGroup]);
    expect(output.rules.SamplingRuleRecords[0].SamplingRule).toMatchObject({ UrlPath: '*' });
    expect(output.functions).toEqual({ Functions: [] });
    expect(output.activities).toEqual({ Activities: [] });
  });

  it('fail by errors that Catch can name', async () => {
    const missing = { FunctionName: 'none' };
    const Catch = [{ ErrorEquals: ['Lambda.ResourceNotFoundException'], Next: 'Caught' }];
    const { output, events } = await bench.run(
      sequence({
        Get: task('lambda:getFunction', missing, { Catch }),
        Caught: { Type: 'Pass' },
      }),
    );
    expect(output.Cause).toMatch(
      /^Function not found: .*:none \(Service: Lambda, Status Code: 404, Request ID: [0-9a-f-]{36}\) \(SDK Attempt Count: 1\)$/,
    );
    const scheduled = events.find(({ type }) => type === 'TaskScheduled');
    expect(scheduled!.taskScheduledEventDetails).toEqual({
      resourceType: 'aws-sdk:lambda',
      resource: 'getFunction',
      region: 'us-east-1',
      parameters: '{"FunctionName":"none"}',
    });
  });

  it('answer their own token, and stop their own execution', async () => {
    const parameters = { 'TaskToken.$': '$$.Task.Token', Output: { done: true } };
    const answered = await bench.run(one(task('sfn:sendTaskSuccess.waitForTaskToken', parameters)));
    expect(answered.output).toEqual({ done: true });
    expect(answered.types).toContain('TaskSubmitted');
    const stop = { 'ExecutionArn.$': '$$.Execution.Id', Error: 'Enough' };
    const stopped = await bench.run(one(task('sfn:stopExecution', stop)));
    expect(stopped).toMatchObject({ status: 'ABORTED', error: 'Enough' });
  });

  it('start executions that they wait for, from Express executions as well', async () => {
    const pass = one({ Type: 'Pass' });
    const StateMachineArn = await bench.machine(pass, { type: 'EXPRESS' });
    const start = one(task('sfn:startSyncExecution', { StateMachineArn, Input: { a: [1] } }));
    expect((await bench.run(start)).output).toMatchObject({
      Status: 'SUCCEEDED',
      Output: '{"a":[1]}',
    });
    expect((await bench.express(start)).Output).toBe('{"a":[1]}');
  });

  it('cannot be made of parameters that do not fit', async () => {
    const literal = one(task('sfn:describeActivity', { ActivityArn: 'a', activityArn: 'b' }));
    await expect(bench.machine(literal)).rejects.toMatchObject({
      name: 'InvalidDefinition',
      message:
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: " +
        'The field "activityArn" is not supported by Step Functions at /States/S/Parameters\'',
    });
    const given = { ActivityArn: 'a', 'activityArn.$': '$.b' };
    const refused = await bench.run(one(task('sfn:describeActivity', given)), { b: 'c' });
    expect(refused.types).not.toContain('TaskScheduled');
    expect(refused).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(refused.cause).toContain(
      'could not be used to start the Task: ' +
        '[The field "activityArn" is not supported by Step Functions]',
    );
    const input = { ActivityArn: `${STATES}:activity:none`, Other: 1 };
    const whole = await bench.run(one(task('sfn:describeActivity')), input);
    expect(whole.error).toBe('Sfn.ActivityDoesNotExistException');
  });
});

it('a call whose server died fails visibly, its outcome unknown', async () => {
  const folder = temporaryFolder();
  try {
    const before = Workbench.of(await startServer(folder.path));
    const { activityArn } = await before.sfn.send(new CreateActivityCommand({ name: 'idle' }));
    const poll = one(task('sfn:getActivityTask', { ActivityArn: activityArn }));
    const executionArn = await before.begin(await before.machine(poll));
    await expect.poll(async () => (await before.history(executionArn)).length).toBeGreaterThan(3);
    await before.server.kill();
    before.sfn.destroy();
    const after = Workbench.of(await startServer(folder.path));
    try {
      const { types, error, cause } = await after.ended(executionArn);
      expect(types).toContain('TaskFailed');
      expect(error).toBe('States.TaskFailed');
      expect(cause).toContain('The outcome of the task is unknown');
    } finally {
      await after.close();
    }
  } finally {
    folder.remove();
  }
});
