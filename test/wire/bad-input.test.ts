/** Requests that are broken in every way; each gets AWS's error, and the server goes on serving. */
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HandlerTable } from '../../src/wire/dispatch.ts';
import { ask, listen, openSocket } from './http.ts';
import { signed, startServer, type TestServer } from './server.ts';

let server: TestServer;
let release: (() => void) | undefined;
let aborted = 0;

const states: HandlerTable = {
  ListStateMachines: async () => ({ stateMachines: [] }),
  ListActivities: async () => {
    throw new Error('a defect');
  },
  DescribeActivity: async () => ({ creationDate: 'not a date' }),
  GetActivityTask: (_input, { abort }) =>
    new Promise((resolve) => {
      release = () => resolve({});
      abort.addEventListener('abort', () => {
        aborted += 1;
        resolve({});
      });
    }),
};
const lambda: HandlerTable = { Invoke: async () => ({ StatusCode: 200 }) };

beforeAll(async () => {
  server = await startServer({ states, lambda }, { bodySizeBytesMax: 100_000, stopTimeoutMs: 300 });
});

afterAll(() => server.http.stop());

const call = (operation: string, body: string | Uint8Array, headers: object = {}) =>
  ask(server.endpoint, {
    headers: {
      ...signed('states'),
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AWSStepFunctions.${operation}`,
      ...headers,
    },
    body,
  });

async function stillServes(): Promise<void> {
  const reply = await call('ListStateMachines', '{}');
  expect(reply.json()).toEqual({ stateMachines: [] });
}

describe('bodies', () => {
  it.each<[string, string | Uint8Array]>([
    ['cut off', '{"a":'],
    ['an array', '[]'],
    ['a text', '"x"'],
    ['null', 'null'],
    ['not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['a number for a string', '{"nextToken":7}'],
    ['a string for a number', '{"maxResults":"7"}'],
    ['a structure for a string', '{"nextToken":{}}'],
    ['a list for a string', '{"nextToken":[]}'],
  ])('%s', async (_name, body) => {
    const reply = await call('ListStateMachines', body);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ __type: 'SerializationException' });
    expect(reply.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says what was in the place of what', async () => {
    const texts = await Promise.all(
      ['{"nextToken":7}', '{"maxResults":"7"}', '{"nextToken":{}}'].map(
        async (body) => (await call('ListStateMachines', body)).json().message,
      ),
    );
    expect(texts).toEqual([
      'NUMBER_VALUE cannot be converted to String',
      'STRING_VALUE cannot be converted to Integer',
      'Start of structure or map found where not expected.',
    ]);
  });

  it('an empty one is an empty object; unknown members and nulls are nothing', async () => {
    expect((await call('ListStateMachines', '')).status).toBe(200);
    expect((await call('ListStateMachines', '{"x":1,"nextToken":null}')).status).toBe(200);
    expect((await call('ListStateMachines', '{"__proto__":{"nextToken":1}}')).status).toBe(200);
  });

  it('nested without end', async () => {
    const reply = await call('ListStateMachines', `{"x":${'['.repeat(40_000)}`);
    expect(reply.json()).toMatchObject({ __type: 'SerializationException' });
    await stillServes();
  });

  it('too large, told before they are sent', async () => {
    const socket = await openSocket(server.endpoint);
    const said = listen(socket);
    socket.write(
      'POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSStepFunctions.ListStateMachines\r\n' +
        'Content-Length: 1000000000\r\n\r\nstart',
    );
    expect(await said).toMatch(/^HTTP\/1\.1 413 [\s\S]*"__type":"RequestEntityTooLargeException"/);
    await stillServes();
  }, 10_000);

  it('too large, told only by their bytes', async () => {
    const socket = await openSocket(server.endpoint);
    const said = listen(socket);
    socket.write(
      'POST /2015-03-31/functions/f/invocations HTTP/1.1\r\nHost: x\r\n' +
        'Transfer-Encoding: chunked\r\n\r\n',
    );
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    for (let i = 0; i < 10; i++) socket.write(chunk);
    expect(await said).toMatch(/^HTTP\/1\.1 413 [\s\S]*RequestEntityTooLargeException/);
    await stillServes();
  }, 10_000);

  it('a large one within the limit arrives', async () => {
    const reply = await ask(server.endpoint, {
      path: '/2015-03-31/functions/f/invocations',
      headers: signed('lambda'),
      body: new Uint8Array(99_000),
    });
    expect(reply.status).toBe(200);
  });
});

describe('calls', () => {
  it.each<[string, Record<string, string>, number, string]>([
    ['unknown operation', { 'x-amz-target': 'AWSStepFunctions.Nope' }, 400, 'UnknownOperation'],
    ['inherited name', { 'x-amz-target': 'AWSStepFunctions.toString' }, 400, 'UnknownOperation'],
    ['foreign prefix', { 'x-amz-target': 'Logs_20140328.PutLogEvents' }, 400, 'UnknownOperation'],
    ['no dot', { 'x-amz-target': 'ListStateMachines' }, 400, 'UnknownOperation'],
    ['wrong content type', { 'content-type': 'text/xml' }, 400, 'UnknownOperation'],
    ['half a signature', { authorization: 'AWS4-HMAC-SHA256 x' }, 400, 'IncompleteSignature'],
    ['no handler', { 'x-amz-target': 'AWSStepFunctions.TestState' }, 501, 'NotImplemented'],
    ['no service', signed('dynamodb'), 501, 'NotImplemented'],
  ])('%s', async (_name, headers, status, type) => {
    const reply = await call('ListStateMachines', '{}', headers);
    expect(reply.status).toBe(status);
    expect(String(reply.json().__type)).toContain(type);
  });

  it('name the operation or service that is not there', async () => {
    const operation = await call('TestState', '{}');
    expect(operation.json().message).toContain('states:TestState');
    const service = await call('ListStateMachines', '{}', signed('dynamodb'));
    expect(service.json().message).toContain('dynamodb');
  });

  it('unknown paths of rest services are 404', async () => {
    const reply = await ask(server.endpoint, { path: '/nope', headers: signed('lambda') });
    expect(reply.status).toBe(404);
    expect(reply.headers['x-amzn-errortype']).toBe('UnknownOperationException');
    const bad = await ask(server.endpoint, {
      path: '/2015-03-31/functions/%ff/invocations',
      headers: signed('lambda'),
    });
    expect(bad.status).toBe(404);
  });

  it.each(['ListActivities', 'DescribeActivity'])(
    'a defect is InternalFailure with the request id, and logged: %s',
    async (operation) => {
      const body = '{"activityArn":"arn:aws:states:us-east-1:000000000000:activity:a"}';
      const reply = await call(operation, body);
      expect(reply.status).toBe(500);
      const { __type, message } = reply.json();
      expect(__type).toBe('InternalFailure');
      expect(message).toContain(reply.headers['x-amzn-requestid']);
      expect(message).not.toContain('defect');
      expect(server.logged.at(-1)).toMatchObject({ level: 'error', message: 'call failed' });
      await stillServes();
    },
  );
});

describe('connections', () => {
  it.each<[string, string, RegExp]>([
    ['garbage', '\x16\x03\x01\x02garbage\r\n\r\n', /^HTTP\/1\.1 400/],
    ['a header without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`, /^HTTP\/1\.1 431/],
    ['two lengths', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', /400/],
  ])('%s', async (_name, bytes, answer) => {
    const socket = await openSocket(server.endpoint);
    const said = listen(socket);
    socket.write(bytes);
    expect(await said).toMatch(answer);
    await stillServes();
  });

  it('cut off in the middle of head or body', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: x\r\n';
    for (const bytes of [head, `${head}Content-Length: 100\r\n\r\n{"a"`]) {
      const socket = await openSocket(server.endpoint);
      socket.write(bytes);
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.resetAndDestroy();
    }
    await stillServes();
    expect(server.logged.filter(({ message }) => message === 'request failed')).toEqual([]);
  });

  it('hundreds of idle ones', async () => {
    const sockets: Socket[] = [];
    for (let i = 0; i < 500; i++) sockets.push(await openSocket(server.endpoint));
    for (const socket of sockets.slice(0, 250)) socket.write('POST / HTTP/1.1\r\nHost: x\r\n');
    await stillServes();
    for (const socket of sockets) socket.destroy();
    await stillServes();
  });
});

describe('waiting calls', () => {
  const ARN = '{"activityArn":"arn:aws:states:us-east-1:000000000000:activity:a"}';

  it('learn that their client went away', async () => {
    const before = aborted;
    const socket = await openSocket(server.endpoint);
    const { authorization, 'x-amz-date': date } = signed('states');
    release = undefined;
    socket.write(
      'POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSStepFunctions.GetActivityTask\r\n' +
        `Authorization: ${authorization}\r\nX-Amz-Date: ${date}\r\n` +
        `Content-Length: ${ARN.length}\r\n\r\n${ARN}`,
    );
    await waitFor(() => release !== undefined);
    socket.destroy();
    await waitFor(() => aborted === before + 1);
  });

  it('are finished by a stop, or ended at its bound; then the port is free', async () => {
    release = undefined;
    const before = aborted;
    const finished = call('GetActivityTask', ARN);
    await waitFor(() => release !== undefined);
    const answer = release!;
    const hanging = call('GetActivityTask', ARN);
    await waitFor(() => release !== answer);
    const { port } = server.http;
    const stopped = Promise.all([server.http.stop(), server.http.stop()]);
    answer();
    expect(await finished).toMatchObject({ status: 200, headers: { connection: 'close' } });
    expect((await hanging).status).toBe(200);
    await stopped;
    expect(aborted).toBe(before + 1);
    await expect(ask(`http://127.0.0.1:${port}`, {})).rejects.toThrow('ECONNREFUSED');
    await Promise.all([server.http.start(), server.http.start()]);
    server = { ...server, endpoint: `http://127.0.0.1:${server.http.port}` };
    await stillServes();
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(condition()).toBe(true);
}
