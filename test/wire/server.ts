/** An AWS endpoint on a free port whose handlers a test sets, and clients for it. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsHttp, type AwsHttpOptions } from '../../src/edge/http/aws-http.ts';
import { httpGuard } from '../../src/edge/http/guard.ts';
import { systemDigests } from '../../src/edge/system.ts';
import type { LogFields, Logger } from '../../src/ground/log.ts';
import { productCatalog } from '../../src/main/catalog.ts';
import type { Catalog } from '../../src/wire/catalog.ts';
import { Dispatcher, type HandlerTable } from '../../src/wire/dispatch.ts';
import type { RawModel } from './generate.ts';

export const catalog = productCatalog();

export function rawModel(name: string): RawModel {
  const path = join(import.meta.dirname, '../../models', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as RawModel;
}

export interface TestServer {
  readonly http: AwsHttp;
  readonly dispatcher: Dispatcher;
  readonly endpoint: string;
  readonly logged: readonly { level: string; message: string; fields: LogFields | undefined }[];
}

export async function startServer(
  services: Readonly<Record<string, HandlerTable>>,
  options: Partial<AwsHttpOptions> = {},
  models: Catalog = catalog,
): Promise<TestServer> {
  const logged: { level: string; message: string; fields: LogFields | undefined }[] = [];
  const at =
    (level: string) =>
    (message: string, fields?: LogFields): void => {
      logged.push({ level, message, fields });
    };
  const log: Logger = {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
  };
  const dispatcher = new Dispatcher({
    catalog: models,
    services,
    account: '000000000000',
    region: 'us-east-1',
    log,
    digests: systemDigests,
  });
  const http = new AwsHttp({
    host: '127.0.0.1',
    port: 0,
    dispatcher,
    guard: httpGuard([]),
    allowUnsigned: false,
    bodySizeBytesMax: 8 * 1024 * 1024,
    tools: { uuid: randomUUID },
    log,
    stopTimeoutMs: 1000,
    ...options,
  });
  await http.start();
  return { http, dispatcher, endpoint: `http://127.0.0.1:${http.port}`, logged };
}

/** An input whose body came as a stream, with its bytes in hand. */
export async function withBytes(input: unknown): Promise<object> {
  const entries = Object.entries(input as Record<string, unknown>).map(async ([name, value]) => {
    if (!isStream(value)) return [name, value] as const;
    const parts: Uint8Array[] = [];
    for await (const part of value) parts.push(part);
    return [name, new Uint8Array(Buffer.concat(parts))] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

export function clientConfig(endpoint: string) {
  return {
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: '123456789012', secretAccessKey: 'any' },
    maxAttempts: 1,
    disableHostPrefix: true,
  };
}

/** A header that counts as signed. */
export function signed(service: string, region = 'us-east-1', key = 'AKIDEXAMPLE') {
  return {
    authorization:
      `AWS4-HMAC-SHA256 Credential=${key}/20260101/${region}/${service}/aws4_request, ` +
      'SignedHeaders=host;x-amz-date, Signature=00',
    'x-amz-date': '20260101T000000Z',
  };
}
