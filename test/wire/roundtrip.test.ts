/**
 * Every operation of every service, called by the real JavaScript SDK with generated input against
 * handlers that answer generated output: what arrives is what was sent, both ways. Every modelled
 * error of every operation arrives as its class, with its members and status.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../src/ground/fault.ts';
import { SERVICES as PRODUCT } from '../../src/main/services.ts';
import type { HandlerTable } from '../../src/wire/dispatch.ts';
import type { CallContext } from '../../src/wire/operations.ts';
import { Generator, type RawModel, type RawOperation } from './generate.ts';
import { CLIENTS, type Client, type Sdk } from './models/clients.ts';
import {
  catalog,
  clientConfig,
  rawModel,
  startServer,
  type TestServer,
  withBytes,
} from './server.ts';

/** Those of the product, each with its client. */
const SERVICES = await Promise.all(
  PRODUCT.map(async ({ id }) => {
    const { client, load } = CLIENTS[id]!;
    return { id, model: id, sdk: (await load()) as Sdk, client };
  }),
);

/** What cannot be compared, and why. */
const EVENT_STREAMS = [
  'lambda:InvokeWithResponseStream',
  'logs:GetLogObject',
  'logs:StartLiveTail',
];
const UNKNOWN_TO_THE_MODEL = [
  'lambda:DeleteResourcePolicy',
  'lambda:GetResourcePolicy',
  'lambda:PutResourcePolicy',
  'logs:DeleteSyslogConfiguration',
  'logs:GetStorageTierPolicy',
  'logs:ListSyslogConfigurations',
  'logs:PutStorageTierPolicy',
  'logs:PutSyslogConfiguration',
];
/** The status, and the bytes of a body that is empty. */
const ADDED_BY_THE_CLIENT = ['$metadata', 'StatusCode', 'Status', 'Payload'];
const UNKNOWN_TO_THE_CLIENT: string[] = [];

let server: TestServer;
let answer: (input: unknown, context: CallContext) => Promise<object>;

beforeAll(async () => {
  const table = (id: string): HandlerTable =>
    Object.fromEntries(
      [...catalog.services.get(id)!.operations.keys()].map((name) => [
        name,
        (input: never, context: CallContext) => answer(input, context),
      ]),
    );
  server = await startServer(Object.fromEntries(SERVICES.map(({ id }) => [id, table(id)])));
});

afterAll(() => server.http.stop());

/** Bytes as plain arrays and no client metadata, so that both sides compare by value. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const entries = Object.entries(value).filter(
    ([key, part]) => key !== '$metadata' && part !== undefined,
  );
  return Object.fromEntries(entries.map(([key, part]) => [key, plain(part)]));
}

function commandsOf(sdk: Sdk): string[] {
  return Object.keys(sdk)
    .filter((name) => name.endsWith('Command') && name !== '$Command')
    .map((name) => name.slice(0, -'Command'.length));
}

function send(sdk: Sdk, client: Client, operation: string, input: object) {
  const Command = sdk[`${operation}Command`] as new (input: object) => unknown;
  return client.send(new Command(input));
}

function statusOfError(model: RawModel, code: string): number {
  const shape = model.shapes[code]!;
  if (model.metadata.protocol === 'json') return shape.fault ? 500 : 400;
  return shape.error?.httpStatusCode ?? (shape.fault ? 500 : 400);
}

describe.each(SERVICES)('$id', ({ id, model: file, sdk, client: clientName }) => {
  const model = rawModel(file);
  const known = new Set(commandsOf(sdk));
  const operations = Object.values(model.operations).filter(
    ({ name }) => known.has(name) && !EVENT_STREAMS.includes(`${id}:${name}`),
  );
  let client: Client;

  beforeAll(() => {
    const Constructor = sdk[clientName] as new (config: object) => Client;
    client = new Constructor(clientConfig(server.endpoint));
  });

  afterAll(() => client.destroy());

  async function roundTrip(operation: RawOperation, which: 'all' | 'required'): Promise<void> {
    const generator = new Generator(model);
    const { name, input, output, http } = operation;
    const sent = input ? generator.structure(input.shape, which) : {};
    const status = http.responseCode ?? 200;
    const answered = output ? generator.structure(output.shape, which, status) : {};
    let arrived: unknown;
    let context: CallContext | undefined;
    answer = async (received, callContext) => {
      arrived = await withBytes(received);
      context = callContext;
      return answered;
    };
    const got = await send(sdk, client, name, sent);
    expect(plain(arrived), `${name} input`).toEqual(plain(sent));
    expect(plain(got), `${name} output`).toMatchObject(plain(answered) as object);
    const added = Object.keys(got).filter((key) => !(key in answered) && got[key] !== undefined);
    expect(
      added.filter((key) => !ADDED_BY_THE_CLIENT.includes(key)),
      `${name} adds`,
    ).toEqual([]);
    const { $metadata } = got as { $metadata: { httpStatusCode: number; requestId: string } };
    expect($metadata.httpStatusCode).toBe(status);
    expect($metadata.requestId).toBe(context?.requestId);
    if (catalog.services.get(id)!.operations.get(name)!.unsigned) return;
    expect(context).toMatchObject({ account: '123456789012', region: 'eu-west-1' });
  }

  it.each(['all', 'required'] as const)(
    'round-trips every operation, %s members',
    async (which) => {
      for (const operation of operations) await roundTrip(operation, which);
      expect(operations.length).toBeGreaterThan(10);
    },
  );

  it('round-trips every modelled error of every operation', async () => {
    let count = 0;
    for (const { name, input, errors = [] } of operations) {
      const generator = new Generator(model);
      for (const { shape: code } of errors) {
        const all = generator.structure(code, 'all');
        const { message, Message, ...members } = all;
        const text = `told by ${name}`;
        const side = model.shapes[code]!.fault ? 'server' : 'client';
        answer = () => Promise.reject(new Fault(code, text, { side, members }));
        const sent = input ? generator.structure(input.shape, 'required') : {};
        const caught = await send(sdk, client, name, sent).then(
          () => undefined,
          (error: Error & { $metadata: { httpStatusCode: number } }) => error,
        );
        expect(caught, `${name} ${code}`).toBeInstanceOf(sdk[code] as new () => Error);
        expect(caught!.message).toBe(text);
        expect(plain(caught)).toMatchObject(plain(members) as object);
        expect(caught!.$metadata.httpStatusCode).toBe(statusOfError(model, code));
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(10);
  });
});

describe('what is not compared', () => {
  it('is exactly this', () => {
    const both = SERVICES.map(({ id, model, sdk }) => {
      const named = (names: string[]): string[] => names.map((name) => `${id}:${name}`);
      const ours = named(Object.keys(rawModel(model).operations));
      const theirs = named(commandsOf(sdk));
      return { ours, theirs };
    });
    expect(
      both.flatMap(({ ours, theirs }) => theirs.filter((n) => !ours.includes(n))).sort(),
    ).toEqual(UNKNOWN_TO_THE_MODEL);
    expect(
      both.flatMap(({ ours, theirs }) => ours.filter((n) => !theirs.includes(n))).sort(),
    ).toEqual(UNKNOWN_TO_THE_CLIENT);
    const streams = [...catalog.services.values()].flatMap((service) =>
      [...service.operations.values()]
        .filter((operation) => operation.eventStreamInput || operation.eventStreamOutput)
        .map((operation) => `${service.id}:${operation.name}`),
    );
    expect(streams.sort()).toEqual(EVENT_STREAMS);
  });
});
