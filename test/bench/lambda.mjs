/** Lambda Invoke over HTTP: a warm process again and again, and new processes. */
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { load, restJson } from './load.mjs';
import { clientOf, startServer } from './server.mjs';
import { deployEcho } from './workflow.mjs';

export async function measure() {
  const server = await startServer();
  await deployEcho(server);
  const job = {
    port: server.port,
    path: '/2015-03-31/functions/echo/invocations',
    headers: restJson('lambda'),
    bodies: ['{"n":#}'],
  };
  await load({ ...job, connections: 1, total: 300 });
  const warm = await load({ ...job, connections: 1, total: 1000 });
  const lambda = new LambdaClient(clientOf(server));
  const cold = [];
  for (let n = 0; n < 5; n++) {
    const Variables = { RUN: String(n) };
    const change = { FunctionName: 'echo', Environment: { Variables } };
    await lambda.send(new UpdateFunctionConfigurationCommand(change));
    cold.push((await load({ ...job, connections: 1, total: 1 })).p50Ms);
  }
  await server.stop();
  return [
    { name: 'Invoke, warm, whole HTTP call, median', value: warm.p50Ms, unit: 'ms', floor: 1 },
    { name: 'Invoke, warm, whole HTTP call, p99', value: warm.p99Ms, unit: 'ms' },
    {
      name: 'Invoke, cold (new Node process), median of 5',
      value: cold.sort((a, b) => a - b)[2],
      unit: 'ms',
    },
  ];
}
