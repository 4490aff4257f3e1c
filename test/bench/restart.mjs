/**
 * A server is killed with 100,000 executions open, most of them waiting for a day far ahead and a
 * tenth of them due while nothing runs, and started again: until it is ready (target 1 s), until all
 * that was due is decided (target 5 s), and what it holds in memory for the others (nothing).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { awsJson, load } from './load.mjs';
import { clientOf, startServer } from './server.mjs';

const OPEN = 100_000;
const DUE = OPEN / 10;
const FAR_MS = 180 * 24 * 3_600_000;

const definition = JSON.stringify({
  StartAt: 'Wait',
  States: {
    Wait: { Type: 'Wait', TimestampPath: '$.at', Next: 'Done' },
    Done: { Type: 'Pass', End: true },
  },
});

async function health(server) {
  const answer = await fetch(`${server.url}/_steplight/health`);
  const { states } = (await answer.json()).services;
  return { open: states.executions.open, inMemory: states.inMemory };
}

async function prepare() {
  const server = await startServer();
  const roleArn = 'arn:aws:iam::000000000000:role/bench';
  const { stateMachineArn } = await new SFNClient(clientOf(server)).send(
    new CreateStateMachineCommand({ name: 'wait', roleArn, definition }),
  );
  const begin = (at, total) =>
    load({
      port: server.port,
      headers: awsJson('StartExecution'),
      bodies: [JSON.stringify({ stateMachineArn, input: JSON.stringify({ at, n: '#' }) })],
      connections: 64,
      total,
    });
  const first = Date.now();
  await begin(new Date(first + FAR_MS).toISOString(), OPEN - DUE);
  // So that all are started, and none is due, when the server is killed.
  const due = Date.now() + 2_000 + ((Date.now() - first) / (OPEN - DUE)) * DUE * 3;
  await begin(new Date(due).toISOString(), DUE);
  if (Date.now() >= due) throw new Error('this machine is too busy to start them in time');
  await server.kill();
  await sleep(due - Date.now() + 100);
  return server.data;
}

export async function measure() {
  const data = await prepare();
  const server = await startServer([], data);
  const ready = performance.now();
  let most = 0;
  let now;
  do {
    await sleep(50);
    now = await health(server);
    most = Math.max(most, now.inMemory);
  } while (now.open > OPEN - DUE);
  const decidedMs = performance.now() - ready;
  await sleep(300);
  now = await health(server);
  const memory = server.memoryMb();
  await server.stop();
  if (now.open !== OPEN - DUE) throw new Error(`${now.open} executions are open`);
  return [
    { name: 'process start to ready, 100,000 open', value: server.readyMs, unit: 'ms' },
    { name: 'ready to all 10,000 due decided', value: decidedMs / 1000, unit: 's' },
    { name: '  most executions in memory', value: most, unit: '' },
    { name: '  executions in memory afterwards', value: now.inMemory, unit: '' },
    { name: '  memory afterwards (resident)', value: memory, unit: 'MB' },
  ];
}
