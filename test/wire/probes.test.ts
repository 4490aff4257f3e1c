/**
 * What services of several protocols, services that share a name, and clients of old ask of the wire:
 * each request as it is on the wire, each answer as AWS gives it.
 */
import { decode, encode } from 'cborg';
import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../src/ground/fault.ts';
import type { HandlerTable } from '../../src/wire/dispatch.ts';
import { type Call, callRaw, dispatcherOf, FORM } from './models/call.ts';
import { missing, modelNames, modelSource } from './models/folder.ts';
import { QUIRKS } from './models/quirks.ts';

let arrived: unknown;
let at: string | undefined;
let answer: () => object;

beforeEach(() => {
  arrived = undefined;
  at = undefined;
  answer = () => ({});
});

/** Handlers of every operation. */
const table = (id: string): HandlerTable =>
  new Proxy<HandlerTable>(
    {},
    {
      getOwnPropertyDescriptor: () => ({ value: 0, configurable: true, enumerable: true }),
      get: (_table, name) => async (input: unknown) => {
        arrived = input;
        at = `${id}:${String(name)}`;
        return answer();
      },
    },
  );

const dispatcher = dispatcherOf(
  modelNames().map((name) => modelSource(name, QUIRKS[name])),
  Object.fromEntries(modelNames().map((name) => [name, table(name)])),
);
const call = (asked: Call) => callRaw(dispatcher, asked);

describe.skipIf(missing)('the same signing name', () => {
  it.each([
    ['dynamodb', 'DynamoDB_20120810.ListTables', 'dynamodb:ListTables'],
    ['dynamodb', 'DynamoDBStreams_20120810.ListStreams', 'dynamodbstreams:ListStreams'],
    [undefined, 'DynamoDBStreams_20120810.ListStreams', 'dynamodbstreams:ListStreams'],
  ])('%s %s', async (scope, target, expected) => {
    const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' };
    expect((await call({ ...(scope && { scope }), headers, body: '{}' })).status).toBe(200);
    expect(at).toBe(expected);
  });

  it.each([
    ['/restapis', 'apigateway:GetRestApis'],
    ['/v2/apis', 'apigatewayv2:GetApis'],
    ['/tags/arn%3Aaws%3Aapigateway', 'apigateway:GetTags'],
    ['/v2/tags/arn%3Aaws%3Aapigateway', 'apigatewayv2:GetTags'],
  ])('%s', async (path, expected) => {
    expect((await call({ method: 'GET', path, scope: 'apigateway' })).status).toBe(200);
    expect(at).toBe(expected);
  });

  it('tells nested values of DynamoDB as they are', async () => {
    const item = {
      id: { S: 'a' },
      all: { L: [{ N: '1.50' }, { NULL: true }, { M: { b: { BS: [Buffer.from('x')] } } }] },
    };
    answer = () => ({ Item: item });
    const body = '{"TableName":"ttt","Key":{"id":{"B":"YWI="}}}';
    const got = await call({
      scope: 'dynamodb',
      headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' },
      body,
    });
    expect(arrived).toEqual({ TableName: 'ttt', Key: { id: { B: Buffer.from('ab') } } });
    expect(JSON.parse(got.text)).toEqual({
      Item: {
        id: { S: 'a' },
        all: { L: [{ N: '1.50' }, { NULL: true }, { M: { b: { BS: ['eA=='] } } }] },
      },
    });
  });
});

describe.skipIf(missing)('a host name', () => {
  it.each<[string, Call, string]>([
    ['streams.dynamodb.us-east-1.amazonaws.com', {}, 'dynamodbstreams:ListStreams'],
    ['s3.us-east-1.amazonaws.com', { method: 'GET', path: '/bucket/key' }, 's3:GetObject'],
    ['s3.localhost:4566', { method: 'GET', path: '/restapis' }, 's3:ListObjects'],
    [
      'apigateway.us-east-1.amazonaws.com',
      { method: 'GET', path: '/restapis' },
      'apigateway:GetRestApis',
    ],
    ['127.0.0.1:4566', { method: 'GET', path: '/restapis' }, 'apigateway:GetRestApis'],
    ['127.0.0.1:4566', { method: 'GET', path: '/bucket/a/b/' }, 's3:GetObject'],
  ])('%s %j', async (host, asked, expected) => {
    const target = 'DynamoDBStreams_20120810.ListStreams';
    const headers = { host, ...(asked.path ? {} : { 'x-amz-target': target }) };
    await call({ ...asked, headers });
    expect(at).toBe(expected);
  });
});

describe.skipIf(missing)('SNS by query', () => {
  it('has the attributes of a message', async () => {
    const got = await call({
      scope: 'sns',
      headers: FORM,
      body:
        'Action=Publish&Version=2010-03-31&TopicArn=arn&Message=hello%20w%C3%B6rld' +
        '&MessageAttributes.entry.1.Name=k&MessageAttributes.entry.1.Value.DataType=String' +
        '&MessageAttributes.entry.1.Value.StringValue=v',
    });
    expect(arrived).toEqual({
      TopicArn: 'arn',
      Message: 'hello wörld',
      MessageAttributes: { k: { DataType: 'String', StringValue: 'v' } },
    });
    expect(got.text).toBe(
      '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult></PublishResult>' +
        '<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></PublishResponse>',
    );
  });

  it('tells errors by their codes', async () => {
    answer = () => {
      throw new Fault('NotFoundException', 'Topic does not exist');
    };
    const body = 'Action=GetTopicAttributes&Version=2010-03-31&TopicArn=a';
    const got = await call({ scope: 'sns', headers: FORM, body });
    expect(got.status).toBe(404);
    expect(got.text).toBe(
      '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>' +
        '<Code>NotFound</Code><Message>Topic does not exist</Message></Error>' +
        '<RequestId>r-1</RequestId></ErrorResponse>',
    );
  });
});

describe.skipIf(missing)('SQS', () => {
  const missingQueue = (): never => {
    throw new Fault('QueueDoesNotExist', 'The specified queue does not exist.');
  };
  const json = (target: string, body: string): Call => ({
    scope: 'sqs',
    headers: {
      'x-amz-target': `AmazonSQS.${target}`,
      'content-type': 'application/x-amz-json-1.0',
    },
    body,
  });

  it('answers queries of clients of old', async () => {
    answer = () => ({ MessageId: 'm-1', MD5OfMessageBody: 'd' });
    const got = await call({
      scope: 'sqs',
      path: '/000000000000/q',
      headers: FORM,
      body:
        'Action=SendMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Fq&MessageBody=b' +
        '&MessageAttribute.1.Name=k&MessageAttribute.1.Value.DataType=String' +
        '&MessageAttribute.1.Value.StringValue=v',
    });
    expect(arrived).toEqual({
      QueueUrl: 'http://q',
      MessageBody: 'b',
      MessageAttributes: { k: { DataType: 'String', StringValue: 'v' } },
    });
    expect(got).toMatchObject({ status: 200, headers: { 'Content-Type': 'text/xml' } });
    expect(got.text).toBe(
      '<SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><SendMessageResult>' +
        '<MD5OfMessageBody>d</MD5OfMessageBody><MessageId>m-1</MessageId></SendMessageResult>' +
        '<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></SendMessageResponse>',
    );
  });

  it('answers a query with a flattened list', async () => {
    answer = () => ({ QueueUrls: ['http://a', 'http://b'] });
    const got = await call({
      scope: 'sqs',
      query: 'Action=ListQueues&Version=2012-11-05',
      method: 'GET',
    });
    expect(got.text).toContain(
      '<ListQueuesResult><QueueUrl>http://a</QueueUrl><QueueUrl>http://b</QueueUrl></ListQueuesResult>',
    );
  });

  it('answers JSON, with the code of old beside an error', async () => {
    answer = missingQueue;
    const got = await call(json('GetQueueUrl', '{"QueueName":"q"}'));
    expect(got.status).toBe(400);
    expect(got.headers['x-amzn-query-error']).toBe(
      'AWS.SimpleQueueService.NonExistentQueue;Sender',
    );
    expect(JSON.parse(got.text)).toEqual({
      __type: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    });
  });

  it('tells the same error to a query by its code of old', async () => {
    answer = missingQueue;
    const body = 'Action=GetQueueUrl&Version=2012-11-05&QueueName=q';
    const got = await call({ scope: 'sqs', headers: FORM, body });
    expect(got.status).toBe(400);
    expect(got.text).toContain(
      '<Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code>',
    );
  });

  it('tells a defect as the mistake of the server', async () => {
    answer = () => {
      throw new TypeError('a defect');
    };
    const got = await call(json('ListQueues', '{}'));
    expect(got.headers['x-amzn-query-error']).toBe('InternalFailure;Receiver');
  });
});

describe.skipIf(missing)('CloudWatch speaks three protocols', () => {
  const datum = { MetricName: 'm', Value: 1, Timestamp: new Date(1_700_000_000_000) };
  const input = { Namespace: 'n', MetricData: [datum] };

  it.each<[string, Call]>([
    [
      'CBOR',
      {
        path: '/service/GraniteServiceVersion20100801/operation/PutMetricData',
        headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
        // {"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": 1.0, "Timestamp": 1(1700000000)}]}
        body: Buffer.from(
          'a2694e616d657370616365616e6a4d65747269634461746181a36a4d65747269634e616d65616d' +
            '6556616c7565fb3ff00000000000006954696d657374616d70c11a6553f100',
          'hex',
        ),
      },
    ],
    [
      'JSON',
      {
        headers: {
          'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData',
          'content-type': 'application/x-amz-json-1.0',
        },
        body: '{"Namespace":"n","MetricData":[{"MetricName":"m","Value":1,"Timestamp":1700000000}]}',
      },
    ],
    [
      'query',
      {
        headers: FORM,
        body:
          'Action=PutMetricData&Version=2010-08-01&Namespace=n&MetricData.member.1.MetricName=m' +
          '&MetricData.member.1.Value=1.0&MetricData.member.1.Timestamp=2023-11-14T22%3A13%3A20Z',
      },
    ],
  ])('%s', async (_name, asked) => {
    for (const scope of ['monitoring', undefined]) {
      arrived = undefined;
      const got = await call({ ...asked, ...(scope && { scope }) });
      expect(got).toMatchObject({ status: 200 });
      expect(at).toBe('cloudwatch:PutMetricData');
      expect(arrived).toEqual(input);
    }
  });

  const cbor = async (operation: string, body: Uint8Array) => {
    const path = `/service/GraniteServiceVersion20100801/operation/${operation}`;
    const headers = { 'smithy-protocol': 'rpc-v2-cbor' };
    const got = await call({ path, headers, body });
    return { ...got, hex: got.bytes.toString('hex') };
  };

  it('answers CBOR with dates by their tag, and whole floats as floats', async () => {
    answer = () => ({ Datapoints: [{ Timestamp: new Date(1_500), Sum: 2 }] });
    const at = (seconds: number): string => `c1fb${Buffer.from(float64(seconds)).toString('hex')}`;
    // {"Namespace": "n", "MetricName": "m", "StartTime": 1(0.0), "EndTime": 1(60.0), "Period": 60}
    const asked =
      `a5694e616d657370616365616e6a4d65747269634e616d65616d69537461727454696d65${at(0)}` +
      `67456e6454696d65${at(60)}66506572696f64183c`;
    const got = await cbor('GetMetricStatistics', Buffer.from(asked, 'hex'));
    expect(arrived).toEqual({
      Namespace: 'n',
      MetricName: 'm',
      StartTime: new Date(0),
      EndTime: new Date(60_000),
      Period: 60,
    });
    // {"Datapoints": [{"Sum": 2.0, "Timestamp": 1(1.5)}]}
    expect(got.hex).toBe('a16a44617461706f696e747381a26353756df940006954696d657374616d70c1f93e00');
  });

  it.each<[string, Uint8Array]>([
    ['a date without its tag', encode({ StartTime: 0 })],
    ['a text for a number', encode({ Period: 'x' })],
    ['no CBOR', Buffer.from('{"a":1}')],
    ['a part of a document', Buffer.from('a5694e61', 'hex')],
    ['a tag that nobody knows', Buffer.from('a1695374617274546d65d9010300', 'hex')],
  ])('refuses %s', async (_name, body) => {
    const got = await cbor('GetMetricStatistics', body);
    expect(got.status).toBe(400);
    expect(decode(got.bytes)).toMatchObject({ __type: 'SerializationException' });
  });

  it('refuses what is nested too deeply', async () => {
    const got = await cbor('GetMetricStatistics', Buffer.from('81'.repeat(200_000), 'hex'));
    expect(decode(got.bytes)).toMatchObject({ __type: 'SerializationException' });
  });

  it('tells errors by name in CBOR, with the code of old', async () => {
    answer = () => {
      throw new Fault('DashboardNotFoundError', 'none');
    };
    const got = await cbor('GetDashboard', encode({ DashboardName: 'd' }));
    expect(got.headers).toMatchObject({
      'smithy-protocol': 'rpc-v2-cbor',
      'Content-Type': 'application/cbor',
      'x-amzn-query-error': 'ResourceNotFound;Sender',
    });
    expect(decode(got.bytes)).toEqual({ __type: 'DashboardNotFoundError', message: 'none' });
  });

  it('falls back on the query protocol of old', async () => {
    const got = await call({ scope: 'monitoring', method: 'GET' });
    expect(got.text).toContain('<Code>MissingAction</Code>');
  });
});

function float64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}
