/**
 * Bodies as streams between a client and a handler, through the listener and the dispatcher: flat
 * memory, backpressure both ways, and every way to end early.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { listen, openSocket } from '../http.ts';
import type { TestServer } from '../server.ts';
import {
  drain,
  type GetInput,
  open,
  PIECE,
  type PutInput,
  pour,
  Source,
  settled,
  startToy,
  type ToyHandlers,
  type ToyProtocol,
  textOf,
  until,
} from './toy.ts';

const MB = 1024 * 1024;
const piecesOf = (sizeBytes: number): number => sizeBytes / PIECE.length;
/** What sockets and buffers between two ends of this machine may hold. */
const ON_THE_WAY_MAX = piecesOf(32 * MB);

let server: TestServer;

async function start(handlers: ToyHandlers, protocol?: ToyProtocol): Promise<void> {
  server = await startToy(handlers, protocol);
}

afterEach(() => server.http.stop());

const errors = () => server.logged.filter(({ level }) => level === 'error');

/** The server answers other requests. */
async function stillServes(): Promise<void> {
  const { outgoing, answer } = open(server, 'GET', '/nowhere');
  outgoing.end();
  expect((await answer).statusCode).toBe(404);
}

describe.each<ToyProtocol>(['rest-json', 'rest-xml'])('in %s', (protocol) => {
  it('512 MB go up and come down in flat memory', async () => {
    const sizeBytes = 512 * MB;
    let got = 0;
    await start(
      {
        async Put({ Body }) {
          got = await drain(Body);
          return { Size: got };
        },
        Get: async () => ({ Length: sizeBytes, Body: new Source(piecesOf(sizeBytes)) }),
      },
      protocol,
    );
    const before = process.memoryUsage.rss();
    let peak = before;
    const look = (): void => {
      peak = Math.max(peak, process.memoryUsage.rss());
    };
    const up = open(server, 'PUT', '/things/a', { 'content-length': String(sizeBytes) });
    await pour(new Source(piecesOf(sizeBytes), look), up.outgoing);
    expect((await up.answer).headers['x-toy-size']).toBe(String(sizeBytes));
    (await up.answer).resume();
    expect(got).toBe(sizeBytes);

    const down = open(server, 'GET', '/things/a');
    down.outgoing.end();
    let come = 0;
    for await (const chunk of await down.answer) {
      come += (chunk as Buffer).length;
      look();
    }
    expect(come).toBe(sizeBytes);
    expect(peak - before).toBeLessThan(sizeBytes / 4);
  }, 120_000);
});

describe('a reader that is slow', () => {
  it('holds back the handler that answers', async () => {
    const source = new Source(piecesOf(512 * MB));
    await start({ Get: async () => ({ Body: source }) });
    const { outgoing, answer } = open(server, 'GET', '/things/a');
    outgoing.end();
    const incoming = await answer;
    const pulled = await settled(() => source.pulled);
    expect(pulled).toBeGreaterThan(0);
    expect(pulled).toBeLessThan(ON_THE_WAY_MAX);
    let come = 0;
    for await (const chunk of incoming) {
      come += (chunk as Buffer).length;
      if (come > 100 * MB) break;
    }
    expect(source.pulled * PIECE.length - come).toBeLessThan(32 * MB);
  }, 60_000);

  it('that is the handler holds back the client', async () => {
    let release: (() => void) | undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await start({
      async Put({ Body }) {
        const pieces = Body[Symbol.asyncIterator]();
        const first = await pieces.next();
        await released;
        let sizeBytes = first.value.length;
        for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
          sizeBytes += next.value.length;
        }
        return { Size: sizeBytes };
      },
    });
    const source = new Source(piecesOf(256 * MB));
    const { outgoing, answer } = open(server, 'PUT', '/things/a');
    const sent = pour(source, outgoing);
    expect(await settled(() => source.pulled)).toBeLessThan(ON_THE_WAY_MAX);
    release!();
    await sent;
    expect((await answer).headers['x-toy-size']).toBe(String(256 * MB));
  }, 60_000);
});

describe('a client that goes away', () => {
  it('ends the answer, and tells the handler', async () => {
    const source = new Source(1_000_000);
    let aborted = false;
    await start({
      async Get(_input: GetInput, context) {
        context.abort.addEventListener('abort', () => {
          aborted = true;
        });
        return { Body: source };
      },
    });
    const { outgoing, answer } = open(server, 'GET', '/things/a');
    outgoing.end();
    (await answer).destroy();
    await until(() => source.ended && aborted);
    expect(source.pulled).toBeLessThan(ON_THE_WAY_MAX);
    expect(errors()).toEqual([]);
    await stillServes();
  });

  it('ends an answer that waits, when its handler hears of it', async () => {
    let ended = false;
    await start({
      async Get(_input: GetInput, { abort }) {
        async function* waits() {
          try {
            yield PIECE;
            await new Promise<void>((resolve) => {
              abort.addEventListener('abort', () => resolve());
            });
          } finally {
            ended = true;
          }
        }
        return { Body: waits() };
      },
    });
    const { outgoing, answer } = open(server, 'GET', '/things/a');
    outgoing.end();
    (await answer).destroy();
    await until(() => ended);
    expect(errors()).toEqual([]);
  });

  it('fails the body that a handler reads', async () => {
    let seen: unknown;
    let reading = false;
    await start({
      async Put({ Body }: PutInput) {
        reading = true;
        await drain(Body).catch((error: unknown) => {
          seen = error;
          throw error;
        });
        return {};
      },
    });
    const { outgoing } = open(server, 'PUT', '/things/a', { 'content-length': '1000000' });
    outgoing.on('error', () => undefined);
    outgoing.write(PIECE);
    await until(() => reading);
    outgoing.destroy();
    await until(() => seen !== undefined);
    expect(seen).toMatchObject({ name: 'ClientGone' });
    expect(errors()).toEqual([]);
    await stillServes();
  });
});

describe('a handler', () => {
  it('that fails in the middle of its answer ends the connection', async () => {
    const source = new Source(100, (index) => {
      if (index === 3) throw new TypeError('a defect');
    });
    await start({ Get: async () => ({ Body: source }) });
    const { outgoing, answer } = open(server, 'GET', '/things/a');
    outgoing.end();
    await expect(drain(await answer)).rejects.toThrow();
    await until(() => errors().length > 0);
    expect(String(errors()[0]!.fields?.error)).toContain('a defect');
    await stillServes();
  });

  it('that gives less than it said ends the connection', async () => {
    await start({ Get: async () => ({ Length: 3 * PIECE.length, Body: new Source(2) }) });
    const { outgoing, answer } = open(server, 'GET', '/things/a');
    outgoing.end();
    await expect(drain(await answer)).rejects.toThrow();
    expect(String(errors()[0]!.fields?.error)).toContain('131072 of 196608 bytes');
    await stillServes();
  });

  it('that gives more than it said gives as much as it said', async () => {
    await start({ Get: async () => ({ Length: 3 * PIECE.length, Body: new Source(9) }) });
    const { outgoing, answer } = open(server, 'GET', '/things/a');
    outgoing.end();
    expect(await drain(await answer)).toBe(3 * PIECE.length);
    await until(() => errors().length > 0);
    expect(String(errors()[0]!.fields?.error)).toContain('262144 of 196608 bytes');
    await stillServes();
  });

  it('that answers without reading is heard, and the connection is left in order', async () => {
    await start({ Put: async () => ({ Size: 0 }) });
    const { outgoing, answer } = open(server, 'PUT', '/things/a', {
      'content-length': String(64 * MB),
    });
    outgoing.on('error', () => undefined);
    const sent = pour(new Source(piecesOf(64 * MB)), outgoing);
    const incoming = await answer;
    expect(incoming.headers['x-toy-size']).toBe('0');
    incoming.resume();
    await sent;
    await stillServes();
  });

  it('that stops reading in the middle may answer all the same', async () => {
    await start({
      async Put({ Body }: PutInput) {
        for await (const piece of Body) return { Size: piece.length };
        return {};
      },
    });
    const { outgoing, answer } = open(server, 'PUT', '/things/a');
    const sent = pour(new Source(16), outgoing);
    expect(Number((await answer).headers['x-toy-size'])).toBeGreaterThan(0);
    await sent;
    await stillServes();
  });

  it('gets the length that the client told, and none where it told none', async () => {
    const lengths: unknown[] = [];
    await start({
      async Put({ Body }: PutInput) {
        lengths.push(Body.sizeBytes);
        return { Size: await drain(Body) };
      },
    });
    const told = open(server, 'PUT', '/things/a', { 'content-length': String(PIECE.length) });
    told.outgoing.end(PIECE);
    expect((await told.answer).headers['x-toy-size']).toBe(String(PIECE.length));
    const untold = open(server, 'PUT', '/things/a');
    await pour(new Source(2), untold.outgoing);
    expect((await untold.answer).headers['x-toy-size']).toBe(String(2 * PIECE.length));
    expect(lengths).toEqual([PIECE.length, undefined]);
  });

  it('gets empty bodies, too', async () => {
    await start({ Put: async ({ Body }: PutInput) => ({ Size: await drain(Body) }) });
    const { outgoing, answer } = open(server, 'PUT', '/things/a', { 'content-length': '0' });
    outgoing.end();
    expect((await answer).headers['x-toy-size']).toBe('0');
  });
});

describe('a connection', () => {
  it('is used again after streams of both kinds', async () => {
    await start({
      Put: async ({ Body }: PutInput) => ({ Size: await drain(Body) }),
      Get: async () => ({ Body: new Source(2) }),
    });
    const socket = await openSocket(server.endpoint);
    const said = listen(socket);
    const head = `Host: x\r\nAuthorization: ${SIGNED}\r\nX-Amz-Date: 20260101T000000Z\r\n`;
    for (let i = 0; i < 3; i++) {
      socket.write(`PUT /things/a HTTP/1.1\r\n${head}Content-Length: 3\r\n\r\nabc`);
      socket.write(`GET /things/a HTTP/1.1\r\n${head}\r\n`);
    }
    socket.write(`HEAD /things/a HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
    const text = await said;
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(6);
    expect(text.match(/x-toy-size: 3/g)).toHaveLength(3);
  });

  const refused = (text: string): boolean => !text.includes('100 Continue');

  it('of a client that waits is told to go on when the body is read', async () => {
    await start({ Put: async ({ Body }: PutInput) => ({ Size: await drain(Body) }) });
    const { outgoing, answer } = open(server, 'PUT', '/things/a', {
      expect: '100-continue',
      'content-length': '5',
    });
    await new Promise((resolve) => outgoing.once('continue', resolve));
    outgoing.end('12345');
    expect((await answer).headers['x-toy-size']).toBe('5');
  });

  it.each([
    ['an operation that is not there', '/nowhere', '5', 404],
    ['a handler that does not read', '/things/a', '5', 200],
    ['a body that is too large', '/whole', '999999999', 413],
  ])('of a client that waits is answered at once by %s', async (_name, path, length, status) => {
    await start({ Put: async () => ({}), Whole: async () => ({}) });
    const socket = await openSocket(server.endpoint);
    const said = listen(socket);
    const method = path === '/whole' ? 'POST' : 'PUT';
    socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${SIGNED}\r\n` +
        `X-Amz-Date: 20260101T000000Z\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`,
    );
    const text = await said;
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(refused(text)).toBe(true);
  });
});

const SIGNED =
  'AWS4-HMAC-SHA256 Credential=AK/20260101/us-east-1/toy/aws4_request, ' +
  'SignedHeaders=host, Signature=0';

describe('the answer to a HEAD request', () => {
  it('has the length of a body that is not sent, and ends its stream', async () => {
    const source = new Source(3);
    const head = async () => ({ Length: 3 * PIECE.length, Body: source });
    await start({ Head: head } as ToyHandlers);
    const { outgoing, answer } = open(server, 'HEAD', '/things/a');
    outgoing.end();
    const incoming = await answer;
    expect(incoming.headers['content-length']).toBe(String(3 * PIECE.length));
    expect(await textOf(incoming)).toBe('');
    expect(source.pulled).toBe(0);
  });
});
