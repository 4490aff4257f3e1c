import { EventStreamCodec } from '@smithy/core/event-streams';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeMessage,
  decodeMessages,
  type EventHeader,
  type EventMessage,
  encodeMessage,
} from './event-stream.ts';

const theirs = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

const arbitraryHeader: fc.Arbitrary<EventHeader> = fc.oneof(
  fc.boolean().map((value) => ({ type: 'boolean' as const, value })),
  fc.integer({ min: -128, max: 127 }).map((value) => ({ type: 'byte' as const, value })),
  fc.integer({ min: -32768, max: 32767 }).map((value) => ({ type: 'short' as const, value })),
  fc.integer().map((value) => ({ type: 'integer' as const, value })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => {
    return { type: 'long' as const, value };
  }),
  fc.uint8Array({ maxLength: 300 }).map((value) => ({ type: 'binary' as const, value })),
  fc
    .string({ unit: 'binary', maxLength: 300 })
    .map((value) => ({ type: 'string' as const, value })),
  fc.date({ noInvalidDate: true }).map((value) => ({ type: 'timestamp' as const, value })),
  fc.uuid().map((value) => ({ type: 'uuid' as const, value })),
);
const arbitraryMessage: fc.Arbitrary<EventMessage> = fc.record({
  // The SDK's codec loses this one name.
  headers: fc.dictionary(
    fc.string({ minLength: 1, maxLength: 40 }).filter((name) => name !== '__proto__'),
    arbitraryHeader,
  ),
  payload: fc.uint8Array({ maxLength: 2000 }),
});

const INT64_BYTES = 8;

/** Numbers of 64 bits, as the SDK's codec has them. */
class Int64 {
  readonly bytes: Uint8Array;
  constructor(value: bigint) {
    this.bytes = new Uint8Array(INT64_BYTES);
    new DataView(this.bytes.buffer).setBigInt64(0, value);
  }
}

/** The message in the SDK's form. */
function forTheirs({ headers, payload }: EventMessage) {
  const converted = Object.entries(headers).map(([name, { type, value }]) => [
    name,
    { type, value: type === 'long' ? new Int64(value) : value },
  ]);
  return { headers: Object.fromEntries(converted), body: payload };
}

/** The SDK's message in ours. */
function fromTheirs({ headers, body }: ReturnType<EventStreamCodec['decode']>): EventMessage {
  const converted = Object.entries(headers).map(([name, { type, value }]) => {
    if (type !== 'long') return [name, { type, value }];
    const { bytes } = value as { bytes: Uint8Array };
    return [name, { type, value: new DataView(bytes.slice().buffer).getBigInt64(0) }];
  });
  return plain({ headers: Object.fromEntries(converted), payload: body });
}

/** Without the differences between kinds of arrays and objects. */
function plain({ headers, payload }: EventMessage): EventMessage {
  const converted = Object.entries(headers).map(([name, header]) => [
    name,
    header.type === 'binary' ? { ...header, value: Uint8Array.from(header.value) } : { ...header },
  ]);
  return { headers: Object.fromEntries(converted), payload: Uint8Array.from(payload) };
}

async function* inPieces(bytes: Uint8Array, sizeBytes: number) {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

async function all(bytes: Uint8Array, sizeBytes = 7): Promise<EventMessage[]> {
  const messages: EventMessage[] = [];
  for await (const message of decodeMessages(inPieces(bytes, sizeBytes))) {
    messages.push(plain(message));
  }
  return messages;
}

describe('messages', () => {
  it("are read by AWS's codec, and its messages are read here", () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const ours = encodeMessage(message);
        expect(fromTheirs(theirs.decode(ours))).toEqual(plain(message));
        const other = theirs.encode(forTheirs(message) as Parameters<typeof theirs.encode>[0]);
        expect(Buffer.from(other).equals(ours)).toBe(true);
        expect(plain(decodeMessage(other))).toEqual(plain(message));
      }),
    );
  });

  it('are read from pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryMessage, { maxLength: 5 }),
        fc.integer({ min: 1, max: 500 }),
        async (messages, sizeBytes) => {
          const bytes = Buffer.concat(messages.map(encodeMessage));
          expect(await all(bytes, sizeBytes)).toEqual(messages.map(plain));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('may have a header of any name', async () => {
    const headers = { ['__proto__']: { type: 'string' as const, value: 'own' } };
    const bytes = encodeMessage({ headers, payload: Buffer.from('x') });
    const [message] = await all(bytes);
    expect(Object.entries(message!.headers)).toEqual([['__proto__', Object.values(headers)[0]]]);
  });

  it('are given out before the next one has come', async () => {
    const bytes = encodeMessage({ headers: {}, payload: Buffer.from('first') });
    let pulled = 0;
    async function* source() {
      pulled++;
      yield bytes;
      pulled++;
      yield bytes;
    }
    for await (const { payload } of decodeMessages(source())) {
      expect(Buffer.from(payload).toString()).toBe('first');
      expect(pulled).toBe(1);
      break;
    }
  });

  const message: EventMessage = {
    headers: { a: { type: 'string', value: 'xyz' } },
    payload: Buffer.from('payload'),
  };

  it('with one changed bit are refused, wherever it is', async () => {
    const good = encodeMessage(message);
    for (let at = 0; at < good.length; at++) {
      const bad = good.slice();
      bad[at]! ^= 1;
      await expect(all(bad)).rejects.toMatchObject({ code: 'SerializationException' });
    }
  });

  it('that are cut off are refused, wherever they are', async () => {
    const good = encodeMessage(message);
    for (let length = 1; length < good.length; length++) {
      const cut = good.slice(0, length);
      await expect(all(cut)).rejects.toMatchObject({ code: 'SerializationException' });
      expect(() => decodeMessage(cut)).toThrow(/event stream/);
    }
  });
});
