/**
 * Bodies of requests: whole within a limit and decompressed, or in pieces, with backpressure. They
 * are not read before they are asked for; then a client that waits for `100 Continue` gets it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault } from '../../ground/fault.ts';
import { type BodySource, ClientGone } from '../../wire/stream/source.ts';
import { inflate } from './inflate.ts';

const EMPTY = Buffer.alloc(0);
/** For a whole body; and for the next piece, where the server waits for it. */
const WHOLE_TIMEOUT_MS = 300_000;
const PIECE_TIMEOUT_MS = 60_000;
/** How long and how much of a refused body is read, so that the client sees the answer. */
const LINGER_MS = 2_000;
const LINGER_BYTES = 16 * 1024 * 1024;

export class RequestBody implements BodySource {
  readonly #request: IncomingMessage;
  readonly #sizeBytesMax: number;
  /** Where to ask for a body that the client holds back until then. */
  readonly #waiting: ServerResponse | undefined;
  #begun = false;

  constructor(request: IncomingMessage, sizeBytesMax: number, waiting?: ServerResponse) {
    this.#request = request;
    this.#sizeBytesMax = sizeBytesMax;
    this.#waiting = waiting;
  }

  whole(): Uint8Array | Promise<Uint8Array> {
    const read = this.#bytes();
    const encoding = this.#request.headers['content-encoding'];
    if (encoding === undefined || read instanceof Uint8Array) return read;
    return read.then((body) => inflate(body, encoding, this.#sizeBytesMax, () => this.#tooLarge()));
  }

  /** Not for a client that has not been told to send it. */
  async discard(): Promise<void> {
    if (!this.#begun && !this.#waiting) await this.#bytes();
  }

  async *pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    const request = this.#request;
    this.#begin();
    for (;;) {
      const piece = request.read() as Buffer | null;
      if (piece) yield piece;
      else if (request.readableEnded || request.complete) return;
      else if (request.destroyed) throw new ClientGone();
      else await moved(request);
    }
  }

  #begin(): void {
    this.#begun = true;
    this.#waiting?.writeContinue();
  }

  #bytes(): Uint8Array | Promise<Uint8Array> {
    this.#begun = true;
    const { headers } = this.#request;
    const declared = headers['content-length'];
    if (declared === undefined && headers['transfer-encoding'] === undefined) return EMPTY;
    if (declared !== undefined && Number(declared) > this.#sizeBytesMax) throw this.#tooLarge();
    this.#begin();
    return this.#gather();
  }

  #gather(): Promise<Uint8Array> {
    const request = this.#request;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      let open = true;
      const end = (): void => {
        open = false;
        clearTimeout(timer);
        request.removeAllListeners('data');
      };
      // An error is made where it is needed only: every request is closed in the end.
      const fail = (why: () => Error): void => {
        if (!open) return;
        end();
        reject(why());
      };
      const timer = setTimeout(() => fail(tooSlow), WHOLE_TIMEOUT_MS);
      request.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length;
        if (sizeBytes > this.#sizeBytesMax) fail(() => this.#tooLarge());
        else chunks.push(chunk);
      });
      request.once('end', () => {
        if (open) resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
        end();
      });
      request.once('error', () => fail(() => new ClientGone()));
      request.once('close', () => fail(() => new ClientGone()));
    });
  }

  #tooLarge(): Fault {
    return new Fault(
      'RequestEntityTooLargeException',
      `Request must be smaller than ${this.#sizeBytesMax} bytes.`,
    );
  }
}

/**
 * Reads on for a while what a client still sends when it has been answered, so that it gets to the
 * answer; a connection that was closed at once would lose it. Then closes.
 */
export function dropBody(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  const done = (): void => clearTimeout(timer);
  let left = LINGER_BYTES;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.once('end', done);
  request.once('close', done);
  request.resume();
}

/** Resolves when there is something to read or an end to see. Throws where neither comes in time. */
function moved(request: IncomingMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => done(tooSlow()), PIECE_TIMEOUT_MS);
    const done = (error?: Error): void => {
      clearTimeout(timer);
      for (const name of EVENTS) request.off(name, happened);
      if (error) reject(error);
      else resolve();
    };
    const happened = (): void => done();
    for (const name of EVENTS) request.on(name, happened);
  });
}

const EVENTS = ['readable', 'end', 'error', 'close'] as const;

function tooSlow(): Fault {
  return new Fault(
    'RequestTimeout',
    'Your socket connection to the server was not read from or written to within the timeout ' +
      'period. Idle connections will be closed.',
    { status: 408 },
  );
}
