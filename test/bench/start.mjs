/** StartExecution over HTTP: one Pass state, raw keep-alive requests from another process. */
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { awsJson, load } from './load.mjs';
import { clientOf, startServer } from './server.mjs';

const PASS = JSON.stringify({ StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } });

export async function measure() {
  const server = await startServer();
  const { stateMachineArn } = await new SFNClient(clientOf(server)).send(
    new CreateStateMachineCommand({
      name: 'Pass',
      roleArn: 'arn:aws:iam::000000000000:role/bench',
      definition: PASS,
    }),
  );
  const body = JSON.stringify({ stateMachineArn, input: '{"n":#}' });
  const job = { port: server.port, headers: awsJson('StartExecution'), bodies: [body] };
  await load({ ...job, connections: 64, total: 5000 });
  const many = await load({ ...job, connections: 64, total: 30_000 });
  const lone = await load({ ...job, connections: 1, total: 1000 });
  await server.stop();
  return [
    {
      name: 'StartExecution, 64 connections',
      value: 30_000 / many.seconds,
      unit: 'calls/s',
      floor: 3000,
    },
    { name: 'StartExecution, 64 connections, p99', value: many.p99Ms, unit: 'ms' },
    { name: 'StartExecution, one connection, median', value: lone.p50Ms, unit: 'ms' },
  ];
}
