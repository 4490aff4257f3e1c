/**
 * Streams of events between handlers and clients: AWS's own clients read what handlers give, and
 * messages of AWS's codec are what handlers get, in every protocol that has them.
 */
import { EventStreamCodec } from '@smithy/core/event-streams';
import { decode } from 'cborg';
import { afterEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../src/ground/fault.ts';
import { Catalog } from '../../../src/wire/catalog.ts';
import type { HandlerTable } from '../../../src/wire/dispatch.ts';
import type { RawModel } from '../../../src/wire/model/raw.ts';
import { dispatcherOf } from '../models/call.ts';
import { clientOf } from '../models/clients.ts';
import { missing, modelSource } from '../models/folder.ts';
import { QUIRKS } from '../models/quirks.ts';
import { signed, startServer, type TestServer } from '../server.ts';
import { open, pause, until } from './toy.ts';

type Values = Record<string, unknown>;

async function* give(...events: readonly (Values | Error)[]): AsyncGenerator<Values> {
  for (const event of events) {
    if (event instanceof Error) throw event;
    yield event;
  }
}

interface Case {
  readonly service: string;
  readonly operation: string;
  readonly input: Values;
  readonly stream: string;
  readonly events: readonly Values[];
  /** Of the model, and one of its own that clients know. */
  readonly exception: string;
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const CASES: readonly Case[] = [
  {
    service: 'lambda',
    operation: 'InvokeWithResponseStream',
    input: { FunctionName: 'f' },
    stream: 'EventStream',
    events: [
      { PayloadChunk: { Payload: bytes('first') } },
      { PayloadChunk: { Payload: bytes('') } },
      { InvokeComplete: { ErrorCode: 'Unhandled', LogResult: 'log' } },
    ],
    exception: 'NoneIsModelled',
  },
  {
    service: 'logs',
    operation: 'StartLiveTail',
    input: { logGroupIdentifiers: ['arn'] },
    stream: 'responseStream',
    events: [
      { sessionStart: { requestId: 'r', logGroupIdentifiers: ['arn'] } },
      {
        sessionUpdate: {
          sessionMetadata: { sampled: true },
          sessionResults: [{ message: 'ä', timestamp: 5 }],
        },
      },
    ],
    exception: 'SessionTimeoutException',
  },
  {
    service: 'kinesis',
    operation: 'SubscribeToShard',
    input: {
      ConsumerARN: 'arn',
      ShardId: 'shard-1',
      StartingPosition: { Type: 'LATEST' },
    },
    stream: 'EventStream',
    events: [
      {
        SubscribeToShardEvent: {
          Records: [
            {
              SequenceNumber: '1',
              PartitionKey: 'p',
              Data: bytes('data'),
              ApproximateArrivalTimestamp: new Date(1_700_000_000_000),
            },
          ],
          ContinuationSequenceNumber: '2',
          MillisBehindLatest: 0,
        },
      },
    ],
    exception: 'ResourceInUseException',
  },
  {
    service: 's3',
    operation: 'SelectObjectContent',
    input: {
      Bucket: 'bucket',
      Key: 'key',
      Expression: 'SELECT 1',
      ExpressionType: 'SQL',
      InputSerialization: { CSV: {} },
      OutputSerialization: { CSV: {} },
    },
    stream: 'Payload',
    events: [
      { Records: { Payload: bytes('a,b\n') } },
      { Cont: {} },
      { Stats: { Details: { BytesScanned: 5, BytesProcessed: 6, BytesReturned: 7 } } },
      { End: {} },
    ],
    exception: 'NoneIsModelled',
  },
];

/** Bytes alike, whatever kind of array they are in. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

describe.skipIf(missing).each(CASES)('$operation', (one) => {
  const { service, operation, input, stream, events, exception } = one;

  async function call(...given: readonly (Values | Error)[]) {
    const table: HandlerTable = { [operation]: async () => ({ [stream]: give(...given) }) };
    const dispatcher = dispatcherOf([modelSource(service, QUIRKS[service])], { [service]: table });
    const { sdk, client } = await clientOf(service, dispatcher);
    const Command = sdk[`${operation}Command`] as new (input: object) => unknown;
    const output = await client.send(new Command(input));
    const got: Values[] = [];
    let failure: unknown;
    try {
      for await (const event of output[stream] as AsyncIterable<Values>) got.push(event);
    } catch (error) {
      failure = error;
    }
    return { got, failure };
  }

  it('gives its events to the client', async () => {
    const { got, failure } = await call(...events);
    expect(failure).toBeUndefined();
    expect(plain(got)).toEqual(plain(events));
  });

  it('tells an error in the middle after what came before it', async () => {
    const { got, failure } = await call(events[0]!, new Fault(exception, 'it is so'));
    expect(plain(got)).toEqual(plain([events[0]]));
    expect(failure).toMatchObject({ name: exception, message: 'it is so' });
  });

  it('tells a defect as InternalFailure, without its text', async () => {
    const { failure } = await call(events[0]!, new TypeError('a defect'));
    expect(failure).toMatchObject({ name: 'InternalFailure' });
    expect(String(failure)).not.toContain('defect');
  });
});

/** A service that takes events and gives them back, by a model of its own. */
const MODEL: RawModel = {
  operations: {
    Echo: {
      name: 'Echo',
      http: { method: 'POST', requestUri: '/echo/{Name}' },
      input: { shape: 'Talk' },
      output: { shape: 'Talk' },
      errors: [{ shape: 'Tired' }],
    },
  },
  shapes: {
    Text: { type: 'string' },
    Long: { type: 'long' },
    Bool: { type: 'boolean' },
    Blob: { type: 'blob' },
    Time: { type: 'timestamp' },
    Tired: { type: 'structure', members: { message: { shape: 'Text' } }, exception: true },
    Talk: {
      type: 'structure',
      required: ['Events'],
      members: {
        Name: { shape: 'Text', location: 'uri', locationName: 'Name' },
        Events: { shape: 'Events' },
      },
      payload: 'Events',
    },
    Events: {
      type: 'structure',
      eventstream: true,
      members: {
        Said: { shape: 'Said' },
        Raw: { shape: 'Raw' },
        Note: { shape: 'Note' },
        Tired: { shape: 'Tired' },
      },
    },
    Said: {
      type: 'structure',
      event: true,
      members: {
        Loud: { shape: 'Bool', eventheader: true },
        Count: { shape: 'Long', eventheader: true },
        At: { shape: 'Time', eventheader: true },
        Key: { shape: 'Blob', eventheader: true },
        Words: { shape: 'Text' },
        Size: { shape: 'Long' },
      },
    },
    Raw: {
      type: 'structure',
      event: true,
      members: { Bytes: { shape: 'Blob', eventpayload: true } },
    },
    Note: {
      type: 'structure',
      event: true,
      members: { Text: { shape: 'Text', eventpayload: true } },
    },
  },
};

const theirs = new EventStreamCodec(
  (text) => Buffer.from(text).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);
type Message = ReturnType<EventStreamCodec['decode']>;

const text = (value: string) => ({ type: 'string' as const, value });

function message(type: string, body: string | Uint8Array, more: Message['headers'] = {}) {
  const headers = { ':message-type': text('event'), ':event-type': text(type), ...more };
  return theirs.encode({ headers, body: Buffer.from(body) });
}

/** Messages of one body, cut by their lengths. */
function split(body: Buffer): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < body.length; at += body.readUInt32BE(at)) {
    messages.push(theirs.decode(body.subarray(at, at + body.readUInt32BE(at))));
  }
  return messages;
}

const told = ({ headers, body }: Message) => ({
  type: headers[':event-type']?.value ?? headers[':exception-type']?.value,
  body: Buffer.from(body).toString(),
});

let server: TestServer | undefined;

afterEach(async () => {
  await server?.http.stop();
  server = undefined;
});

type Talk = { readonly Name?: string; readonly Events: AsyncIterable<Values> };

async function startEcho(
  protocol: string,
  echo: (input: Talk, signal: AbortSignal) => AsyncIterable<Values>,
): Promise<TestServer> {
  const metadata = {
    apiVersion: '2026-01-01',
    endpointPrefix: 'toy',
    protocol,
    serviceFullName: 'Toy',
    serviceId: 'Toy',
    targetPrefix: 'Toy',
  };
  const catalog = new Catalog([{ id: 'toy', metadata, read: () => MODEL }]);
  const table = {
    Echo: async (input: Talk, { abort }: { abort: AbortSignal }) => ({
      Events: echo(input, abort),
    }),
  };
  server = await startServer({ toy: table as unknown as HandlerTable }, {}, catalog);
  return server;
}

const repeat = ({ Events }: Talk): AsyncIterable<Values> => Events;

async function exchange(
  started: TestServer,
  path: string,
  headers: Record<string, string>,
  body: Buffer,
) {
  const { outgoing, answer } = open(started, 'POST', path, headers);
  outgoing.end(body);
  const incoming = await answer;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return { incoming, messages: split(Buffer.concat(chunks)) };
}

describe.each([
  ['rest-json', '{"Words":"hi","Size":5}'],
  ['rest-xml', '<Said><Words>hi</Words><Size>5</Size></Said>'],
])('in %s', (protocol, document) => {
  it('events go in and come out, with headers, bytes and text', async () => {
    const names: unknown[] = [];
    const seen: Values[] = [];
    async function* echo({ Name, Events }: Talk) {
      names.push(Name);
      for await (const event of Events) {
        seen.push(event);
        yield event;
      }
    }
    const started = await startEcho(protocol, echo);
    const headers: Message['headers'] = {
      Loud: { type: 'boolean', value: true },
      At: { type: 'timestamp', value: new Date(1_700_000_000_123) },
      Key: { type: 'binary', value: Buffer.from('key') },
    };
    const body = Buffer.concat([
      message('Said', document, headers),
      message('Raw', 'bytes'),
      message('Unknown', '{}'),
      message('Note', 'ä note'),
    ]);
    const { incoming, messages } = await exchange(started, '/echo/me', {}, body);
    expect(incoming.headers['content-type']).toBe('application/vnd.amazon.eventstream');
    expect(names).toEqual(['me']);
    const time = new Date(1_700_000_000_123);
    expect(plain(seen)).toEqual([
      { Said: { Loud: true, At: time, Key: 'key', Words: 'hi', Size: 5 } },
      { Raw: { Bytes: 'bytes' } },
      { Note: { Text: 'ä note' } },
    ]);
    expect(messages.map(told)).toEqual([
      { type: 'Said', body: document },
      { type: 'Raw', body: 'bytes' },
      { type: 'Note', body: 'ä note' },
    ]);
    expect(messages[0]!.headers).toMatchObject({
      ':message-type': text('event'),
      Loud: { type: 'boolean', value: true },
      At: { type: 'timestamp', value: time },
    });
    expect(messages[1]!.headers[':content-type']).toEqual(text('application/octet-stream'));
  });

  it('messages that are signed each are taken out of their signatures', async () => {
    const started = await startEcho(protocol, repeat);
    const sign = (inner: Uint8Array) =>
      theirs.encode({
        headers: {
          ':date': { type: 'timestamp', value: new Date(0) },
          ':chunk-signature': { type: 'binary', value: Buffer.alloc(32) },
        },
        body: inner,
      });
    const body = Buffer.concat([sign(message('Raw', 'signed')), sign(new Uint8Array(0))]);
    const { messages } = await exchange(started, '/echo/me', {}, body);
    expect(messages.map(told)).toEqual([{ type: 'Raw', body: 'signed' }]);
  });
});

describe.each([
  ['json', '/', { 'x-amz-target': 'Toy.Echo' }],
  ['smithy-rpc-v2-cbor', '/service/Toy/operation/Echo', { 'smithy-protocol': 'rpc-v2-cbor' }],
] as const)('in %s', (protocol, path, headers) => {
  // An empty map of CBOR is one byte.
  const nothing = protocol === 'json' ? '{}' : Buffer.from([0xa0]);

  it('the first message holds the members that are no events', async () => {
    const started = await startEcho(protocol, repeat);
    const body = Buffer.concat([message('initial-request', nothing), message('Raw', 'bytes')]);
    const { messages } = await exchange(started, path, headers, body);
    expect(messages.map(({ headers: { ':event-type': type } }) => type!.value)).toEqual([
      'initial-response',
      'Raw',
    ]);
    const [first] = messages;
    const document =
      protocol === 'json' ? JSON.parse(Buffer.from(first!.body).toString()) : decode(first!.body);
    expect(document).toEqual({});
  });

  it('a stream without it is refused', async () => {
    const started = await startEcho(protocol, repeat);
    const { outgoing, answer } = open(started, 'POST', path, headers);
    outgoing.end(message('Raw', 'bytes'));
    expect((await answer).statusCode).toBe(400);
  });
});

describe('a stream', () => {
  it('goes both ways at once', async () => {
    const started = await startEcho('rest-json', repeat);
    const { outgoing, answer } = open(started, 'POST', '/echo/me');
    outgoing.write(message('Raw', 'one'));
    const incoming = await answer;
    const chunks = incoming[Symbol.asyncIterator]();
    const first = await chunks.next();
    expect(split(first.value as Buffer).map(told)).toEqual([{ type: 'Raw', body: 'one' }]);
    outgoing.end(message('Raw', 'two'));
    const second = await chunks.next();
    expect(split(second.value as Buffer).map(told)).toEqual([{ type: 'Raw', body: 'two' }]);
    expect((await chunks.next()).done).toBe(true);
  });

  it('tells a modelled error as its exception', async () => {
    async function* tired() {
      yield { Note: { Text: 'first' } };
      throw new Fault('Tired', 'enough');
    }
    const started = await startEcho('rest-json', tired);
    const { messages } = await exchange(started, '/echo/me', {}, Buffer.alloc(0));
    expect(messages.map(told)).toEqual([
      { type: 'Note', body: 'first' },
      { type: 'Tired', body: '{"message":"enough"}' },
    ]);
    expect(messages[1]!.headers[':message-type']).toEqual(text('exception'));
  });

  it('that is broken ends the answer with an error', async () => {
    const started = await startEcho('rest-json', repeat);
    const good = Buffer.from(message('Raw', 'one'));
    const bad = Buffer.from(good);
    bad[20]! ^= 1;
    const { messages } = await exchange(started, '/echo/me', {}, Buffer.concat([good, bad]));
    expect(messages.map(told)[0]).toEqual({ type: 'Raw', body: 'one' });
    expect(messages[1]!.headers).toMatchObject({
      ':message-type': text('error'),
      ':error-code': text('SerializationException'),
    });
  });

  it('is ended when the client goes away', async () => {
    let ended = false;
    async function* endless(_input: Talk, abort: AbortSignal) {
      try {
        for (let i = 0; ; i++) {
          yield { Note: { Text: String(i) } };
          if (abort.aborted) return;
          await pause(5);
        }
      } finally {
        ended = true;
      }
    }
    const started = await startEcho('rest-json', endless);
    const { outgoing, answer } = open(started, 'POST', '/echo/me');
    outgoing.end();
    (await answer).destroy();
    await until(() => ended);
    expect(started.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

it('an operation with events and no handler is not implemented', async () => {
  server = await startServer({ lambda: {} });
  const path = '/2021-11-15/functions/f/response-streaming-invocations';
  const { outgoing, answer } = open(server, 'POST', path, signed('lambda'));
  outgoing.end();
  expect((await answer).statusCode).toBe(501);
});
