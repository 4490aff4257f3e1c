/**
 * Every operation of every model beside the repository, in every protocol that it lists: the real
 * JavaScript SDK writes and our reader gets the same input; our writer answers and the SDK reads the
 * same output; every modelled error arrives as its class. What cannot be compared is a list with
 * reasons, which can only shrink: a miss that is none any more fails too.
 */
import { createHash } from 'node:crypto';
import { inspect, isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemDigests } from '../../src/edge/system.ts';
import { Fault } from '../../src/ground/fault.ts';
import { Catalog } from '../../src/wire/catalog.ts';
import { Dispatcher, type HandlerTable } from '../../src/wire/dispatch.ts';
import type { ProtocolName } from '../../src/wire/model/shapes.ts';
import { Generator, type GeneratorOptions, type RawModel, type RawOperation } from './generate.ts';
import { type Client, clientOf, type Sdk, whole } from './models/clients.ts';
import { missing, modelNames, modelSource, rawModel } from './models/folder.ts';
import { pruned } from './models/known.ts';
import { ADDED, AMBIGUOUS, MISSES, OMITTED } from './models/misses.ts';
import { QUIRKS } from './models/quirks.ts';

type Answer = (input: unknown) => Promise<object>;

const catalog = new Catalog(modelNames().map((name) => modelSource(name, QUIRKS[name])));
let answer: Answer;
let arrivedAt: string;
const everMissed = new Set<string>();

/** Every operation of every service answers what the test says. */
const dispatcher = new Dispatcher({
  catalog,
  services: Object.fromEntries(
    [...catalog.services.keys()].map((id) => [
      id,
      new Proxy<HandlerTable>(
        {},
        {
          getOwnPropertyDescriptor: () => ({ value: 0, configurable: true, enumerable: true }),
          get: (_table, name) => (input: unknown) => {
            arrivedAt = `${id}:${String(name)}`;
            return answer(input);
          },
        },
      ),
    ]),
  ),
  account: '000000000000',
  region: 'us-east-1',
  log: { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} },
  digests: systemDigests,
});

/** Bytes as plain arrays, streams read whole, and no client metadata: both sides compare by value. */
async function plain(value: unknown): Promise<unknown> {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Symbol.asyncIterator in value) return { bytes: [...(await whole(value))] };
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  const entries = Object.entries(value).filter(
    ([key, part]) => key !== '$metadata' && part !== undefined,
  );
  return Object.fromEntries(
    await Promise.all(entries.map(async ([key, part]) => [key, await plain(part)] as const)),
  );
}

function send(sdk: Sdk, client: Client, operation: string, input: object) {
  const Command = sdk[`${operation}Command`] as new (input: object) => unknown;
  return client.send(new Command(input));
}

function schemaOf(sdk: Sdk, operation: string): readonly unknown[] {
  const Command = sdk[`${operation}Command`] as new (input: object) => { schema: unknown[] };
  return new Command({}).schema;
}

/** A key as the client wants it, and its digest, which it makes itself. */
function sse(name: string): Record<string, string> {
  const key = Buffer.alloc(32, 7);
  const digest = createHash('md5').update(key).digest('base64');
  return { [name]: key.toString('base64'), [`${name}MD5`]: digest };
}

/** What the client looks into, and so must be right in form. */
const TEXTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  events: { EndpointId: 'abcde.veo' },
  s3: {
    BucketName: 'bucket-name',
    ChecksumAlgorithm: 'CRC32',
    ...sse('SSECustomerKey'),
    ...sse('CopySourceSSECustomerKey'),
  },
};

/** Checksums of requests, which must be true of a body that the client makes. */
function promises(service: string, { operations, shapes }: RawModel): readonly string[] {
  const kept = Object.values(operations).filter(
    ({ name }) => catalog.services.get(service)!.operations.get(name)!.checksum !== undefined,
  );
  return kept.flatMap(({ input }) =>
    Object.entries(shapes[input!.shape]!.members ?? {})
      .filter(([, { locationName }]) => /^content-md5$|^x-amz-checksum-/i.test(locationName ?? ''))
      .map(([member]) => `${input!.shape}.${member}`),
  );
}

const CASES = modelNames().flatMap((service) => {
  const { protocols } = catalog.services.get(service)!;
  return protocols.map((protocol) => ({ service, protocol }));
});

describe.skipIf(missing).each(CASES)('$service in $protocol', ({ service, protocol }) => {
  const model = rawModel(service);
  const misses = Object.keys(MISSES[`${service} ${protocol}`] ?? {});
  const options: GeneratorOptions = {
    texts: TEXTS[service] ?? {},
    wholeSeconds: /query|xml/.test(protocol),
    omit: [...OMITTED, ...promises(service, model)],
  };
  let sdk: Sdk;
  let client: Client;
  let operations: readonly RawOperation[];

  beforeAll(async () => {
    ({ sdk, client } = await clientOf(service, dispatcher, chosen(service, protocol)));
    operations = Object.values(model.operations).filter(({ name }) => `${name}Command` in sdk);
  });

  /** Where what arrives differs from what was sent, either way. */
  async function differences(operation: RawOperation, which: 'all' | 'required') {
    const generator = new Generator(model, options);
    const { name, input, output, http } = operation;
    const [, , , , knownInput, knownOutput] = schemaOf(sdk, name);
    const all = input ? generator.structure(input.shape, which) : {};
    const sent = pruned(all, knownInput) as object;
    const answered = output ? generator.structure(output.shape, which, http.responseCode) : {};
    const wanted = await plain(pruned(answered, knownOutput));
    let arrived: unknown;
    arrivedAt = 'nowhere';
    answer = async (received) => {
      arrived = without(await plain(received), ADDED[service], sent);
      return answered;
    };
    // What comes as a stream may fail while it is read, too.
    const got = await send(sdk, client, name, sent).then(plain).catch(String);
    if (arrivedAt !== `${service}:${name}`) return [`${name} went to ${arrivedAt}: ${String(got)}`];
    return [
      ...difference(`${name} input`, arrived, await plain(sent)),
      ...difference(`${name} output`, without(got, Object.keys(got as object), wanted), wanted),
    ];
  }

  it.each(['all', 'required'] as const)(
    'round-trips every operation, %s members',
    async (which) => {
      const missed = new Map<string, string[]>();
      for (const operation of operations) {
        const found = await differences(operation, which);
        if (found.length > 0) missed.set(operation.name, found);
      }
      const unexpected = [...missed].filter(([name]) => !misses.includes(name));
      expect(unexpected.flatMap(([, found]) => found)).toEqual([]);
      for (const name of missed.keys()) everMissed.add(`${service} ${protocol} ${name}`);
      expect(operations.length).toBeGreaterThan(0);
    },
  );

  it('tells every modelled error', async () => {
    const told = new Set<string>();
    const wrong: string[] = [];
    for (const { name, input, errors = [] } of operations) {
      if (misses.includes(name)) continue;
      for (const { shape } of errors) {
        if (told.has(shape) || !(shape in sdk) || AMBIGUOUS.includes(shape)) continue;
        told.add(shape);
        const generator = new Generator(model, options);
        const { message, Message, ...members } = generator.structure(shape, 'all');
        const fault = new Fault(shape, `told by ${name}`, { members });
        answer = () => Promise.reject(fault);
        const sent = input ? generator.structure(input.shape, 'required') : {};
        const caught = await send(sdk, client, name, sent).catch((error: Error) => error);
        if (!(caught instanceof (sdk[shape] as new () => Error))) {
          wrong.push(`${shape} of ${name} came as ${String(caught)}`);
        } else if (caught.message !== fault.message) {
          wrong.push(`${shape} of ${name} said ${caught.message}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(missing)('what is missed', () => {
  it('is still missed', () => {
    const listed = Object.entries(MISSES).flatMap(([at, names]) =>
      Object.keys(names).map((name) => `${at} ${name}`),
    );
    expect(listed.filter((name) => !everMissed.has(name))).toEqual([]);
  });
});

/** Undefined where the client speaks it by itself. */
function chosen(service: string, protocol: ProtocolName): ProtocolName | undefined {
  return catalog.services.get(service)!.protocols.length > 1 ? protocol : undefined;
}

/** Without the members of these names that are not in what was given. */
function without(value: unknown, names: readonly string[] = [], given: unknown): unknown {
  return Object.fromEntries(
    Object.entries(value as object).filter(
      ([name]) => !names.includes(name) || name in (given as object),
    ),
  );
}

/** The first place where two values differ. */
function difference(at: string, got: unknown, wanted: unknown): string[] {
  if (isDeepStrictEqual(got, wanted)) return [];
  if (typeof got !== 'object' || typeof wanted !== 'object' || !got || !wanted) {
    return [`${at} is ${inspect(got)}, not ${inspect(wanted)}`];
  }
  const keys = new Set([...Object.keys(got), ...Object.keys(wanted)]);
  for (const key of keys) {
    const found = difference(
      `${at}.${key}`,
      (got as Record<string, unknown>)[key],
      (wanted as Record<string, unknown>)[key],
    );
    if (found.length > 0) return found;
  }
  return [`${at} is ${inspect(got)}, not ${inspect(wanted)}`];
}
