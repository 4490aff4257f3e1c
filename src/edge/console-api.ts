/**
 * What the console reads beyond AWS's API: executions of both kinds in one list, one execution with
 * its definition and trace, and the history of Express executions too. Reads only; everything that
 * changes something goes through the AWS operations. Timestamps are epoch seconds, as in AWS's JSON.
 *
 *   GET /_steplight/health
 *   GET /_steplight/events                    the live feed
 *   GET /_steplight/status-changes            the event bus: status, machine
 *   GET /_steplight/api/executions            list: machine, status, type, name, from, to, limit, token
 *   GET /_steplight/api/execution             one: arn
 *   GET /_steplight/api/execution/history     its events: arn, from, limit, reverse
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionStatus } from '../execution/effect.ts';
import { historyEvent } from '../execution/history.ts';
import type { HistoryRecord } from '../execution/record.ts';
import { isFault } from '../ground/fault.ts';
import type { JsonObject } from '../ground/json.ts';
import type { ExecutionReads } from '../service/ports/executions.ts';
import type { ExecutionHead } from '../store/executions/store.ts';
import type { ConsoleFiles } from './http/files.ts';
import { type HttpGuard, isNavigation } from './http/guard.ts';
import type { ConsoleFeed } from './http/sse.ts';
import type { EventStream } from './http/status-changes.ts';

const PREFIX = '/_steplight/';
const LIST_LIMIT_DEFAULT = 50;
const LIST_LIMIT_MAX = 1000;
const HISTORY_LIMIT_DEFAULT = 1000;
const HISTORY_LIMIT_MAX = 5000;
const STATUSES: readonly string[] = [
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'ABORTED',
  'PENDING_REDRIVE',
] satisfies ExecutionStatus[];

export interface ConsoleApiDeps {
  readonly account: string;
  readonly region: string;
  readonly executions: ExecutionReads;
  readonly health: () => Promise<JsonObject>;
  readonly feed: ConsoleFeed;
  readonly stream: Pick<EventStream, 'connect'>;
  /** Undefined where the console is switched off. */
  readonly files: ConsoleFiles | undefined;
  readonly guard: HttpGuard;
}

/** A refusal with its HTTP status; `__type` and `message` as the AWS JSON protocols print them. */
class Refused extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** Serves the console's paths; false where the request is for somebody else. */
export function consoleHandler(
  deps: ConsoleApiDeps,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!isOurs(url.pathname)) return false;
    try {
      guard(deps, url.pathname, request);
      if (!url.pathname.startsWith(PREFIX)) return await serveFiles(deps, request, response);
      await serveApi(deps, url, request, response);
    } catch (error) {
      refuse(response, error);
    }
    return true;
  };
}

/** The calls to AWS operations under /_steplight/api/call/ belong to the AWS endpoint. */
function isOurs(path: string): boolean {
  if (path === '/console' || path.startsWith('/console/')) return true;
  return path.startsWith(PREFIX) && !path.startsWith(`${PREFIX}api/call/`);
}

/** A link on another site may open the page; nothing else of another site gets an answer. */
function guard(deps: ConsoleApiDeps, path: string, request: IncomingMessage): void {
  if (!deps.guard.hostAllowed(request)) {
    throw new Refused(403, 'ForbiddenHost', 'This host name is not allowed. See --host in --help.');
  }
  const opensPage = !path.startsWith(PREFIX) && isNavigation(request);
  if (!opensPage && deps.guard.isForeign(request)) {
    throw new Refused(403, 'ForbiddenOrigin', 'Requests from other sites are not allowed.');
  }
}

async function serveFiles(
  deps: ConsoleApiDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (!deps.files)
    throw new Refused(404, 'NotFound', 'The console is switched off (--no-console).');
  return deps.files.handle(request, response);
}

async function serveApi(
  deps: ConsoleApiDeps,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new Refused(405, 'MethodNotAllowed', `${request.method} is not allowed here.`);
  }
  const query = url.searchParams;
  switch (url.pathname.slice(PREFIX.length)) {
    case 'events':
      return deps.feed.connect(request, response);
    case 'status-changes':
      return deps.stream.connect(request, response);
    case 'health':
      return answer(response, await deps.health());
    case 'api/executions':
      return answer(response, await listExecutions(deps, query));
    case 'api/execution':
      return answer(response, await oneExecution(deps, query));
    case 'api/execution/history':
      return answer(response, await history(deps, query));
    default:
      throw new Refused(404, 'NotFound', `There is nothing at ${url.pathname}.`);
  }
}

async function listExecutions(deps: ConsoleApiDeps, query: URLSearchParams): Promise<JsonObject> {
  const status = query.get('status') ?? undefined;
  if (status !== undefined && !STATUSES.includes(status)) {
    throw new Refused(400, 'ValidationException', `Unknown status ${status}.`);
  }
  const type = query.get('type');
  const from = seconds(query, 'from');
  const to = seconds(query, 'to');
  const page = await deps.executions.list({
    account: deps.account,
    region: query.get('region') ?? deps.region,
    limit: count(query, 'limit', LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX),
    ...optional('machineArn', query.get('machine')),
    ...optional('nameContains', query.get('name')),
    ...optional('token', query.get('token')),
    ...(status ? { status: status as ExecutionStatus } : {}),
    ...(type === 'STANDARD' || type === 'EXPRESS' ? { type } : {}),
    ...(from === undefined ? {} : { startedFrom: from }),
    ...(to === undefined ? {} : { startedTo: to }),
  });
  return {
    executions: page.items.map(summary),
    ...(page.nextToken ? { nextToken: page.nextToken } : {}),
  };
}

async function oneExecution(deps: ConsoleApiDeps, query: URLSearchParams): Promise<JsonObject> {
  const head = await known(deps, query);
  const definition = await deps.executions.definition(head);
  return {
    ...summary(head),
    roleArn: head.roleArn,
    input: head.input,
    ...optional('output', head.output),
    ...optional('definition', definition),
    ...optional('stateMachineVersionArn', head.versionArn),
    ...optional('stateMachineAliasArn', head.aliasArn),
    ...optional('mapRunArn', head.mapRunArn),
    tracingEnabled: head.tracingEnabled,
  };
}

async function history(deps: ConsoleApiDeps, query: URLSearchParams): Promise<JsonObject> {
  const head = await known(deps, query);
  const reverse = query.get('reverse') === 'true';
  const from = count(query, 'from', reverse ? Number.MAX_SAFE_INTEGER : 1, Number.MAX_SAFE_INTEGER);
  const limit = count(query, 'limit', HISTORY_LIMIT_DEFAULT, HISTORY_LIMIT_MAX);
  const records = await deps.executions.history(head, { from, limit, reverse });
  const last = records.at(-1);
  const more = last !== undefined && records.length >= limit && !(reverse && last.id <= 1);
  return {
    status: head.status,
    events: records.map(printEvent),
    ...(more ? { next: reverse ? last.id - 1 : last.id + 1 } : {}),
  };
}

/** The event as GetExecutionHistory's JSON has it. */
function printEvent(record: HistoryRecord): JsonObject {
  const event = historyEvent(record, { includeExecutionData: true });
  return { ...event, timestamp: record.at / 1000 };
}

async function known(deps: ConsoleApiDeps, query: URLSearchParams): Promise<ExecutionHead> {
  const arn = query.get('arn') ?? '';
  const head = await deps.executions.headByArn(arn);
  if (!head) {
    throw new Refused(404, 'ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }
  return head;
}

function summary(head: ExecutionHead): JsonObject {
  return {
    executionArn: head.arn,
    name: head.name,
    stateMachineArn: head.machineArn,
    stateMachineName: head.machineName,
    type: head.type,
    status: head.status,
    startDate: head.startedAt / 1000,
    redriveCount: head.redriveCount,
    ...(head.stoppedAt === undefined ? {} : { stopDate: head.stoppedAt / 1000 }),
    ...(head.redrivenAt === undefined ? {} : { redriveDate: head.redrivenAt / 1000 }),
    ...optional('error', head.error),
    ...optional('cause', head.cause),
    ...optional('traceId', head.trace?.sampled ? head.trace.traceId : undefined),
  };
}

function optional<K extends string>(
  key: K,
  value: string | null | undefined,
): { [P in K]?: string } {
  return (value === undefined || value === null ? {} : { [key]: value }) as { [P in K]?: string };
}

/** A time in epoch seconds as an Instant. */
function seconds(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key);
  if (text === null) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw new Refused(400, 'ValidationException', `${key} must be epoch seconds.`);
  }
  return Math.round(value * 1000);
}

function count(query: URLSearchParams, key: string, fallback: number, max: number): number {
  const text = query.get(key);
  if (text === null) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new Refused(400, 'ValidationException', `${key} must be a number from 1 to ${max}.`);
  }
  return value;
}

function answer(response: ServerResponse, body: JsonObject): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, error: unknown): void {
  const known =
    error instanceof Refused
      ? error
      : isFault(error)
        ? new Refused(
            error.status ?? (error.side === 'client' ? 400 : 500),
            error.code,
            error.message,
          )
        : new Refused(
            500,
            'InternalFailure',
            error instanceof Error ? error.message : 'Unknown error',
          );
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(known.status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify({ __type: known.type, message: known.message }));
}
