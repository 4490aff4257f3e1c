/**
 * The AWS endpoint: an HTTP listener over the dispatcher. Guards against web pages, bounds on what
 * a client may send and how slowly, request ids, and a stop that lets work in flight finish.
 *
 * The same class serves the X-Ray daemon's TCP port, with `service` and `unsignedOperations` set.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from '../../ground/log.ts';
import type { Tools } from '../../ground/tools.ts';
import type { Service } from '../../service/lifecycle.ts';
import type { Dispatcher } from '../../wire/dispatch.ts';
import type { Operation } from '../../wire/model/shapes.ts';
import type { WireHead, WireResponse } from '../../wire/request.ts';
import { respond } from './answer.ts';
import { dropBody, RequestBody } from './body.ts';
import { type HttpGuard, isNavigation } from './guard.ts';

export interface AwsHttpOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly dispatcher: Dispatcher;
  readonly guard: HttpGuard;
  readonly allowUnsigned: boolean;
  /** Operations that need no signature here, such as `xray:GetSamplingRules`. */
  readonly unsignedOperations?: readonly string[];
  /** Every request is for this service, whatever it says. */
  readonly service?: string;
  readonly bodySizeBytesMax: number;
  /** Asked first for paths under /console and /_steplight; false where it has nothing there. */
  readonly routes?: (
    request: IncomingMessage,
    response: ServerResponse,
  ) => boolean | Promise<boolean>;
  /** Requests that come before it resolves wait for it: the port is taken before the work begins. */
  readonly ready?: Promise<void>;
  readonly tools: Pick<Tools, 'uuid'>;
  readonly log: Logger;
  /** How long work in flight may go on after the stop. */
  readonly stopTimeoutMs: number;
}

/** Receiving the head of a request; bodies have times of their own. */
const HEADERS_TIMEOUT_MS = 60_000;
/** Longer than SDKs keep idle connections, so that they never write into a closing one. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const HEADER_SIZE_BYTES_MAX = 64 * 1024;
/** After the abort signals of a stop, for handlers to answer. */
const ABORTED_ANSWERS_MS = 500;

export class AwsHttp implements Service {
  readonly #options: AwsHttpOptions;
  readonly #unsigned: ReadonlySet<string>;
  readonly #inFlight = new Map<ServerResponse, AbortController | undefined>();
  #server: Server | undefined;
  #stopping = false;
  #ready: boolean;
  /** The last start or stop; the next one waits for it. */
  #turn: Promise<void> = Promise.resolve();
  #idle: (() => void) | undefined;

  constructor(options: AwsHttpOptions) {
    this.#options = options;
    this.#unsigned = new Set(options.unsignedOperations);
    this.#ready = options.ready === undefined;
    void options.ready?.then(() => {
      this.#ready = true;
    });
  }

  /** The port that is listened on, once started. */
  get port(): number {
    return (this.#server?.address() as AddressInfo | null)?.port ?? this.#options.port;
  }

  start(): Promise<void> {
    return this.#next(() => this.#start());
  }

  /** Stops accepting, lets calls finish for `stopTimeoutMs`, then ends what is left. */
  stop(): Promise<void> {
    this.#stopping = true;
    return this.#next(() => this.#stop());
  }

  #next(step: () => Promise<void>): Promise<void> {
    const run = this.#turn.then(step);
    this.#turn = run.catch(() => undefined);
    return run;
  }

  async #start(): Promise<void> {
    this.#stopping = false;
    if (this.#server) return;
    const server = createServer(
      {
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: 0,
        maxHeaderSize: HEADER_SIZE_BYTES_MAX,
        noDelay: true,
      },
      (request, response) => this.#accept(request, response),
    );
    server.on('checkContinue', (request, response) => this.#accept(request, response, true));
    server.on('clientError', answerMalformed);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.#options.host, port: this.#options.port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.#options.log.error('listener failed', { error }));
    this.#server = server;
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#stopping = true;
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeIdleConnections();
    await this.#drained(this.#options.stopTimeoutMs);
    for (const controller of this.#inFlight.values()) controller?.abort();
    await this.#drained(ABORTED_ANSWERS_MS);
    server.closeAllConnections();
    await closed;
    this.#server = undefined;
  }

  async #drained(timeoutMs: number): Promise<void> {
    if (this.#inFlight.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#idle = undefined;
  }

  /** `waits`: the client sends the body when it is told to go on. */
  #accept(request: IncomingMessage, response: ServerResponse, waits = false): void {
    if (this.#ready) void this.#serve(request, response, waits);
    else void this.#options.ready!.then(() => this.#serve(request, response, waits));
  }

  async #serve(request: IncomingMessage, response: ServerResponse, waits: boolean): Promise<void> {
    this.#inFlight.set(response, undefined);
    response.once('close', () => {
      if (!response.writableFinished) this.#inFlight.get(response)?.abort();
      else if (!request.complete) dropBody(request);
      this.#inFlight.delete(response);
      if (this.#inFlight.size === 0) this.#idle?.();
    });
    request.on('error', () => response.destroy());
    response.on('error', () => request.destroy());
    try {
      await this.#answer(request, response, waits);
    } catch (error) {
      this.#options.log.error('request failed', { path: request.url, error });
      response.destroy();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, waits: boolean): Promise<void> {
    const { guard, routes } = this.#options;
    const url = request.url ?? '/';
    if (this.#stopping) response.setHeader('Connection', 'close');
    if (!opensConsole(request, url) && guard.isForeign(request)) {
      return this.#refuse(request, response, FOREIGN);
    }
    if (routes && url === '/' && isNavigation(request)) {
      return void respond(response, { status: 302, headers: { Location: '/console/' }, body: '' });
    }
    if (!routes || !isOwnPath(url)) return this.#call(request, response, url, waits);
    if (!guard.hostAllowed(request)) return this.#refuse(request, response, WRONG_HOST);
    if (waits) response.writeContinue();
    if (!(await routes(request, response))) void respond(response, refusal(404, NOTHING_THERE));
  }

  async #call(
    request: IncomingMessage,
    response: ServerResponse,
    url: string,
    waits: boolean,
  ): Promise<void> {
    const requestId = this.#options.tools.uuid();
    const { bodySizeBytesMax, dispatcher, service } = this.#options;
    const mark = url.indexOf('?');
    const head: WireHead = {
      method: request.method ?? 'GET',
      path: mark < 0 ? url : url.slice(0, mark),
      query: mark < 0 ? '' : url.slice(mark + 1),
      headers: request.headers,
    };
    const body = new RequestBody(request, bodySizeBytesMax, waits ? response : undefined);
    const answer = await dispatcher.handle(head, body, {
      requestId,
      mayBeUnsigned: (operation) => this.#mayBeUnsigned(operation),
      service,
      abort: () => this.#abortOf(response),
    });
    if (request.destroyed && !request.complete) response.destroy();
    answer.headers['x-amzn-RequestId'] = requestId;
    await respond(response, answer);
  }

  #mayBeUnsigned({ service, name }: Operation): boolean {
    return this.#options.allowUnsigned || this.#unsigned.has(`${service.id}:${name}`);
  }

  #abortOf(response: ServerResponse): AbortSignal {
    const known = this.#inFlight.get(response);
    if (known) return known.signal;
    const controller = new AbortController();
    if (this.#inFlight.has(response)) this.#inFlight.set(response, controller);
    else controller.abort();
    return controller.signal;
  }

  #refuse(request: IncomingMessage, response: ServerResponse, reason: Refusal): void {
    const { origin, host } = request.headers;
    this.#options.log.warn('refused a request', { reason: reason.__type, origin, host });
    void respond(response, refusal(403, reason));
  }
}

interface Refusal {
  readonly __type: string;
  readonly message: string;
}

const FOREIGN: Refusal = {
  __type: 'ForbiddenOrigin',
  message: 'Requests of web pages of other sites are refused.',
};
const WRONG_HOST: Refusal = {
  __type: 'ForbiddenHost',
  message: 'The console and its API answer only loopback and names given by --allowed-hosts.',
};
const NOTHING_THERE: Refusal = { __type: 'NotFound', message: 'There is nothing at this path.' };

function refusal(status: number, reason: Refusal): WireResponse {
  const headers = { 'Content-Type': 'application/json' };
  return { status, headers, body: JSON.stringify(reason) };
}

function isOwnPath(url: string): boolean {
  return /^\/(console|_steplight)([/?]|$)/.test(url);
}

/** A link to a page of the console, wherever it stands. */
function opensConsole(request: IncomingMessage, url: string): boolean {
  return url.startsWith('/console') && isNavigation(request);
}

/** One line for bytes that are no HTTP request; the connection ends. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
