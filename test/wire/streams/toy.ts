/**
 * A service whose bodies stream, by a model of its own in restJson or restXml, behind the real
 * listener; and sources and sinks that count what goes through them.
 */
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { Catalog } from '../../../src/wire/catalog.ts';
import type { HandlerTable } from '../../../src/wire/dispatch.ts';
import type { RawModel } from '../../../src/wire/model/raw.ts';
import type { CallContext } from '../../../src/wire/operations.ts';
import type { StreamedBody } from '../../../src/wire/stream/input.ts';
import { signed, startServer, type TestServer } from '../server.ts';

export const PIECE = Buffer.alloc(64 * 1024, 'steplight ');

export interface PutInput {
  readonly Name: string;
  readonly Body: StreamedBody;
}

export interface GetInput {
  readonly Name: string;
}

export interface ToyHandlers {
  Put?(input: PutInput, context: CallContext): Promise<object>;
  Get?(input: GetInput, context: CallContext): Promise<object>;
  Whole?(input: object, context: CallContext): Promise<object>;
}

const MODEL: RawModel = {
  operations: {
    Put: {
      name: 'Put',
      http: { method: 'PUT', requestUri: '/things/{Name}' },
      input: { shape: 'PutInput' },
      output: { shape: 'PutOutput' },
      httpChecksum: { requestAlgorithmMember: 'Algorithm' },
    },
    Get: {
      name: 'Get',
      http: { method: 'GET', requestUri: '/things/{Name}' },
      input: { shape: 'GetInput' },
      output: { shape: 'GetOutput' },
    },
    Head: {
      name: 'Head',
      http: { method: 'HEAD', requestUri: '/things/{Name}' },
      input: { shape: 'GetInput' },
      output: { shape: 'GetOutput' },
    },
    Whole: {
      name: 'Whole',
      http: { method: 'POST', requestUri: '/whole' },
      input: { shape: 'WholeInput' },
      output: { shape: 'WholeOutput' },
    },
  },
  shapes: {
    Text: { type: 'string' },
    Size: { type: 'long' },
    Bytes: { type: 'blob', streaming: true },
    PutInput: {
      type: 'structure',
      required: ['Name', 'Body'],
      payload: 'Body',
      members: {
        Name: { shape: 'Text', location: 'uri', locationName: 'Name' },
        Algorithm: {
          shape: 'Text',
          location: 'header',
          locationName: 'x-amz-sdk-checksum-algorithm',
        },
        Body: { shape: 'Bytes' },
      },
    },
    PutOutput: {
      type: 'structure',
      members: { Size: { shape: 'Size', location: 'header', locationName: 'x-toy-size' } },
    },
    GetInput: {
      type: 'structure',
      required: ['Name'],
      members: { Name: { shape: 'Text', location: 'uri', locationName: 'Name' } },
    },
    GetOutput: {
      type: 'structure',
      payload: 'Body',
      members: {
        Length: { shape: 'Size', location: 'header', locationName: 'Content-Length' },
        Body: { shape: 'Bytes' },
      },
    },
    WholeInput: { type: 'structure', members: { Text: { shape: 'Text' } } },
    WholeOutput: { type: 'structure', members: { Text: { shape: 'Text' } } },
  },
};

export type ToyProtocol = 'rest-json' | 'rest-xml';

export function startToy(
  handlers: ToyHandlers,
  protocol: ToyProtocol = 'rest-json',
): Promise<TestServer> {
  const metadata = {
    apiVersion: '2026-01-01',
    endpointPrefix: 'toy',
    protocol,
    serviceFullName: 'Toy',
    serviceId: 'Toy',
  };
  const catalog = new Catalog([{ id: 'toy', metadata, read: () => MODEL }]);
  return startServer({ toy: handlers as HandlerTable }, {}, catalog);
}

/** Pieces that are made when they are asked for; says how many were, and whether it was ended. */
export class Source implements AsyncIterable<Uint8Array> {
  pulled = 0;
  ended = false;
  readonly #count: number;
  readonly #before: (index: number) => void;

  /** `before` is called before each piece is made, and may throw. */
  constructor(count: number, before: (index: number) => void = () => {}) {
    this.#count = count;
    this.#before = before;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (; this.pulled < this.#count; this.pulled++) {
        this.#before(this.pulled);
        yield PIECE;
      }
    } finally {
      this.ended = true;
    }
  }
}

export interface Opened {
  readonly outgoing: ClientRequest;
  readonly answer: Promise<IncomingMessage>;
}

/** A request whose body the test writes itself. */
export function open(
  { endpoint }: TestServer,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Opened {
  const { hostname, port } = new URL(endpoint);
  const outgoing = request({
    hostname,
    port,
    method,
    path,
    headers: { ...signed('toy'), ...headers },
    agent: false,
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
  answer.catch(() => undefined);
  return { outgoing, answer };
}

/** Writes all pieces, no faster than the connection takes them. */
export async function pour(source: AsyncIterable<Uint8Array>, outgoing: ClientRequest) {
  for await (const piece of source) {
    if (outgoing.destroyed) return;
    if (outgoing.write(piece)) continue;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        outgoing.off('drain', go);
        outgoing.off('close', go);
        resolve();
      };
      outgoing.on('drain', go);
      outgoing.on('close', go);
    });
  }
  outgoing.end();
}

export async function drain(pieces: AsyncIterable<Uint8Array>): Promise<number> {
  let sizeBytes = 0;
  for await (const piece of pieces) sizeBytes += piece.length;
  return sizeBytes;
}

export async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

export const pause = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));

/** Waits until a number has stood still for a while, and gives it. */
export async function settled(read: () => number): Promise<number> {
  for (let last = -1; ; ) {
    const now = read();
    if (now === last) return now;
    last = now;
    await pause(300);
  }
}

/** Resolves when it is so; a test that waits for ever fails by its time. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(10);
}
