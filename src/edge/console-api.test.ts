import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HistoryRecord } from '../execution/record.ts';
import type { ExecutionHead, ListQuery } from '../store/executions/store.ts';
import { consoleHandler } from './console-api.ts';
import { httpGuard } from './http/guard.ts';
import { ConsoleFeed } from './http/sse.ts';

const head = {
  id: 1,
  arn: 'arn:aws:states:us-east-1:000000000000:express:m:e:u',
  name: 'e',
  machineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m',
  machineName: 'm',
  type: 'EXPRESS',
  roleArn: 'role',
  input: '{"a":1}',
  startedAt: 1_700_000_000_123,
  status: 'RUNNING',
  redriveCount: 0,
  tracingEnabled: true,
  trace: { traceId: '1-0-0', sampled: true },
} as unknown as ExecutionHead;

const records: HistoryRecord[] = Array.from({ length: 5 }, (_, index) => ({
  type: 'PassStateEntered',
  id: index + 1,
  previousEventId: index,
  at: 1_700_000_000_500 + index,
  details: { name: 'A', input: '{}' },
  scope: '',
}));

const asked: ListQuery[] = [];
let server: Server;
let base: string;

beforeAll(async () => {
  const handle = consoleHandler({
    account: '000000000000',
    region: 'us-east-1',
    guard: httpGuard(['steplight.test']),
    feed: new ConsoleFeed(),
    stream: { connect: (_request, response) => void response.end('stream') },
    files: undefined,
    health: async () => ({ status: 'ok' }),
    executions: {
      async list(query) {
        asked.push(query);
        return { items: [head], nextToken: 'next' };
      },
      headByArn: async (arn) => (arn === head.arn ? head : undefined),
      async history(_head, { from, limit, reverse }) {
        const rows = reverse ? records.toReversed() : records;
        return rows.filter((row) => (reverse ? row.id <= from : row.id >= from)).slice(0, limit);
      },
      definition: async () => '{"StartAt":"A"}',
    },
  });
  server = createServer(async (request, response) => {
    if (!(await handle(request, response))) response.writeHead(418).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
});

const read = async (path: string, init?: RequestInit) => {
  const response = await fetch(`${base}/_steplight/${path}`, init);
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at member by member
  return { status: response.status, body: (await response.json()) as any };
};
const arn = encodeURIComponent(head.arn);

it('lists executions with filters', async () => {
  const { body } = await read(
    'api/executions?machine=m&status=FAILED&name=or&type=EXPRESS&from=10.5&to=20&limit=7&token=t',
  );
  expect(asked.at(-1)).toEqual({
    account: '000000000000',
    region: 'us-east-1',
    machineArn: 'm',
    status: 'FAILED',
    nameContains: 'or',
    type: 'EXPRESS',
    startedFrom: 10_500,
    startedTo: 20_000,
    limit: 7,
    token: 't',
  });
  expect(body.nextToken).toBe('next');
  expect(body.executions[0]).toMatchObject({
    executionArn: head.arn,
    status: 'RUNNING',
    startDate: 1_700_000_000.123,
    traceId: '1-0-0',
  });
  expect(body.executions[0]).not.toHaveProperty('input');
});

it('shows one execution with its definition', async () => {
  const { body } = await read(`api/execution?arn=${arn}`);
  expect(body).toMatchObject({ input: '{"a":1}', definition: '{"StartAt":"A"}', type: 'EXPRESS' });
  const missing = await read('api/execution?arn=arn:nobody');
  expect(missing).toMatchObject({ status: 404, body: { __type: 'ExecutionDoesNotExist' } });
});

it('pages through a history both ways', async () => {
  const first = await read(`api/execution/history?arn=${arn}&limit=3`);
  expect(first.body.events.map((event: { id: number }) => event.id)).toEqual([1, 2, 3]);
  expect(first.body.next).toBe(4);
  expect(first.body.events[0]).toMatchObject({
    timestamp: 1_700_000_000.5,
    stateEnteredEventDetails: { name: 'A' },
  });
  const rest = await read(`api/execution/history?arn=${arn}&limit=3&from=4`);
  expect(rest.body.events).toHaveLength(2);
  expect(rest.body).not.toHaveProperty('next');
  const back = await read(`api/execution/history?arn=${arn}&limit=5&reverse=true`);
  expect(back.body.events[0].id).toBe(5);
  expect(back.body).not.toHaveProperty('next');
});

it('answers mistakes with their reason', async () => {
  for (const query of ['status=GONE', 'limit=0', 'limit=5000', 'from=soon']) {
    expect((await read(`api/executions?${query}`)).status, query).toBe(400);
  }
  expect((await read('api/nothing')).status).toBe(404);
  expect((await read('health', { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${base}/console/`)).status).toBe(404);
  expect((await fetch(`${base}/_steplight/api/call/states/ListActivities`)).status).toBe(418);
});

it('answers nobody of another site', async () => {
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'http://evil.test' },
  ];
  for (const headers of foreign) {
    for (const path of ['health', 'api/executions', 'events']) {
      const { status, body } = await read(path, { headers });
      expect(status).toBe(403);
      expect(body.__type).toBe('ForbiddenOrigin');
    }
  }
});
