/** A workflow of three warm Lambda tasks: how long one takes, and how many end per second. */

import { setTimeout as sleep } from 'node:timers/promises';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { zipSync } from 'fflate';
import { awsJson, load } from './load.mjs';
import { clientOf, startServer } from './server.mjs';

const ROLE = 'arn:aws:iam::000000000000:role/bench';
const HANDLER = 'exports.handler = async (event) => event;';

export async function deployEcho(server) {
  const { FunctionArn } = await new LambdaClient(clientOf(server)).send(
    new CreateFunctionCommand({
      FunctionName: 'echo',
      Runtime: 'nodejs20.x',
      Role: ROLE,
      Handler: 'index.handler',
      Timeout: 30,
      Code: { ZipFile: zipSync({ 'index.js': new TextEncoder().encode(HANDLER) }) },
    }),
  );
  return FunctionArn;
}

export async function measure() {
  const server = await startServer(['--max-sandboxes', '8']);
  const Resource = await deployEcho(server);
  const task = (Next) => ({ Type: 'Task', Resource, ...(Next ? { Next } : { End: true }) });
  // Express, so that StartSyncExecution tells how long the whole workflow took; and Standard.
  const definition = JSON.stringify({
    StartAt: 'A',
    States: { A: task('B'), B: task('C'), C: task() },
  });
  const sfn = new SFNClient(clientOf(server));
  const machines = {};
  for (const type of ['STANDARD', 'EXPRESS']) {
    machines[type] = (
      await sfn.send(new CreateStateMachineCommand({ name: type, roleArn: ROLE, definition, type }))
    ).stateMachineArn;
  }
  const sync = {
    port: server.port,
    headers: awsJson('StartSyncExecution'),
    bodies: [JSON.stringify({ stateMachineArn: machines.EXPRESS, input: '{"n":#}' })],
  };
  await load({ ...sync, connections: 4, total: 200 });
  const express = await load({ ...sync, connections: 1, total: 300 });
  const standard = await standardRuns(server, machines.STANDARD);
  const busy = await load({ ...sync, connections: 8, total: 2000 });
  await server.stop();
  return [
    {
      name: '3 Lambda tasks, Standard, one at a time, median',
      value: standard,
      unit: 'ms',
      floor: 6,
    },
    { name: '3 Lambda tasks, Express synchronous, median', value: express.p50Ms, unit: 'ms' },
    {
      name: '3 Lambda tasks, Express synchronous, 8 at a time',
      value: 2000 / busy.seconds,
      unit: 'executions/s',
    },
  ];
}

/** Duration of Standard executions by their own dates, one at a time. */
async function standardRuns(server, stateMachineArn) {
  const { DescribeExecutionCommand, StartExecutionCommand } = await import('@aws-sdk/client-sfn');
  const sfn = new SFNClient(clientOf(server));
  const durations = [];
  for (let n = 0; n < 100; n++) {
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
    // Mostly silent, so that the measuring does not take the processor from what is measured.
    for (;;) {
      await sleep(15);
      const answer = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (answer.status === 'RUNNING') continue;
      durations.push(answer.stopDate - answer.startDate);
      break;
    }
  }
  return durations.sort((a, b) => a - b)[50];
}
