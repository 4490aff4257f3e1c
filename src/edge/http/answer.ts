/**
 * Answers onto the connection: whole ones with their length, streams piece by piece, the next one
 * asked for when the client has taken the last. A stream that fails, or has another length than it
 * said, ends the connection, which is how a client sees that it has not got all. A client that goes
 * away ends the stream.
 */
import type { ServerResponse } from 'node:http';
import type { WireResponse } from '../../wire/request.ts';

/** Resolves when all has been given to the connection; rejects with what a stream throws. */
export function respond(
  response: ServerResponse,
  { status, headers, body }: WireResponse,
): undefined | Promise<void> {
  const stream = typeof body === 'string' || body instanceof Uint8Array ? undefined : body;
  if (response.destroyed || response.headersSent) {
    return stream && close(stream[Symbol.asyncIterator]());
  }
  if (stream) {
    response.writeHead(status, headers);
    response.flushHeaders();
    return pour(stream, response, headers);
  }
  const length = typeof body === 'string' ? Buffer.byteLength(body) : (body as Uint8Array).length;
  const told = response.req.method === 'HEAD' && lengthOf(headers) !== undefined;
  if (status !== 204 && !told) headers['Content-Length'] = String(length);
  response.writeHead(status, headers);
  response.end(body);
  return undefined;
}

async function pour(
  stream: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const pieces = stream[Symbol.asyncIterator]();
  // Where the stream waits for something of its own, its next piece would tell it too late.
  const leave = (): void => void close(pieces);
  response.once('close', leave);
  try {
    const head = response.req.method === 'HEAD';
    if (!head) await write(pieces, response, Number(lengthOf(headers) ?? Number.NaN));
    response.end();
  } catch (error) {
    if (response.destroyed) return;
    response.destroy();
    throw error;
  } finally {
    response.off('close', leave);
    await close(pieces);
  }
}

/** Writes all pieces. Throws where they have another length together than was told. */
async function write(
  pieces: AsyncIterator<Uint8Array>,
  response: ServerResponse,
  told: number,
): Promise<void> {
  let sizeBytes = 0;
  while (!response.destroyed) {
    const next = await pieces.next();
    if (!next.done) sizeBytes += next.value.length;
    if (sizeBytes > told || (next.done && sizeBytes < told)) {
      throw new Error(`a body has ${sizeBytes} of ${told} bytes`);
    }
    if (next.done) return;
    if (!response.destroyed && !response.write(next.value)) await drained(response);
  }
}

function lengthOf(headers: Readonly<Record<string, string>>): string | undefined {
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'content-length');
  return name === undefined ? undefined : headers[name];
}

/** A stream that fails while it is ended early has nobody to tell. */
async function close(pieces: AsyncIterator<Uint8Array>): Promise<void> {
  await pieces.return?.().catch(() => undefined);
}

/** Resolves, too, where nobody will read any more. */
export function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
