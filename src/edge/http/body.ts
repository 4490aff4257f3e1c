/** Bodies of requests, read whole within a limit. */
import type { IncomingMessage } from 'node:http';

/** The bytes; or why there are none: more than the limit, or the client went away. */
export type Body = Buffer | 'too large' | 'cut off';

const EMPTY = Buffer.alloc(0);
/** How long and how much of a refused body is read, so that the client sees the answer. */
const LINGER_MS = 2_000;
const LINGER_BYTES = 16 * 1024 * 1024;

export function readBody(request: IncomingMessage, sizeBytesMax: number): Promise<Body> | Body {
  const declared = request.headers['content-length'];
  if (declared === undefined && request.headers['transfer-encoding'] === undefined) return EMPTY;
  if (declared !== undefined && Number(declared) > sizeBytesMax) return 'too large';
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const done = (body: Body): void => {
      request.removeAllListeners('data');
      resolve(body);
    };
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > sizeBytesMax) return done('too large');
      chunks.push(chunk);
    });
    request.once('end', () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.once('error', () => done('cut off'));
    request.once('close', () => done('cut off'));
  });
}

/**
 * Reads on for a while what a refused request still sends, so that its client gets to the answer; a
 * connection that was closed at once would lose it. Then closes.
 */
export function dropBody(request: IncomingMessage): void {
  if (request.readableEnded) return;
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
