/**
 * Lambda's Runtime API for one sandbox, on a loopback port of its own. This file speaks HTTP; what a
 * call means is the sandbox's business. Rule: Lambda developer guide, "Using the Lambda runtime API".
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SYNC_PAYLOAD_BYTES_MAX, XRAY_CAUSE_BYTES_MAX } from '../../function/limits.ts';
import { printJson } from '../../ground/json.ts';
import type { Instant } from '../../ground/time.ts';

/** One invocation as the runtime gets it. */
interface NextEvent {
  readonly requestId: string;
  readonly deadline: Instant;
  readonly invokedArn: string;
  readonly traceHeader: string | undefined;
  readonly clientContext: string | undefined;
  readonly payload: Uint8Array;
}

/** Gives the waiting runtime its event; false where its connection is gone. */
export type AnswerNext = (event: NextEvent) => boolean;

export interface RuntimeError {
  readonly payload: Uint8Array;
  /** Value of Lambda-Runtime-Function-Error-Type. */
  readonly type: string | undefined;
  readonly xrayCause: string | undefined;
}

/** `accepted`, or why not: the id is of no open invocation, or it is not the time for this call. */
export type Verdict = 'accepted' | 'unknownRequest' | 'wrongState';

export interface RuntimeCalls {
  next(answer: AnswerNext): Verdict;
  response(requestId: string, payload: Uint8Array): Verdict;
  responseTooLarge(requestId: string): Verdict;
  error(requestId: string, error: RuntimeError): Verdict;
  initError(error: RuntimeError): Verdict;
}

/** A cause for X-Ray travels in a header. */
const HEADER_BYTES_MAX = 2 * XRAY_CAUSE_BYTES_MAX;
const PREFIX = '/2018-06-01/runtime/';
const INVOCATION = /^invocation\/([^/]+)\/(response|error)$/;

export class RuntimeApi {
  readonly #calls: RuntimeCalls;
  readonly #server: Server;
  /** Connections with a body on its way, and what came behind it: runtimes may pipeline. */
  readonly #behind = new Map<Socket, (() => void)[]>();

  constructor(calls: RuntimeCalls) {
    this.#calls = calls;
    const options = { keepAlive: true, maxHeaderSize: HEADER_BYTES_MAX };
    this.#server = createServer(options, (request, response) => {
      response.sendDate = false;
      response.on('error', () => response.destroy());
      this.#serve(request, response);
    });
    this.#server.requestTimeout = 0;
    this.#server.headersTimeout = 0;
    this.#server.keepAliveTimeout = 0;
    this.#server.timeout = 0;
  }

  /** Answers `127.0.0.1:port`. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        resolve(`127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method, url = '', headers } = request;
    const path = url.startsWith(PREFIX) ? url.slice(PREFIX.length) : '';
    const match = INVOCATION.exec(path);
    if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) {
      // No runtime is a web page, and no web page may answer for a function.
      refuse(response, 403, 'Forbidden', 'Browsers may not call the Runtime API');
    } else if (method === 'GET' && path === 'invocation/next') {
      this.#inOrder(request.socket, () => this.#next(response));
    } else if (method === 'POST' && path === 'init/error') {
      this.#readBody(request, (body) => {
        accept(response, this.#calls.initError(errorOf(request, body)));
      });
    } else if (method === 'POST' && match) {
      this.#readBody(request, (body) => {
        this.#settle(request, response, match[1]!, match[2]!, body);
      });
    } else {
      refuse(response, 404, 'NotFound', `No such call: ${method} ${url}`);
    }
  }

  #inOrder(socket: Socket, serve: () => void): void {
    const behind = this.#behind.get(socket);
    if (behind) behind.push(serve);
    else serve();
  }

  /** Calls `done` with the body, or with undefined where it was too large; a cut-off one never. */
  #readBody(request: IncomingMessage, done: (body: Uint8Array | undefined) => void): void {
    const { socket } = request;
    const behind = this.#behind.get(socket) ?? [];
    this.#behind.set(socket, behind);
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= SYNC_PAYLOAD_BYTES_MAX) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('error', () => request.destroy());
    request.on('close', () => this.#behind.delete(socket));
    request.on('end', () => {
      this.#behind.delete(socket);
      if (bytes > SYNC_PAYLOAD_BYTES_MAX) done(undefined);
      else done(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
      for (const serve of behind) serve();
    });
  }

  #next(response: ServerResponse): void {
    const verdict = this.#calls.next((event) => {
      if (response.destroyed) return false;
      const { payload } = event;
      const headers: Record<string, string | number> = {
        'Content-Type': 'application/json',
        'Content-Length': payload.length,
        'Lambda-Runtime-Aws-Request-Id': event.requestId,
        'Lambda-Runtime-Deadline-Ms': Math.floor(event.deadline),
        'Lambda-Runtime-Invoked-Function-Arn': event.invokedArn,
      };
      if (isPlain(event.traceHeader)) headers['Lambda-Runtime-Trace-Id'] = event.traceHeader;
      if (isPlain(event.clientContext))
        headers['Lambda-Runtime-Client-Context'] = event.clientContext;
      response.writeHead(200, headers);
      response.end(payload);
      return true;
    });
    if (verdict !== 'accepted') accept(response, verdict);
  }

  #settle(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    kind: string,
    body: Uint8Array | undefined,
  ): void {
    // A streamed response that broke says so in its trailers.
    const brokenType = request.trailers['lambda-runtime-function-error-type'];
    if (kind === 'error') {
      accept(response, this.#calls.error(requestId, errorOf(request, body)));
    } else if (body === undefined) {
      const verdict = this.#calls.responseTooLarge(requestId);
      const text = `Exceeded maximum allowed payload size (${SYNC_PAYLOAD_BYTES_MAX} bytes).`;
      if (verdict === 'accepted') refuse(response, 413, 'RequestEntityTooLarge', text);
      else accept(response, verdict);
    } else if (brokenType !== undefined) {
      const text = request.trailers['lambda-runtime-function-error-body'] ?? '';
      const payload = Buffer.from(text, 'base64');
      const error = { payload, type: brokenType, xrayCause: undefined };
      accept(response, this.#calls.error(requestId, error));
    } else {
      accept(response, this.#calls.response(requestId, body));
    }
  }
}

function errorOf(request: IncomingMessage, body: Uint8Array | undefined): RuntimeError {
  const type = request.headers['lambda-runtime-function-error-type'];
  const cause = request.headers['lambda-runtime-function-xray-error-cause'];
  return {
    payload: body ?? new Uint8Array(),
    type: typeof type === 'string' ? type : undefined,
    xrayCause:
      typeof cause === 'string' && cause.length <= XRAY_CAUSE_BYTES_MAX ? cause : undefined,
  };
}

function accept(response: ServerResponse, verdict: Verdict): void {
  if (verdict === 'accepted') {
    answer(response, 202, '{"status":"OK"}\n');
  } else if (verdict === 'unknownRequest') {
    refuse(response, 400, 'InvalidRequestID', 'Invalid request ID');
  } else {
    const text = 'State transition failed for runtime. Error: it is not the time for this call';
    refuse(response, 403, 'InvalidStateTransition', text);
  }
}

function refuse(response: ServerResponse, status: number, errorType: string, text: string): void {
  answer(response, status, printJson({ errorMessage: text, errorType }));
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** What may stand in a header; anything else is left out instead of breaking the answer. */
const isPlain = (value: string | undefined): value is string =>
  value !== undefined && /^[\x20-\x7e]+$/.test(value);
