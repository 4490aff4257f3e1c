/**
 * The tutorial "View X-Ray traces in Step Functions" with functions whose behaviour the input
 * chooses, so that a test knows what must be seen: `fail` names a function that throws, `slow` makes
 * the third one outlast its state's timeout. The first function sends a subsegment of its own with
 * the X-Ray SDK.
 */
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { TestServer } from './server.ts';
import { until } from './server.ts';
import { functionZip } from './zip.ts';

const ROLE = 'arn:aws:iam::000000000000:role/tutorial';

const TRACED = `
const xray = require('aws-xray-sdk-core');
exports.handler = (event, context) =>
  xray.captureAsyncFunc('look up prices', async (subsegment) => {
    subsegment.addAnnotation('shop', 'corner');
    await new Promise((resolve) => setTimeout(resolve, 20));
    subsegment.close();
    if (event.fail === context.functionName) throw new Error('Something went wrong in ' + context.functionName);
    return event;
  });`;

const PLAIN = `
export const handler = async (event, context) => {
  if (event.fail === context.functionName) throw new RangeError('Something went wrong in ' + context.functionName);
  if (event.slow && context.functionName === 'TestFunction3') await new Promise((r) => setTimeout(r, 5000));
  return event;
};`;

function definition(arns: readonly string[]): string {
  const failed = { ErrorEquals: ['States.TaskFailed'], Next: 'AfterTaskFailed' };
  const timedOut = { ErrorEquals: ['States.Timeout'], Next: 'AfterTimeout' };
  const task = (n: number, next: string, more: object = {}): object => ({
    Type: 'Task',
    Resource: arns[n - 1],
    Catch: [failed],
    Next: next,
    ...more,
  });
  return JSON.stringify({
    StartAt: 'CallTestFunction1',
    States: {
      CallTestFunction1: task(1, 'CallTestFunction2'),
      CallTestFunction2: task(2, 'CallTestFunction3'),
      CallTestFunction3: task(3, 'Succeed', { TimeoutSeconds: 1, Catch: [timedOut, failed] }),
      Succeed: { Type: 'Succeed' },
      AfterTimeout: { Type: 'Fail' },
      AfterTaskFailed: { Type: 'Fail' },
    },
  });
}

/** Creates the three functions and the machine through the SDK; answers the machine's ARN. */
export async function deployTutorial(server: TestServer): Promise<string> {
  const lambda = new LambdaClient(server.client);
  const arns: string[] = [];
  for (const n of [1, 2, 3]) {
    const traced = n === 1;
    const made = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: `TestFunction${n}`,
        Runtime: 'nodejs20.x',
        Role: ROLE,
        Handler: 'index.handler',
        Timeout: 10,
        Code: {
          ZipFile: traced
            ? functionZip({ 'index.js': TRACED }, ['aws-xray-sdk-core'])
            : functionZip({ 'index.mjs': PLAIN }),
        },
        TracingConfig: { Mode: 'Active' },
      }),
    );
    arns.push(made.FunctionArn!);
  }
  const machine = await new SFNClient(server.client).send(
    new CreateStateMachineCommand({
      name: 'TraceFunctions',
      roleArn: ROLE,
      definition: definition(arns),
      tracingConfiguration: { enabled: true },
    }),
  );
  return machine.stateMachineArn!;
}

export async function runExecution(
  server: TestServer,
  stateMachineArn: string,
  input: object,
): Promise<DescribeExecutionCommandOutput> {
  const sfn = new SFNClient(server.client);
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  return until(`${executionArn} to end`, async () => {
    const answer = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return answer.status === 'RUNNING' ? undefined : answer;
  });
}
