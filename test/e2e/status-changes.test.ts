/** The event stream of a real server: filters, a client that comes back, a server that was killed. */
import { request } from 'node:http';
import {
  CreateStateMachineCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer, temporaryFolder, until } from '../support/server.ts';
import { ROLE } from '../support/workbench.ts';

const folder = temporaryFolder();
let server: TestServer;
let sfn: SFNClient;
let failing: string;
let waiting: string;

async function start(): Promise<void> {
  server = await startServer(folder.path);
  sfn = new SFNClient(server.client);
}

async function machine(name: string, state: object): Promise<string> {
  const definition = JSON.stringify({ StartAt: 'S', States: { S: state } });
  const input = { name, definition, roleArn: ROLE };
  return (await sfn.send(new CreateStateMachineCommand(input))).stateMachineArn!;
}

beforeAll(async () => {
  await start();
  failing = await machine('failing', { Type: 'Fail', Error: 'E', Cause: 'C' });
  waiting = await machine('waiting', { Type: 'Wait', Seconds: 3600, End: true });
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
  folder.remove();
});

interface Event {
  readonly id: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

async function listen(query = '', lastEventId?: string) {
  const events: Event[] = [];
  let text = '';
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const path = `${server.url}/_steplight/status-changes${query}`;
  const outgoing = request(path, { headers });
  const type = await new Promise<string | undefined>((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      outgoing.on('error', () => undefined);
      response.on('error', () => undefined);
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const blocks = `${text}${chunk}`.split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks) {
          const data = /^data: (.*)$/m.exec(block)?.[1];
          if (data) events.push(JSON.parse(data) as Event);
        }
      });
      resolve(response.headers['content-type']);
    });
    outgoing.end();
  });
  expect(type).toContain('text/event-stream');
  const statuses = (name: string) =>
    events.filter(({ detail }) => detail.name === name).map(({ detail }) => detail.status);
  const seen = (name: string, status: string) =>
    until(`${status} of ${name}`, async () => statuses(name).includes(status) || undefined);
  return { events, statuses, seen, close: () => outgoing.destroy() };
}

it('streams starts, ends and redrives to who asked for them', async () => {
  const [all, failures, others] = await Promise.all([
    listen(),
    listen('?status=FAILED&status=TIMED_OUT'),
    listen(`?machine=${encodeURIComponent(waiting)}`),
  ]);
  const input = { stateMachineArn: failing, name: 'one', input: '{"a":1}' };
  const { executionArn } = await sfn.send(new StartExecutionCommand(input));
  await all.seen('one', 'FAILED');
  await sfn.send(new RedriveExecutionCommand({ executionArn }));
  await until('the second failure', async () => failures.statuses('one')[1]);
  expect(all.statuses('one')).toEqual(['RUNNING', 'FAILED', 'RUNNING', 'FAILED']);
  expect(failures.statuses('one')).toEqual(['FAILED', 'FAILED']);
  expect(others.events).toEqual([]);
  expect(failures.events[1]).toMatchObject({
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    resources: [executionArn],
    detail: { executionArn, error: 'E', cause: 'C', input: '{"a":1}', redriveCount: 1 },
  });
  const health = await fetch(`${server.url}/_steplight/health`);
  expect(await health.json()).toMatchObject({ events: { clients: 3, dropped: 0, failed: 0 } });
  for (const one of [all, failures, others]) one.close();
});

it('gives a client that comes back what it has missed', async () => {
  const before = await listen();
  await sfn.send(new StartExecutionCommand({ stateMachineArn: failing, name: 'two' }));
  await before.seen('two', 'FAILED');
  before.close();
  await sfn.send(new StartExecutionCommand({ stateMachineArn: failing, name: 'three' }));
  const after = await listen('', before.events.at(-1)!.id);
  await after.seen('three', 'FAILED');
  expect(after.statuses('two')).toEqual([]);
  expect(after.statuses('three')).toEqual(['RUNNING', 'FAILED']);
  after.close();
});

it('has told everything, before or after it was killed', async () => {
  const before = await listen();
  const names = Array.from({ length: 20 }, (_, n) => `killed-${n}`);
  const starts = names.map((name) =>
    sfn.send(new StartExecutionCommand({ stateMachineArn: waiting, name })),
  );
  await Promise.all(starts);
  await server.kill();
  await start();
  const after = await listen('', 'whatever was last');
  const told = new Map<unknown, Set<string>>();
  await until('every start', async () => {
    for (const { id, detail } of [...before.events, ...after.events]) {
      told.set(detail.name, (told.get(detail.name) ?? new Set()).add(id));
    }
    return names.every((name) => told.has(name)) || undefined;
  });
  for (const name of names) expect(told.get(name)!.size).toBe(1);
  after.close();
});
