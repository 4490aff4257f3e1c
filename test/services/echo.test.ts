/**
 * One folder and one line in a list make a service: it speaks over the wire, stores, runs Tasks,
 * forgets, and is told of in health and coverage.
 */
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { compose, type Server } from '../../src/main/compose.ts';
import { readConfig } from '../../src/main/config.ts';
import { line, SERVICES } from '../../src/main/services.ts';
import { temporaryFolder } from '../support/server.ts';
import { ask, type Reply } from '../wire/http.ts';
import { clientConfig, signed } from '../wire/server.ts';
import { ECHO } from './echo/service.ts';

// Before anything is imported that keeps the clock.
vi.hoisted(() =>
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], shouldAdvanceTime: true }),
);

const DAY_MS = 86_400_000;
const lines = [
  line(ECHO, async () => ({ days: 1 }), join(import.meta.dirname, 'echo')),
  ...SERVICES,
];
const data = temporaryFolder();
let server: Server;

async function boot(): Promise<void> {
  const ports = ['--port', '0', '--xray-port', '0', '--log-level', 'error'];
  server = await compose(readConfig(['--data', data.path, ...ports], {}), 'test', lines);
  await server.start();
}

const call = (operation: string, input: object): Promise<Reply> =>
  ask(server.url, {
    headers: {
      ...signed('echo'),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `EchoService.${operation}`,
    },
    body: JSON.stringify(input),
  });

async function health(): Promise<Record<string, Record<string, unknown>>> {
  const reply = await ask(server.url, { method: 'GET', path: '/_steplight/health' });
  return reply.json().services as Record<string, Record<string, unknown>>;
}

beforeAll(boot);

afterAll(async () => {
  await server.stop();
  vi.useRealTimers();
  data.remove();
});

it('is asked over the wire, by its model and its quirks, and stores', async () => {
  const said = await call('Say', { Text: 'hello' });
  expect([said.status, said.json()]).toEqual([200, { Number: 1 }]);
  const refused = await call('Say', { Text: '' });
  expect(refused.status).toBe(400);
  expect(refused.json().__type).toContain('EchoValidationException');
  const unsigned = await ask(server.url, {
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'EchoService.Say',
    },
    body: '{"Text":"hello"}',
  });
  expect(unsigned.json().__type).toContain('MissingAuthenticationToken');
  expect((await call('Shout', { Text: 'hello' })).status).toBe(501);
});

it('has rows in the coverage table', () => {
  const rows = server.coverage.filter(({ service }) => service === 'echo');
  expect(rows.map(({ operation, implemented }) => [operation, implemented])).toEqual([
    ['Listen', true],
    ['Say', true],
    ['Shout', false],
  ]);
});

it('runs a Task of a state machine', async () => {
  const states = new SFNClient(clientConfig(server.url));
  const Parameters = { TopicArn: 'arn:aws:sns:eu-west-1:123456789012:t', Message: 'from a task' };
  const S = { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', Parameters, End: true };
  const { stateMachineArn } = await states.send(
    new CreateStateMachineCommand({
      name: 'm',
      definition: JSON.stringify({ StartAt: 'S', States: { S } }),
      roleArn: 'arn:aws:iam::123456789012:role/r',
    }),
  );
  const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn }));
  const ended = await vi.waitUntil(async () => {
    const execution = await states.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status === 'RUNNING' ? undefined : execution;
  });
  expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"Number":2}' });
  states.destroy();
});

it('is in the list of services that the console reads', async () => {
  expect((await health()).echo).toEqual({ state: 'running', texts: 2, pruned: 0 });
});

it('keeps what it stored over a restart, and no longer than it says', async () => {
  await server.stop();
  await boot();
  expect((await call('Listen', {})).json()).toEqual({ Texts: ['hello', 'from a task'] });
  vi.setSystemTime(Date.now() + 2 * DAY_MS);
  await vi.advanceTimersByTimeAsync(60_000);
  await vi.waitUntil(async () => (await health()).echo!.pruned === 1);
  expect((await call('Listen', {})).json()).toEqual({ Texts: [] });
});
