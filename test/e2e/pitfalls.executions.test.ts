/** What emulators of Step Functions commonly get wrong: executions and task tokens. */
import * as sfn from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { one, PASS, refused, Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

describe('executions', () => {
  it('starting one again gives the one that runs, and is refused once it has ended', async () => {
    const { stateMachineArn, executionArn, activityArn } = await bench.waiting({}, { n: 1 });
    const start = (input: string) =>
      bench.sfn.send(new sfn.StartExecutionCommand({ stateMachineArn, name: 'open', input }));
    const { startDate } = await bench.describe(executionArn);
    expect(await start('{"n":1}')).toMatchObject({ executionArn, startDate });
    const message = `Execution Already Exists: '${executionArn}'`;
    await refused(start('{"n":2}'), 'ExecutionAlreadyExists', message);
    const taskToken = await bench.takeTask(activityArn);
    await bench.sfn.send(new sfn.SendTaskSuccessCommand({ taskToken, output: '1' }));
    await bench.ended(executionArn);
    await refused(start('{"n":1}'), 'ExecutionAlreadyExists', message);
  });

  it('the input is any JSON there is, but not nothing', async () => {
    const stateMachineArn = await bench.machine(PASS);
    const run = async (input: string) => {
      const { executionArn } = await bench.sfn.send(
        new sfn.StartExecutionCommand({ stateMachineArn, input }),
      );
      await bench.ended(executionArn!);
      return bench.describe(executionArn!);
    };
    for (const input of ['null', '1', 'true', '"text"', '[]', '"null"']) {
      expect(await run(input)).toMatchObject({ input, output: input });
    }
    expect(await bench.raw('StartExecution', { stateMachineArn, input: '' })).toMatchObject({
      status: 400,
      body: {
        __type: 'InvalidExecutionInput',
        message: "Invalid State Machine Execution Input: 'Invalid execution input.'",
      },
    });
  });

  it('those of Express machines have ARNs of their own, which no other call takes', async () => {
    const stateMachineArn = await bench.machine(PASS, { type: 'EXPRESS' });
    const executionArn = await bench.begin(stateMachineArn, {}, 'same');
    expect(executionArn).toMatch(
      /:express:made-\d+:same:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
    expect(await bench.begin(stateMachineArn, {}, 'same')).not.toBe(executionArn);
    const message = "Invalid Arn: 'Resource type not valid in this context: express'";
    const { sfn: client } = bench;
    for (const call of [
      client.send(new sfn.DescribeExecutionCommand({ executionArn })),
      client.send(new sfn.StopExecutionCommand({ executionArn })),
      client.send(new sfn.GetExecutionHistoryCommand({ executionArn })),
    ]) {
      await refused(call, 'InvalidArn', message);
    }
  });

  it('what only one kind of machine can do, the other refuses', async () => {
    const standard = await bench.machine(PASS);
    const express = await bench.machine(PASS, { type: 'EXPRESS' });
    const message = 'This operation is not supported by this type of state machine';
    await refused(
      bench.sfn.send(new sfn.ListExecutionsCommand({ stateMachineArn: express })),
      'StateMachineTypeNotSupported',
      message,
    );
    await refused(
      bench.sfn.send(new sfn.StartSyncExecutionCommand({ stateMachineArn: standard })),
      'StateMachineTypeNotSupported',
      message,
    );
  });

  it('a description says whether it can be redriven, and that data is included', async () => {
    const done = await bench.run(PASS);
    expect(await bench.describe(done.executionArn)).toMatchObject({
      inputDetails: { included: true },
      outputDetails: { included: true },
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    const failed = await bench.run(one({ Type: 'Fail' }));
    const told = await bench.describe(failed.executionArn);
    expect(told).toMatchObject({ redriveCount: 0, redriveStatus: 'REDRIVABLE' });
    expect(told.redriveStatusReason).toBeUndefined();
    const { executionArn } = await bench.waiting();
    expect(await bench.describe(executionArn)).toMatchObject({
      redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
    });
  });

  it('error and cause are there only where AWS has them', async () => {
    const { executionArn } = await bench.waiting();
    await bench.sfn.send(new sfn.StopExecutionCommand({ executionArn }));
    const timed = await bench.run({ ...one({ Type: 'Wait', Seconds: 60 }), TimeoutSeconds: 5 });
    const failed = await bench.run(one({ Type: 'Fail' }));
    for (const arn of [executionArn, timed.executionArn, failed.executionArn]) {
      const { body } = await bench.raw('DescribeExecution', { executionArn: arn });
      expect(body).not.toHaveProperty('error');
      expect(body).not.toHaveProperty('cause');
    }
    expect(timed.status).toBe('TIMED_OUT');
    const { startDate, stopDate } = await bench.describe(timed.executionArn);
    expect(stopDate!.getTime() - startDate!.getTime()).toBe(5000);
    expect(failed.events.at(-1)!.executionFailedEventDetails).toEqual({});
    const half = await bench.run(one({ Type: 'Fail', Cause: 'only this' }));
    expect(half.events.at(-1)!.executionFailedEventDetails).toEqual({ cause: 'only this' });
  });

  it('a stopped one stays stopped, whatever its worker does', async () => {
    const { activityArn, executionArn } = await bench.waiting();
    const taskToken = await bench.takeTask(activityArn);
    const { stopDate } = await bench.sfn.send(
      new sfn.StopExecutionCommand({ executionArn, error: 'Mine', cause: 'because' }),
    );
    await refused(
      bench.sfn.send(new sfn.SendTaskSuccessCommand({ taskToken, output: '1' })),
      'TaskTimedOut',
    );
    const told = await bench.ended(executionArn);
    expect(told).toMatchObject({ status: 'ABORTED', error: 'Mine', cause: 'because' });
    expect(told.chain.at(-1)).toBe('5<-0 ExecutionAborted');
    expect((await bench.describe(executionArn)).stopDate).toEqual(stopDate);
  });
});

describe('activities and task tokens', () => {
  it('a poll waits for a task, and its answer has no token where there is none', async () => {
    const { activityArn } = await bench.sfn.send(
      new sfn.CreateActivityCommand({ name: bench.name() }),
    );
    const stateMachineArn = await bench.machine(one({ Type: 'Task', Resource: activityArn }));
    let answered = false;
    const poll = bench.raw('GetActivityTask', { activityArn }).then((answer) => {
      answered = true;
      return answer;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(answered).toBe(false);
    await bench.begin(stateMachineArn, { a: 1 });
    const { body } = await poll;
    expect(body).toMatchObject({
      input: '{"a":1}',
      taskToken: expect.stringMatching(/^\S{20,2048}$/),
    });
  });

  it('tokens work once, and say what is wrong with them', async () => {
    const { activityArn, executionArn } = await bench.waiting();
    const taskToken = await bench.takeTask(activityArn);
    const succeed = (token: string, output = '1') =>
      bench.sfn.send(new sfn.SendTaskSuccessCommand({ taskToken: token, output }));
    const invalid = "Invalid Token: 'Invalid token'";
    await refused(succeed('nonsense'), 'InvalidToken', invalid);
    await refused(succeed('nonsense', 'no json'), 'InvalidToken', invalid);
    await refused(succeed(taskToken, 'no json'), 'InvalidOutput');
    await succeed(taskToken);
    const gone = "Task Timed Out: 'Provided task does not exist anymore'";
    await refused(succeed(taskToken), 'TaskTimedOut', gone);
    const beat = new sfn.SendTaskHeartbeatCommand({ taskToken });
    await refused(bench.sfn.send(beat), 'TaskTimedOut', gone);
    expect((await bench.ended(executionArn)).output).toBe(1);
  });

  it('a heartbeat puts off the next one that is due, and never the timeout', async () => {
    const { activityArn, executionArn } = await bench.waiting({
      TimeoutSeconds: 6,
      HeartbeatSeconds: 3,
    });
    const taskToken = await bench.takeTask(activityArn);
    const beat = new sfn.SendTaskHeartbeatCommand({ taskToken });
    for (let n = 0; n < 5; n++) {
      await new Promise((resolve) => setTimeout(resolve, 900));
      await bench.sfn.send(beat);
    }
    const told = await bench.ended(executionArn);
    const [started, timedOut] = ['ActivityStarted', 'ActivityTimedOut'].map((type) =>
      told.events.find((event) => event.type === type)!.timestamp!.getTime(),
    );
    const lasted = timedOut! - started!;
    expect(lasted).toBeGreaterThanOrEqual(6000);
    // A heartbeat that is missed would end it three seconds behind the last one.
    expect(lasted).toBeLessThan(7500);
    expect(told).toMatchObject({ status: 'FAILED', error: 'States.Timeout', cause: undefined });
  });
});
