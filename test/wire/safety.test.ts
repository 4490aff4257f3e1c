/**
 * A page in a browser must not be able to create or run anything here: requests as browsers send
 * them from other sites, under names rebound to this machine, and without a signature.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callHandler } from '../../src/edge/http/call-api.ts';
import { httpGuard } from '../../src/edge/http/guard.ts';
import type { HandlerTable } from '../../src/wire/dispatch.ts';
import { type Ask, ask } from './http.ts';
import { signed, startServer, type TestServer } from './server.ts';

let calls: string[] = [];
const handler = (name: string) => async (): Promise<object> => {
  calls.push(name);
  return {};
};
const services: Record<string, HandlerTable> = {
  states: { ListStateMachines: handler('ListStateMachines') },
  lambda: { CreateFunction: handler('CreateFunction'), ListFunctions: handler('ListFunctions') },
  xray: {
    GetSamplingRules: handler('GetSamplingRules'),
    PutTraceSegments: handler('PutTraceSegments'),
  },
};
const uuid = { uuid: () => '00000000-0000-4000-8000-000000000000' };

let server: TestServer;
let daemon: TestServer;
let port: string;

beforeAll(async () => {
  const guard = httpGuard(['steplight.example']);
  let callApi: ReturnType<typeof callHandler> | undefined;
  server = await startServer(services, {
    guard,
    routes: async (request, response) => {
      if (await callApi!(request, response)) return true;
      if (request.url !== '/console/') return false;
      response.end('the console');
      return true;
    },
  });
  callApi = callHandler({
    dispatcher: server.dispatcher,
    guard,
    account: '000000000000',
    region: 'us-east-1',
    bodySizeBytesMax: 1024,
    tools: uuid,
  });
  daemon = await startServer(services, {
    service: 'xray',
    unsignedOperations: ['xray:GetSamplingRules'],
  });
  port = String(server.http.port);
});

afterAll(() => Promise.all([server.http.stop(), daemon.http.stop()]));

beforeEach(() => {
  calls = [];
});

const LIST_MACHINES: Ask = {
  headers: {
    ...signed('states'),
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'AWSStepFunctions.ListStateMachines',
  },
  body: '{}',
};
const CREATE_FUNCTION: Ask = {
  path: '/2015-03-31/functions',
  headers: { ...signed('lambda'), 'content-type': 'application/json' },
  body: '{"FunctionName":"f","Role":"arn:aws:iam::000000000000:role/r","Code":{}}',
};

const withHeaders = (base: Ask, headers: Record<string, string>): Ask => ({
  ...base,
  headers: { ...base.headers, ...headers },
});

describe('another site', () => {
  const foreign: Record<string, Record<string, string>> = {
    'foreign Origin': { origin: 'https://evil.example' },
    'foreign Origin on another port': { origin: 'http://localhost:3000' },
    'opaque Origin': { origin: 'null' },
    'cross-site': { 'sec-fetch-site': 'cross-site' },
    'cross-site form': {
      origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site',
      'content-type': 'text/plain',
    },
    'same-site image': { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' },
  };

  it.each(Object.entries(foreign))('is refused with 403: %s', async (_name, headers) => {
    for (const call of [LIST_MACHINES, CREATE_FUNCTION]) {
      const reply = await ask(server.endpoint, withHeaders(call, headers));
      expect(reply.status).toBe(403);
      expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
    }
    for (const path of ['/_steplight/api/call/states/ListStateMachines', '/console/', '/nowhere']) {
      expect((await ask(server.endpoint, { method: 'GET', path, headers })).status).toBe(403);
    }
    const sampling = { path: '/GetSamplingRules', headers, body: '{}' };
    expect((await ask(daemon.endpoint, sampling)).status).toBe(403);
    expect(calls).toEqual([]);
    expect(server.logged.at(-1)).toMatchObject({ level: 'warn' });
  });

  it('gets nothing from a preflight', async () => {
    const reply = await ask(server.endpoint, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(reply.status).toBe(403);
    expect(Object.keys(reply.headers).filter((n) => n.startsWith('access-control'))).toEqual([]);
  });

  it('may only open a page of the console', async () => {
    const link = {
      method: 'GET',
      headers: {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      },
    };
    expect(await ask(server.endpoint, { ...link, path: '/console/' })).toMatchObject({
      status: 200,
      text: 'the console',
    });
    const api = { ...link, path: '/2015-03-31/functions' };
    expect((await ask(server.endpoint, withHeaders(api, signed('lambda')))).status).toBe(403);
    const framed = withHeaders({ ...link, path: '/console/' }, { 'sec-fetch-dest': 'iframe' });
    expect((await ask(server.endpoint, framed)).status).toBe(403);
  });
});

describe('a name that was rebound to this machine', () => {
  const host = (): string => `evil.example:${port}`;

  it('reaches no AWS operation from a page, even signed and of one origin', async () => {
    const headers = {
      host: host(),
      origin: `http://${host()}`,
      'sec-fetch-site': 'same-origin',
    };
    expect((await ask(server.endpoint, withHeaders(CREATE_FUNCTION, headers))).status).toBe(403);
    const read = {
      method: 'GET',
      path: '/2015-03-31/functions/',
      headers: { ...signed('lambda'), host: host(), 'sec-fetch-site': 'same-origin' },
    };
    expect((await ask(server.endpoint, read)).status).toBe(403);
    expect(calls).toEqual([]);
  });

  it('reaches neither console nor its API', async () => {
    const headers = { host: host(), 'x-steplight': 'console', 'content-type': 'application/json' };
    const page = await ask(server.endpoint, { method: 'GET', path: '/console/', headers });
    expect(page).toMatchObject({ status: 403 });
    const path = '/_steplight/api/call/states/ListStateMachines';
    expect((await ask(server.endpoint, { path, headers, body: '{}' })).status).toBe(403);
    expect(calls).toEqual([]);
  });

  it.each(['localhost', '127.0.0.1', '[::1]', 'steplight.example', 'app.localhost'])(
    'is none: %s',
    async (name) => {
      const headers = { host: `${name}:${port}` };
      const page = await ask(server.endpoint, { method: 'GET', path: '/console/', headers });
      expect(page.status).toBe(200);
    },
  );
});

describe('AWS clients', () => {
  it.each(['127.0.0.1', 'sync-localhost', 'sync-127.0.0.1', 'states.us-east-1.amazonaws.com'])(
    'may use any Host: %s',
    async (host) => {
      expect((await ask(server.endpoint, withHeaders(LIST_MACHINES, { host }))).status).toBe(200);
      expect(calls).toEqual(['ListStateMachines']);
    },
  );

  it('must sign', async () => {
    const { authorization, ...rest } = LIST_MACHINES.headers!;
    const reply = await ask(server.endpoint, { ...LIST_MACHINES, headers: rest });
    expect(reply.status).toBe(400);
    expect(reply.json()).toEqual({
      __type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
    const rest2 = await ask(server.endpoint, { ...CREATE_FUNCTION, headers: {} });
    expect(rest2.status).toBe(403);
    expect(rest2.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
    const form = await ask(server.endpoint, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });
    expect(form.status).toBe(403);
    expect(form.text).toContain('<Code>MissingAuthenticationToken</Code>');
    expect((await ask(server.endpoint, { method: 'GET' })).status).toBe(403);
    expect(calls).toEqual([]);
    expect(authorization).toBeDefined();
  });

  it('need no signature for sampling on the daemon port, and for nothing else', async () => {
    const rules = await ask(daemon.endpoint, { path: '/GetSamplingRules', body: '{}' });
    expect(rules.status).toBe(200);
    const segments = await ask(daemon.endpoint, {
      path: '/TraceSegments',
      body: '{"TraceSegmentDocuments":[]}',
    });
    expect(segments.status).toBe(403);
    const functions = { ...CREATE_FUNCTION, path: '/2015-03-31/functions' };
    expect((await ask(daemon.endpoint, functions)).status).toBe(404);
    expect(calls).toEqual(['GetSamplingRules']);
  });

  it('need none where unsigned calls are allowed', async () => {
    const open = await startServer(services, { allowUnsigned: true });
    const { authorization: _, ...headers } = LIST_MACHINES.headers!;
    expect((await ask(open.endpoint, { ...LIST_MACHINES, headers })).status).toBe(200);
    expect((await ask(open.endpoint, { ...CREATE_FUNCTION, headers: {} })).status).toBe(201);
    expect(calls).toEqual(['ListStateMachines', 'CreateFunction']);
    await open.http.stop();
  });
});

describe('the calls of the console', () => {
  const path = '/_steplight/api/call/states/ListStateMachines';
  const headers = { 'x-steplight': 'console', 'content-type': 'application/json; charset=utf-8' };

  it('need no signature', async () => {
    const reply = await ask(server.endpoint, { path, headers, body: '{"maxResults":5}' });
    expect(reply.status).toBe(200);
    expect(reply.headers['x-amzn-requestid']).toBe(uuid.uuid());
    expect(calls).toEqual(['ListStateMachines']);
  });

  it.each<[string, Ask, number]>([
    ['without the header', { path, headers: { 'content-type': 'application/json' } }, 403],
    ['with a simple type', { path, headers: { ...headers, 'content-type': 'text/plain' } }, 415],
    ['as GET', { path, headers, method: 'GET' }, 405],
    ['of another port', { path, headers: { ...headers, origin: 'http://localhost:1' } }, 403],
    ['too large', { path, headers, body: `{"a":"${'x'.repeat(2000)}"}` }, 413],
    ['no JSON', { path, headers, body: '{' }, 400],
    ['invalid', { path, headers, body: '{"maxResults":1001}' }, 400],
    ['unknown', { path: path.replace('List', 'Lost'), headers }, 404],
    [
      'not implemented',
      { path: path.replace('ListStateMachines', 'ListActivities'), headers },
      501,
    ],
    ['nowhere', { path: '/_steplight/api/call/states', headers }, 404],
  ])('are refused %s', async (_name, request, status) => {
    const reply = await ask(server.endpoint, request);
    expect(reply.status).toBe(status);
    expect(reply.json()).toHaveProperty('message');
    expect(calls).toEqual([]);
  });
});
