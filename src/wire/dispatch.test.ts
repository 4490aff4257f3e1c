import { describe, expect, it } from 'vitest';
import { systemDigests } from '../edge/system.ts';
import { Fault } from '../ground/fault.ts';
import { productCatalog } from '../main/catalog.ts';
import { stsHandlers } from '../service/sts/handlers.ts';
import { coverageRows, coverageTable } from './coverage.ts';
import { Dispatcher, type HandlerTable } from './dispatch.ts';
import type { CallContext } from './operations.ts';
import type { WireRequest } from './request.ts';
import { heldBody } from './stream/source.ts';

const catalog = productCatalog();
const silent = { error() {}, warn() {}, info() {}, debug() {} };
const context: CallContext = {
  account: '111122223333',
  region: 'eu-west-1',
  requestId: 'r-1',
  accessKeyId: undefined,
  traceHeader: undefined,
  abort: new AbortController().signal,
};

function dispatcher(services: Record<string, HandlerTable>): Dispatcher {
  return new Dispatcher({
    catalog,
    services: { sts: stsHandlers(), ...services },
    account: '000000000000',
    region: 'us-east-1',
    log: silent,
    digests: systemDigests,
  });
}

function signed(service: string, key: string, headers: Record<string, string>) {
  return {
    ...headers,
    'x-amz-date': '20260101T000000Z',
    authorization:
      `AWS4-HMAC-SHA256 Credential=${key}/20260101//${service}/aws4_request, ` +
      'SignedHeaders=host, Signature=0',
  };
}

const arrival = {
  requestId: 'r-1',
  mayBeUnsigned: () => false,
  abort: () => context.abort,
};

function send(calls: Dispatcher, request: WireRequest & { readonly body: Uint8Array }) {
  return calls.handle(request, heldBody(request.body), arrival);
}

describe('dispatchJson', () => {
  it('takes and gives plain JSON, whatever the protocol binds where', async () => {
    let got: unknown;
    const invoke = async (received: object): Promise<object> => {
      got = received;
      return {
        StatusCode: 200,
        Payload: new TextEncoder().encode('"ok"'),
        ExecutedVersion: '$LATEST',
        FunctionError: undefined,
      };
    };
    const calls = dispatcher({ lambda: { Invoke: invoke } });
    const input = { FunctionName: 'f', LogType: 'Tail', Payload: btoa('{}') };
    expect(await calls.dispatchJson('lambda', 'Invoke', input, context)).toEqual({
      status: 200,
      json: { StatusCode: 200, Payload: btoa('"ok"'), ExecutedVersion: '$LATEST' },
    });
    expect(got).toEqual({
      FunctionName: 'f',
      LogType: 'Tail',
      Payload: Buffer.from('{}'),
    });
  });

  it('has timestamps as epoch seconds both ways', async () => {
    const at = 1_700_000_000.123;
    const graph = async ({ StartTime }: { StartTime: Date }): Promise<object> => ({ StartTime });
    const calls = dispatcher({ xray: { GetServiceGraph: graph } });
    const input = { StartTime: at, EndTime: at };
    const answer = await calls.dispatchJson('xray', 'GetServiceGraph', input, context);
    expect(answer.json).toEqual({ StartTime: at });
  });

  it('speaks of the caller to the query service', async () => {
    const answer = await dispatcher({}).dispatchJson('sts', 'GetCallerIdentity', {}, context);
    expect(answer.json).toEqual({
      UserId: '111122223333',
      Account: '111122223333',
      Arn: 'arn:aws:iam::111122223333:root',
    });
  });

  it.each<[string, string, object, number, string]>([
    ['states', 'StartExecution', {}, 400, 'ValidationException'],
    ['states', 'StartExecution', { stateMachineArn: 1 }, 400, 'SerializationException'],
    ['states', 'DescribeExecution', { executionArn: 'a' }, 400, 'ExecutionDoesNotExist'],
    ['states', 'ListActivities', {}, 501, 'NotImplemented'],
    ['states', 'Nope', {}, 404, 'UnknownOperationException'],
    ['nope', 'Nope', {}, 501, 'NotImplemented'],
    ['lambda', 'GetFunction', { FunctionName: 'f' }, 404, 'ResourceNotFoundException'],
    ['lambda', 'Invoke', { FunctionName: 'f' }, 500, 'InternalFailure'],
  ])('%s %s %j → %s %s', async (service, operation, input, status, type) => {
    const missing = async (): Promise<never> => {
      throw new Fault(type, 'missing');
    };
    const broken = async (): Promise<never> => {
      throw new TypeError('a defect');
    };
    const calls = dispatcher({
      states: { StartExecution: missing, DescribeExecution: missing },
      lambda: { GetFunction: missing, Invoke: broken },
    });
    const answer = await calls.dispatchJson(service, operation, input as never, context);
    expect(answer).toMatchObject({ status, json: { __type: type } });
    expect(answer.json).toHaveProperty('message');
  });
});

describe('handle', () => {
  it('answers STS in XML, with the account of the key', async () => {
    const answer = await send(dispatcher({}), {
      method: 'POST',
      path: '/',
      query: '',
      headers: signed('sts', '444455556666', {
        'content-type': 'application/x-www-form-urlencoded',
      }),
      body: new TextEncoder().encode('Action=GetCallerIdentity&Version=2011-06-15'),
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toBe(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
        '<GetCallerIdentityResult><UserId>444455556666</UserId><Account>444455556666</Account>' +
        '<Arn>arn:aws:iam::444455556666:root</Arn></GetCallerIdentityResult>' +
        '<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>' +
        '</GetCallerIdentityResponse>',
    );
  });

  it('leaves out what is null, undefined or unknown to the model', async () => {
    const describeExecution = async (): Promise<object> => ({
      executionArn: 'a',
      name: null,
      output: undefined,
      secret: 'not in the model',
      startDate: new Date(1_700_000_000_120),
    });
    const calls = dispatcher({ states: { DescribeExecution: describeExecution } });
    const answer = await send(calls, {
      method: 'POST',
      path: '/',
      query: '',
      headers: signed('states', 'AKID', {
        'x-amz-target': 'AWSStepFunctions.DescribeExecution',
      }),
      body: new TextEncoder().encode('{"executionArn":"a"}'),
    });
    expect(answer.body).toBe('{"executionArn":"a","startDate":1700000000.12}');
    expect(answer.headers['Content-Type']).toBe('application/x-amz-json-1.0');
  });

  it('says whose mistake a Lambda error is, and its message in both spellings', async () => {
    const getFunction = async (): Promise<never> => {
      throw new Fault('ResourceNotFoundException', 'Function not found: f');
    };
    const invoke = async (): Promise<never> => {
      throw new Fault('TooManyRequestsException', 'Rate Exceeded.', {
        members: { Reason: 'CallerRateLimitExceeded', retryAfterSeconds: '1' },
      });
    };
    const calls = dispatcher({ lambda: { GetFunction: getFunction, Invoke: invoke } });
    const headers = signed('lambda', 'AKID', {});
    const base = { query: '', headers, body: new Uint8Array(0) };
    const missing = await send(calls, { ...base, method: 'GET', path: '/2015-03-31/functions/f' });
    expect(missing.status).toBe(404);
    expect(missing.headers['x-amzn-ErrorType']).toBe('ResourceNotFoundException');
    expect(JSON.parse(missing.body as string)).toEqual({
      Type: 'User',
      Message: 'Function not found: f',
      message: 'Function not found: f',
    });
    const throttled = await send(calls, {
      ...base,
      method: 'POST',
      path: '/2015-03-31/functions/f/invocations',
    });
    expect(throttled).toMatchObject({ status: 429, headers: { 'Retry-After': '1' } });
    expect(JSON.parse(throttled.body as string)).toEqual({
      Type: 'User',
      Reason: 'CallerRateLimitExceeded',
      message: 'Rate Exceeded.',
    });
  });

  it('sends the headers that the model of Invoke lacks', async () => {
    const invoke = async (): Promise<object> => ({
      StatusCode: 200,
      Payload: new TextEncoder().encode('1'),
      TraceHeader: 'Root=1-2;Sampled=0',
      RemappedContentLength: '0',
    });
    const answer = await send(dispatcher({ lambda: { Invoke: invoke } }), {
      method: 'POST',
      path: '/2015-03-31/functions/f/invocations',
      query: '',
      headers: signed('lambda', 'AKID', {}),
      body: new Uint8Array(0),
    });
    expect(answer.headers).toMatchObject({
      'X-Amzn-Trace-Id': 'Root=1-2;Sampled=0',
      'x-amzn-Remapped-Content-Length': '0',
    });
    expect(new TextDecoder().decode(answer.body as Uint8Array)).toBe('1');
  });
});

describe('coverage', () => {
  it('has a row for every operation, from the handlers', () => {
    const rows = coverageRows(catalog, { sts: stsHandlers() });
    expect(rows.filter((row) => row.implemented).map((row) => row.operation)).toEqual([
      'GetCallerIdentity',
    ]);
    expect(rows.filter((row) => row.service === 'states')).toHaveLength(37);
    const [first] = rows;
    expect(coverageTable(rows)).toContain(`| ${first!.serviceName} (`);
  });
});
