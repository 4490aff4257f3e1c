/**
 * The JavaScript SDK's clients of all services, loaded when asked for, that call a dispatcher in the
 * same process in any protocol that they speak.
 */
import { Readable } from 'node:stream';
import type { Dispatcher } from '../../../src/wire/dispatch.ts';
import type { ProtocolName } from '../../../src/wire/model/shapes.ts';
import type { WireHead } from '../../../src/wire/request.ts';
import { heldBody } from '../../../src/wire/stream/source.ts';

export interface Sdk {
  readonly [name: string]: unknown;
}

export interface Client {
  send(command: unknown): Promise<Record<string, unknown>>;
  destroy(): void;
}

interface Entry {
  readonly client: string;
  load(): Promise<unknown>;
  /** What keeps the client from changing input or output by itself. */
  readonly config?: object;
}

export const CLIENTS: Readonly<Record<string, Entry>> = {
  apigateway: { client: 'APIGatewayClient', load: () => import('@aws-sdk/client-api-gateway') },
  apigatewaymanagementapi: {
    client: 'ApiGatewayManagementApiClient',
    load: () => import('@aws-sdk/client-apigatewaymanagementapi'),
  },
  apigatewayv2: {
    client: 'ApiGatewayV2Client',
    load: () => import('@aws-sdk/client-apigatewayv2'),
  },
  cloudformation: {
    client: 'CloudFormationClient',
    load: () => import('@aws-sdk/client-cloudformation'),
  },
  cloudwatch: {
    client: 'CloudWatchClient',
    load: () => import('@aws-sdk/client-cloudwatch'),
    config: { disableRequestCompression: true },
  },
  comprehend: { client: 'ComprehendClient', load: () => import('@aws-sdk/client-comprehend') },
  dynamodb: { client: 'DynamoDBClient', load: () => import('@aws-sdk/client-dynamodb') },
  dynamodbstreams: {
    client: 'DynamoDBStreamsClient',
    load: () => import('@aws-sdk/client-dynamodb-streams'),
  },
  ecr: { client: 'ECRClient', load: () => import('@aws-sdk/client-ecr') },
  events: { client: 'EventBridgeClient', load: () => import('@aws-sdk/client-eventbridge') },
  firehose: { client: 'FirehoseClient', load: () => import('@aws-sdk/client-firehose') },
  iam: { client: 'IAMClient', load: () => import('@aws-sdk/client-iam') },
  kinesis: { client: 'KinesisClient', load: () => import('@aws-sdk/client-kinesis') },
  kms: { client: 'KMSClient', load: () => import('@aws-sdk/client-kms') },
  lambda: { client: 'LambdaClient', load: () => import('@aws-sdk/client-lambda') },
  logs: { client: 'CloudWatchLogsClient', load: () => import('@aws-sdk/client-cloudwatch-logs') },
  pipes: { client: 'PipesClient', load: () => import('@aws-sdk/client-pipes') },
  resourcegroupstaggingapi: {
    client: 'ResourceGroupsTaggingAPIClient',
    load: () => import('@aws-sdk/client-resource-groups-tagging-api'),
  },
  s3: {
    client: 'S3Client',
    load: () => import('@aws-sdk/client-s3'),
    config: {
      forcePathStyle: true,
      disableS3ExpressSessionAuth: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    },
  },
  scheduler: { client: 'SchedulerClient', load: () => import('@aws-sdk/client-scheduler') },
  secretsmanager: {
    client: 'SecretsManagerClient',
    load: () => import('@aws-sdk/client-secrets-manager'),
  },
  sns: { client: 'SNSClient', load: () => import('@aws-sdk/client-sns') },
  sqs: {
    client: 'SQSClient',
    load: () => import('@aws-sdk/client-sqs'),
    config: { md5: false, useQueueUrlAsEndpoint: false },
  },
  ssm: { client: 'SSMClient', load: () => import('@aws-sdk/client-ssm') },
  states: { client: 'SFNClient', load: () => import('@aws-sdk/client-sfn') },
  stepfunctions: { client: 'SFNClient', load: () => import('@aws-sdk/client-sfn') },
  sts: { client: 'STSClient', load: () => import('@aws-sdk/client-sts') },
  xray: { client: 'XRayClient', load: () => import('@aws-sdk/client-xray') },
};

/** A client of the service that speaks the protocol; its own one where none is named. */
export async function clientOf(
  service: string,
  dispatcher: Dispatcher,
  protocol?: ProtocolName,
): Promise<{ sdk: Sdk; client: Client }> {
  const { client: name, load, config } = CLIENTS[service]!;
  const sdk = (await load()) as Sdk;
  const Constructor = sdk[name] as new (config: object) => Client;
  const client = new Constructor({
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-west-1',
    credentials: { accessKeyId: '123456789012', secretAccessKey: 'any' },
    maxAttempts: 1,
    disableHostPrefix: true,
    requestHandler: inProcess(dispatcher),
    ...(protocol && { protocol: await protocolClass(protocol) }),
    ...config,
  });
  return { sdk, client };
}

async function protocolClass(name: ProtocolName): Promise<unknown> {
  const protocols = await import('@aws-sdk/core/protocols');
  const classes: Partial<Record<ProtocolName, unknown>> = {
    cbor: protocols.AwsSmithyRpcV2CborProtocol,
    json: protocols.AwsJson1_0Protocol,
    query: protocols.AwsQueryProtocol,
    ec2: protocols.AwsEc2QueryProtocol,
  };
  return classes[name];
}

interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** Hands the client's requests to the dispatcher, as the listener would. */
function inProcess(dispatcher: Dispatcher): object {
  const abort = new AbortController().signal;
  let count = 0;
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(sent: SdkRequest): Promise<object> {
      count += 1;
      const requestId = `request-${count}`;
      const arrival = { requestId, mayBeUnsigned: () => false, abort: () => abort };
      const bytes = sent.body === undefined ? new Uint8Array(0) : await whole(sent.body);
      const answer = await dispatcher.handle(headOf(sent), heldBody(bytes), arrival);
      const headers = { ...lowered(answer.headers), 'x-amzn-requestid': requestId };
      const body = Readable.from(
        typeof answer.body === 'string' ? [Buffer.from(answer.body)] : pieces(answer.body),
        { objectMode: false },
      );
      return { response: { statusCode: answer.status, headers, body } };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}

function headOf({ method, path, query, headers }: SdkRequest): WireHead {
  return { method, path, query: queryString(query ?? {}), headers: lowered(headers) };
}

const pieces = (body: Uint8Array | AsyncIterable<Uint8Array>) =>
  body instanceof Uint8Array ? [body] : body;

export async function whole(body: unknown): Promise<Uint8Array> {
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const lowered = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function queryString(query: NonNullable<SdkRequest['query']>): string {
  return Object.entries(query)
    .flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const))
    .map(([name, value]) =>
      value === null ? encodeURIComponent(name) : [name, value].map(encodeURIComponent).join('='),
    )
    .join('&');
}
