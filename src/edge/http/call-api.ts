/**
 * The console's way to AWS operations: `POST /_steplight/api/call/<service>/<Operation>` with the
 * input as plain JSON, `?region=` for another region. Unsigned, so it is closed to everything but
 * our own page: the Host must be ours, the request of the same origin, and it must carry what a
 * simple cross-site request cannot, a JSON content type and the header `x-steplight: console`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isFault } from '../../ground/fault.ts';
import type { Json } from '../../ground/json.ts';
import type { Tools } from '../../ground/tools.ts';
import type { Dispatcher, JsonAnswer } from '../../wire/dispatch.ts';
import type { CallContext } from '../../wire/operations.ts';
import { mediaType } from '../../wire/request.ts';
import { RequestBody } from './body.ts';
import type { HttpGuard } from './guard.ts';

export interface CallApiDeps {
  readonly dispatcher: Dispatcher;
  readonly guard: HttpGuard;
  readonly account: string;
  readonly region: string;
  readonly bodySizeBytesMax: number;
  readonly tools: Pick<Tools, 'uuid'>;
}

const PATH = /^\/_steplight\/api\/call\/([a-z0-9-]+)\/([A-Za-z0-9]+)\/?$/;

/** Answers the calls of the console; false for every other path. */
export function callHandler(
  deps: CallApiDeps,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = PATH.exec(url.pathname);
    if (!path) return false;
    const refused = refusalOf(deps, request);
    if (refused) answer(response, refused);
    else await call(deps, url, path as unknown as [string, string, string], request, response);
    return true;
  };
}

async function call(
  deps: CallApiDeps,
  url: URL,
  [, service, operation]: readonly [string, string, string],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const context = contextOf(deps, url, request, response);
  try {
    const input = parse(await new RequestBody(request, deps.bodySizeBytesMax).whole());
    const { dispatcher } = deps;
    answer(
      response,
      input === undefined
        ? refusal(400, 'SerializationException', 'The body must be a JSON document.')
        : await dispatcher.dispatchJson(service, operation, input, context),
      context.requestId,
    );
  } catch (error) {
    if (!isFault(error)) return void response.destroy();
    answer(response, refusal(error.status ?? 413, error.code, error.message));
  }
}

function refusalOf(deps: CallApiDeps, request: IncomingMessage): JsonAnswer | undefined {
  const { headers, method } = request;
  if (!deps.guard.hostAllowed(request)) {
    return refusal(403, 'ForbiddenHost', 'This host name is not allowed.');
  }
  if (deps.guard.isForeign(request)) {
    return refusal(403, 'ForbiddenOrigin', 'Requests of web pages of other sites are refused.');
  }
  if (method !== 'POST') return refusal(405, 'MethodNotAllowed', 'Calls are POST requests.');
  if (headers['x-steplight'] !== 'console') {
    return refusal(403, 'ForbiddenClient', 'The header x-steplight: console is missing.');
  }
  if (mediaType(headers['content-type'] ?? '') !== 'application/json') {
    return refusal(415, 'UnsupportedMediaType', 'The body must be application/json.');
  }
  return undefined;
}

function refusal(status: number, type: string, message: string): JsonAnswer {
  return { status, json: { __type: type, message } };
}

function parse(body: Uint8Array): Json | undefined {
  if (body.length === 0) return {};
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}

function contextOf(
  deps: CallApiDeps,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): CallContext {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  const trace = request.headers['x-amzn-trace-id'];
  return {
    account: deps.account,
    region: url.searchParams.get('region') ?? deps.region,
    requestId: deps.tools.uuid(),
    accessKeyId: undefined,
    traceHeader: Array.isArray(trace) ? trace[0] : trace,
    abort: controller.signal,
  };
}

function answer(response: ServerResponse, { status, json }: JsonAnswer, requestId?: string): void {
  if (response.destroyed) return;
  const body = JSON.stringify(json);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(requestId === undefined ? {} : { 'x-amzn-requestid': requestId }),
  });
  response.end(body);
}
