/** What no client should send, to a whole server: each gets its error, and the server goes on. */
import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  type Runtime,
} from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn';
import { BatchGetTracesCommand, PutTraceSegmentsCommand, XRayClient } from '@aws-sdk/client-xray';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outcomeOf } from '../support/outcome.ts';
import {
  slowestAnswer,
  startServer,
  type TestServer,
  temporaryFolder,
  until,
} from '../support/server.ts';
import { ROLE } from '../support/workbench.ts';
import { functionZip } from '../support/zip.ts';

/** How long a request may wait, in pieces of a few milliseconds: far from what the loops take. */
const WAIT_MAX = 150;

const folder = temporaryFolder();
let xrayPort: number;
let server: TestServer;
let sfn: SFNClient;
let lambda: LambdaClient;
let xray: XRayClient;

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  socket.close();
  return port;
}

beforeAll(async () => {
  xrayPort = await freePort();
  server = await startServer(folder.path, ['--xray-port', `${xrayPort}`]);
  sfn = new SFNClient(server.client);
  lambda = new LambdaClient(server.client);
  xray = new XRayClient(server.client);
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
  folder.remove();
});

let made = 0;
async function machine(definition: unknown, type: 'STANDARD' | 'EXPRESS' = 'STANDARD') {
  const created = await sfn.send(
    new CreateStateMachineCommand({
      name: `machine-${++made}`,
      definition: typeof definition === 'string' ? definition : JSON.stringify(definition),
      roleArn: ROLE,
      type,
    }),
  );
  return created.stateMachineArn!;
}

async function outcome(definition: unknown, input = '{}') {
  const stateMachineArn = await machine(definition);
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
  return outcomeOf(sfn, executionArn);
}

const create = (name: string, ZipFile: Uint8Array, more: object = {}) =>
  lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs20.x' as Runtime,
      Handler: 'index.handler',
      Role: ROLE,
      Code: { ZipFile },
      ...more,
    }),
  );

const END = { Type: 'Succeed' };
const LOOP = {
  StartAt: 'A',
  States: {
    A: {
      Type: 'Choice',
      Choices: [{ Variable: '$.never', IsPresent: true, Next: 'End' }],
      Default: 'A',
    },
    End: END,
  },
};

it('nesting without end is refused in inputs and definitions, and is an error in data', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const pass = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };
  const stateMachineArn = await machine(pass);
  await expect(
    sfn.send(new StartExecutionCommand({ stateMachineArn, input: deep })),
  ).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
  await expect(machine(deep)).rejects.toMatchObject({ name: 'InvalidDefinition' });
  const parsed = { 'x.$': 'States.StringToJson($.text)' };
  const found = await outcome(
    { StartAt: 'A', States: { A: { Type: 'Pass', Parameters: parsed, End: true } } },
    JSON.stringify({ text: deep }),
  );
  expect(found.status).toBe('FAILED');
});

it('keys, numbers and characters that are special to JavaScript come through as they are', async () => {
  const input = '{"__proto__":{"a":1},"constructor":2,"lone":"\\ud800","nul":"\\u0000"}';
  const copy = { 'x.$': '$.__proto__', 'y.$': '$.constructor', 'z.$': '$.lone' };
  const found = await outcome(
    { StartAt: 'A', States: { A: { Type: 'Pass', Parameters: copy, End: true } } },
    input,
  );
  expect(found.input).toBe(input);
  expect(found.output).toBe('{"x":{"a":1},"y":2,"z":"\\ud800"}');
});

it('loops without end leave room for others, and end', async () => {
  const running = outcome(LOOP);
  expect(await slowestAnswer(server, running)).toBeLessThan(WAIT_MAX);
  expect(await running).toMatchObject({
    status: 'FAILED',
    cause: 'The execution reached the maximum number of history events (25000).',
  });
});

it('loops of Express executions leave room for others, and end', async () => {
  const stateMachineArn = await machine(LOOP, 'EXPRESS');
  const running = sfn.send(new StartSyncExecutionCommand({ stateMachineArn }));
  expect(await slowestAnswer(server, running)).toBeLessThan(WAIT_MAX);
  const { status, cause } = await running;
  expect(status).toBe('FAILED');
  expect(cause).toContain('maximum size of the history');
});

it('expressions without end leave room for others, and end', async () => {
  const source = '{% ($f := function($x){$f($x)}; $f(1)) %}';
  const running = outcome({
    QueryLanguage: 'JSONata',
    StartAt: 'A',
    States: { A: { Type: 'Pass', Output: source, End: true } },
  });
  expect(await slowestAnswer(server, running)).toBeLessThan(WAIT_MAX);
  expect((await running).error).toBe('States.QueryEvaluationError');
});

it('zips that are none, or that reach out of their folder, are refused', async () => {
  const bytes = new TextEncoder().encode('exports.handler = async (event) => event;');
  const link = [bytes, { os: 3, attrs: 0o120777 << 16 }] as const;
  const bad = {
    none: bytes,
    cut: zipSync({ 'index.js': bytes }).subarray(0, 50),
    up: zipSync({ 'index.js': bytes, '../../up.js': bytes }),
    absolute: zipSync({ 'index.js': bytes, '/tmp/absolute.js': bytes }),
    link: zipSync({
      'index.js': bytes,
      out: [new TextEncoder().encode('/etc'), link[1]],
    }),
    bomb: zipSync({ 'index.js': bytes, big: new Uint8Array(270_000_000) }, { level: 1 }),
  };
  for (const [name, zip] of Object.entries(bad)) {
    await expect(create(name, zip), name).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  }
});

it('functions that misbehave have an outcome each', async () => {
  const answer = (path: string, body: string) => `
    const http = require('http');
    const post = (id) => new Promise((resolve) => {
      const url = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
      http.request(url + ${path}, { method: 'POST' }, (r) => { r.resume(); r.on('end', () => resolve(r.statusCode)); })
        .end(${body});
    });`;
  const functions: Record<string, [code: string, expected: RegExp]> = {
    exits: ['exports.handler = async () => process.exit(3)', /Runtime.ExitError.*exit status 3/],
    dies: ['exports.handler = async () => process.kill(process.pid, 9)', /Runtime.ExitError/],
    floods: [
      'exports.handler = async () => { for (let i = 0; i < 50000; i++) console.log("x".repeat(200)); return "ok" }',
      /^"ok"$/,
    ],
    eats: [
      'exports.handler = async () => { const a = []; for (;;) { a.push(Buffer.alloc(2e7, 1)); await new Promise((r) => setTimeout(r, 5)) } }',
      /Runtime.ExitError.*killed/,
    ],
    ignores: [
      'process.on("SIGTERM", () => {}); exports.handler = () => new Promise(() => setInterval(() => {}, 9))',
      /Sandbox.Timedout/,
    ],
    twice: [
      `${answer('id + "/response"', '"1"')} exports.handler = async (e, c) => { await post(c.awsRequestId); return await post(c.awsRequestId) }`,
      /^1$/,
    ],
    strange: [
      `${answer('"nobody/response"', '"{"')} exports.handler = async () => post()`,
      /^400$/,
    ],
  };
  const replies = await Promise.all(
    Object.entries(functions).map(async ([name, [code, expected]]) => {
      await create(name, functionZip({ 'index.js': code }), {
        Timeout: name === 'ignores' ? 2 : 120,
      });
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: name }));
      return [name, Buffer.from(Payload!).toString(), expected] as const;
    }),
  );
  for (const [name, payload, expected] of replies) expect(payload, name).toMatch(expected);
});

it('garbage at the daemon is counted by reason, and what comes after it is stored', async () => {
  const traceId = `1-${Math.floor(Date.now() / 1000).toString(16)}-${'a'.repeat(24)}`;
  const now = Date.now() / 1000;
  const segment = { trace_id: traceId, id: '1'.repeat(16), name: 'it', start_time: now };
  const header = '{"format":"json","version":1}\n';
  const socket = createSocket('udp4');
  const send = (text: string | Buffer) =>
    new Promise((resolve) => socket.send(text, xrayPort, '127.0.0.1', resolve));
  for (let i = 0; i < 500; i++) await send(Buffer.alloc(200, i));
  await send(`${header}${'['.repeat(60_000)}`);
  await send(header + JSON.stringify({ ...segment, id: 'wrong', end_time: now }));
  await send(header + JSON.stringify({ ...segment, end_time: now }));
  socket.close();
  await until('the segment', async () => {
    const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: [traceId] }));
    return Traces?.length === 1 ? true : undefined;
  });
  const health = (await (await fetch(`${server.url}/_steplight/health`)).json()) as {
    services: { xray: { refusedSegments: { byCode: Record<string, number> } } };
  };
  const { byCode } = health.services.xray.refusedSegments;
  expect(byCode.InvalidId).toBe(1);
  expect(byCode.InvalidDatagram).toBeGreaterThan(100);
});

it('segments whose ids go round in circles are shown', async () => {
  const traceId = `1-${Math.floor(Date.now() / 1000).toString(16)}-${'b'.repeat(24)}`;
  const part = { id: '2'.repeat(16), name: 'it', start_time: 1, end_time: 2 };
  const document = { ...part, trace_id: traceId, subsegments: [{ ...part, subsegments: [part] }] };
  const texts = [JSON.stringify(document)];
  await xray.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: texts }));
  const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: [traceId] }));
  expect(Traces![0]!.Segments).toHaveLength(1);
});

it('connections that say nothing, or stop in the middle, keep nobody out', async () => {
  const heads = [
    '',
    'POST / HTTP/1.1\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{',
  ];
  const sockets: Socket[] = [];
  for (let i = 0; i < 1_500; i++) {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(heads[i % heads.length]!);
    sockets.push(socket);
  }
  expect((await fetch(`${server.url}/_steplight/health`)).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  expect((await fetch(`${server.url}/_steplight/health`)).status).toBe(200);
});
