import { expect, test } from 'vitest';
import { settle } from '../engine/testing.ts';
import { context, definition, statesWorld } from './testing.ts';

const TASKS = definition({
  Call: {
    Type: 'Task',
    Resource: 'arn:aws-us-gov:states:::lambda:invoke',
    Parameters: { FunctionName: 'f', 'Machine.$': '$$.StateMachine.Id' },
    End: true,
  },
});

test.each([
  ['us-gov-west-1', 'aws-us-gov'],
  ['cn-north-1', 'aws-cn'],
])('what is made in %s has ARNs of %s', async (region, partition) => {
  const world = await statesWorld();
  const sfn = world.handlers;
  const there = { ...context, region };
  const account = `${region}:${context.account}`;
  const roleArn = `arn:${partition}:iam::${context.account}:role/r`;
  const input = { name: 'm', definition: TASKS, roleArn, publish: true };
  const made = await sfn.CreateStateMachine(input, there);
  expect(made.stateMachineArn).toBe(`arn:${partition}:states:${account}:stateMachine:m`);
  expect(made.stateMachineVersionArn).toBe(`${made.stateMachineArn}:1`);
  const { stateMachineArn } = made;
  const { executionArn } = await sfn.StartExecution({ stateMachineArn, name: 'e' }, there);
  expect(executionArn).toBe(`arn:${partition}:states:${account}:execution:m:e`);
  await settle();
  const history = await sfn.GetExecutionHistory({ executionArn }, there);
  const scheduled = history.events!.find((event) => event.taskScheduledEventDetails);
  expect(scheduled?.taskScheduledEventDetails).toMatchObject({
    resourceType: 'lambda',
    region,
    parameters: JSON.stringify({ FunctionName: 'f', Machine: stateMachineArn }),
  });
  const { activityArn } = await sfn.CreateActivity({ name: 'a' }, there);
  expect(activityArn).toBe(`arn:${partition}:states:${account}:activity:a`);
  expect((await sfn.DescribeActivity({ activityArn }, there)).name).toBe('a');
});
